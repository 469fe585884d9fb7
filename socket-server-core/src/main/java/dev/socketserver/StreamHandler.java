package dev.socketserver;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * Serves a session with blocking streams: one call per session, on a thread of its own.
 * When the call returns, what was written leaves and the session closes.
 */
@FunctionalInterface
public interface StreamHandler {

	/**
	 * Serves one session from its first byte to its last.
	 * <p>
	 * {@code in} blocks until bytes arrive, and reports the end of input when the peer
	 * has ended its output or the server stops; {@code out} may still be written then. It
	 * throws {@link SessionClosedException} once the connection is lost or the session is
	 * closed, and {@link java.io.InterruptedIOException} if the thread is interrupted
	 * while it waits, which does the connection no harm. {@code out} is buffered: bytes
	 * leave when it is flushed, when its buffer is full, before {@code in} blocks, and
	 * when this method returns. A write waits while the peer does not read. One thread
	 * may read while another writes; apart from that, neither stream is safe for use by
	 * several threads at once.
	 * @param in what the peer sends
	 * @param out what the peer gets
	 * @param session the session
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	void handle(InputStream in, OutputStream out, SocketSession session) throws Exception;

}
