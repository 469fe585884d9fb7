package dev.socketserver.operator;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.SocketSession;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * Reaches the peer of a session on behalf of who is not its handler. All methods may be
 * called from any thread.
 */
public interface PeerAccess {

	/**
	 * Runs a task when the call of the handler that is under way has returned and its
	 * replies are in the output, or at once if there is none. The task runs serially with
	 * calls of the handler of messages, so that it must be quick, and it must not throw.
	 * It runs at the end of the session at the latest. Beside a handler that is called
	 * once for its session it runs at once.
	 * @param task the task
	 */
	void afterCall(Runnable task);

	/**
	 * Sends a request that is bytes already, as it is, if there is room for it, and
	 * returns its reply. A correlator gets what the handler would get of these bytes.
	 * @param payload the request
	 * @param timeout how long to wait for the reply, from now on
	 * @param leave how long it may wait until it begins to leave. If nothing of it has
	 * left by then, it never will, and fails with a
	 * {@link dev.socketserver.client.RequestNotSentException}
	 * @return a future as of {@link SocketSession#ask(Object, Duration)}, which also has
	 * what that throws. If the session ends and the socket was given nothing of it, it
	 * fails with a {@link dev.socketserver.client.RequestNotSentException} caused by the
	 * {@link dev.socketserver.SessionClosedException}; with the latter, the peer may have
	 * it. If another request with its key waits, it fails with a
	 * {@link dev.socketserver.client.RequestNotSentException} caused by an
	 * {@link IllegalArgumentException}
	 */
	CompletableFuture<Object> ask(byte[] payload, Duration timeout, Duration leave);

	/**
	 * Does so with no other limit than the timeout.
	 * @param payload the request
	 * @param timeout how long to wait for the reply, from now on
	 * @return a future as of {@link SocketSession#ask(Object, Duration)}, which also has
	 * what that throws
	 */
	CompletableFuture<Object> ask(byte[] payload, Duration timeout);

	/**
	 * Sends a payload that is bytes already, if there is room for it.
	 * @param payload the payload
	 * @param timeout how long to wait until the operating system has taken all of it,
	 * from now on
	 * @param leave how long it may wait until it begins to leave. If nothing of it has
	 * left by then, it never will, and fails with a
	 * {@link dev.socketserver.client.RequestNotSentException}
	 * @param executor completes the future, unless it fails at once
	 * @return a future as of {@link SocketSession#trySend(Object)}. If a part has left
	 * and the timeout is over, it fails with a
	 * {@link java.util.concurrent.TimeoutException}; if the session ends, as {@link #ask}
	 * does
	 */
	CompletableFuture<@Nullable Void> send(byte[] payload, Duration timeout, Duration leave, Executor executor);

	/**
	 * Returns what frames a payload that is sent now: what the session has begun with, or
	 * what took its place by {@link SocketSession#framing}.
	 * @return the framing
	 */
	Framing framing();

	/**
	 * Returns what makes bytes of a text that is sent.
	 * @return the charset
	 */
	Charset charset();

	/**
	 * Returns when the peer has sent something last, to a sixtieth of a second.
	 * @return a value of {@link System#nanoTime()}; when the session began, if nothing
	 * was received
	 */
	long silentSince();

}
