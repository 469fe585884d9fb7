package dev.socketserver.spec.connect;

import dev.socketserver.spec.Limits;

/**
 * The limits of a client.
 *
 * @param frame greatest length of a payload, in bytes:
 * {@link dev.socketserver.SessionSpec#maxFrameBytes()}; default 64 KiB
 */
public record ClientLimits(int frame) {

	/** The default of every limit. */
	public static final ClientLimits DEFAULT = new ClientLimits(Limits.DEFAULT_FRAME);

	/**
	 * Returns a copy with another {@link #frame()}.
	 * @param frame the value
	 * @return the copy
	 */
	public ClientLimits frame(int frame) {
		return new ClientLimits(frame);
	}

}
