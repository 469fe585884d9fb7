package dev.socketserver.spec.connect;

import dev.socketserver.spec.Limits;

/**
 * Collects the limits of a client. Those that are not set have their defaults.
 */
public final class ClientLimits {

	private int frame = Limits.DEFAULT_FRAME;

	/**
	 * Sets {@link dev.socketserver.SessionSpec#maxFrameBytes()}.
	 * @param frame the value
	 * @return these limits
	 */
	public ClientLimits frame(int frame) {
		this.frame = frame;
		return this;
	}

	/**
	 * Returns the longest frame.
	 * @return its length in bytes
	 */
	public int frame() {
		return this.frame;
	}

}
