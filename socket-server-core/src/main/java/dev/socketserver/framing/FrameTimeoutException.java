package dev.socketserver.framing;

import dev.socketserver.CloseReason;

/**
 * A frame was not complete in time ({@code timeouts.frame}). The session closes with
 * {@link CloseReason#FRAME_TIMEOUT}; or what has come of the frame is dropped, and it
 * goes on ({@code timeouts.on-frame}).
 */
public class FrameTimeoutException extends FrameException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param detail how much of the frame had come, and after how long
	 * @param beginning how the frame begins, as for {@link FrameException}
	 */
	public FrameTimeoutException(String detail, byte[] beginning) {
		super(CloseReason.FRAME_TIMEOUT, detail, beginning);
	}

}
