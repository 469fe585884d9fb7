package dev.socketserver;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The frames of one session, received and sent by a {@link ConversationHandler}. For use
 * by the handler's thread, and by threads that it starts: one of them may receive while
 * others send.
 *
 * @param <I> what is received
 * @param <O> what is sent
 */
public interface Conversation<I, O> {

	/**
	 * Returns the session.
	 * @return the session
	 */
	SocketSession session();

	/**
	 * Waits for the next frame.
	 * @return the payload, or {@code null} at the end of input: the peer has ended its
	 * output, or the server stops. Sending is still possible then.
	 * @throws SessionClosedException if the connection is lost or the session is closed
	 * @throws java.io.InterruptedIOException if the thread is interrupted
	 * @throws IOException if the frame cannot be converted; the next one can be received
	 */
	@Nullable I receive() throws IOException;

	/**
	 * Waits for the next frame, but no longer than a timeout.
	 * @param timeout how long to wait; with zero or less, returns or throws at once
	 * @return the payload, or {@code null} at the end of input
	 * @throws TimeoutException if no frame arrived in time; the conversation can go on
	 * @throws IOException as {@link #receive()}
	 */
	@Nullable I receive(Duration timeout) throws IOException, TimeoutException;

	/**
	 * Sends a payload as one frame, after earlier ones. Waits while the session has too
	 * much unsent output, so that memory stays bounded, but not until the peer has the
	 * frame.
	 * @param payload the payload
	 * @throws SessionClosedException if the connection is lost or the session is closed
	 * @throws java.io.InterruptedIOException if the thread is interrupted while it waits
	 * @throws dev.socketserver.payload.PayloadException if the framing refuses the
	 * payload: nothing of it leaves
	 * @throws IllegalArgumentException if the payload cannot be converted
	 * @throws IOException in these cases
	 */
	void send(O payload) throws IOException;

}
