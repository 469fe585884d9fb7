package dev.socketserver.framing;

import java.util.Arrays;

import dev.socketserver.CloseReason;

/**
 * A peer has sent what cannot be a frame, or a frame that is too long. A handler may
 * answer it: what it replies is sent behind the replies to earlier frames. Then the
 * session closes with {@link #reason()} and {@link #detail()}, or goes on behind the
 * frame where the framing can.
 */
public class FrameException extends Exception {

	private static final long serialVersionUID = 1L;

	/** The greatest length of {@link #beginning()}. */
	public static final int MOST_BYTES = 64;

	private final CloseReason reason;

	private final String detail;

	private final byte[] beginning;

	/**
	 * Creates the exception.
	 * @param reason why the session closes
	 * @param detail what is wrong
	 * @param beginning how the frame begins, copied; not more than {@value #MOST_BYTES}
	 * bytes of it are kept
	 */
	public FrameException(CloseReason reason, String detail, byte[] beginning) {
		super(detail);
		this.reason = reason;
		this.detail = detail;
		this.beginning = Arrays.copyOf(beginning, Math.min(beginning.length, MOST_BYTES));
	}

	/**
	 * Returns why the session closes, unless it goes on.
	 * @return the reason
	 */
	public CloseReason reason() {
		return this.reason;
	}

	/**
	 * Returns what is wrong, without bytes of the peer.
	 * @return the detail with which the session closes, unless it goes on
	 */
	public String detail() {
		return this.detail;
	}

	/**
	 * Returns how the frame begins, as far as it was received. Where it ends is not
	 * known: what was received behind it may follow.
	 * @return at most {@value #MOST_BYTES} bytes, copied
	 */
	public byte[] beginning() {
		return this.beginning.clone();
	}

}
