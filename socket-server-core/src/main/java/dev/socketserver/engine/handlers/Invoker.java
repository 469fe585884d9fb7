package dev.socketserver.engine.handlers;

import java.util.Map;

import dev.socketserver.CloseStatus;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.output.SocketWriter;
import org.jspecify.annotations.Nullable;

/**
 * Calls the user code of one session. The first five methods are called on the loop, in
 * the order in which things happen; what follows from them happens on other threads,
 * unless the mode is {@code event-loop}.
 */
public interface Invoker {

	/** The session began. */
	void open();

	/**
	 * Frames arrived; the input has counted them.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	void frames(Object payloads, int count, int bytes);

	/** The loop has read everything that was there, and goes on to the next socket. */
	default void readsEnded() {
	}

	/**
	 * No further frame is received: after those before, the session is to end like this.
	 * The connection may still be written to.
	 * @param status how
	 */
	void inputEnded(CloseStatus status);

	/** The connection is gone, and the outcome of every write is known. */
	void disconnected();

	/**
	 * Ends the session after the current call and its replies. Any thread.
	 * @param status how
	 */
	void stop(CloseStatus status);

	/**
	 * Checks again whether frames that wait can be handled, because something has
	 * changed. Any thread.
	 */
	void checkAgain();

	/**
	 * The application has resumed reads: what the handler has left unread is for it to
	 * see again. Any thread.
	 */
	default void resumed() {
		checkAgain();
	}

	/**
	 * The session has been closed from our side: user code that waits is to be notified.
	 * Any thread.
	 */
	default void closing() {
	}

	/**
	 * The handler closes its session. If it does so in a call that may return replies,
	 * the output ends after these: then {@link SocketWriter#repliesEnded} is called. Any
	 * thread.
	 * @return whether it does
	 */
	default boolean closesAfterReplies() {
		return false;
	}

	/** Returns how many frames wait for the handler. Any thread. */
	int pendingFrames();

	/**
	 * Whether a message is being handled, waits for that, or has not got all of its
	 * replies yet. Any thread; outdated a moment later.
	 */
	default boolean isBusy() {
		return pendingFrames() > 0;
	}

	/**
	 * Returns how long calls of the handler have taken so far, in nanoseconds, with those
	 * under way. Any thread.
	 */
	long handlerNanos();

	/**
	 * Runs a task serially with the session's other callbacks, before the end of the
	 * session is announced. Any thread.
	 * @param task the task, which does not throw
	 */
	void callback(Runnable task);

	/**
	 * Runs a task like {@link #callback}, when all replies to the last message are in the
	 * output. Any thread.
	 * @param task the task, which does not throw
	 */
	default void afterReplies(Runnable task) {
		callback(task);
	}

	/** Whether what the calling thread sends will be flushed soon, without its asking. */
	boolean flushesLater();

	/**
	 * Asks the handler what it has to say about the session. As a callback.
	 * @return what it says, which may be nothing
	 * @throws Exception what the handler throws
	 */
	default Map<String, ?> details() throws Exception {
		return Map.of();
	}

	/** Whether the calling thread is running the session's user code. */
	boolean runsHere();

	/**
	 * Whether the calling thread is in a call of the handler, and not in a callback
	 * beside it.
	 */
	boolean isCalling();

	/**
	 * Whether the handler has left something of what it was called with, or has read.
	 * Where it runs, between two frames.
	 */
	boolean hasUnread();

	/**
	 * Whether the handler is between two frames whenever it calls something.
	 */
	default boolean betweenReads() {
		return false;
	}

	/**
	 * The calling thread is about to wait for the connection to be encrypted: a handler
	 * that blocks is done with what it has read.
	 * @throws IllegalStateException if it would wait for itself
	 */
	void beforeAwaitingTls();

	/**
	 * Returns the lane on which calls of the handler must not take too long, or
	 * {@code null} if they may take as long as the session. Any thread.
	 */
	default @Nullable Lane watched() {
		return null;
	}

	/** Whether the handler takes nothing of a full read buffer. Any thread. */
	boolean stalled();

}
