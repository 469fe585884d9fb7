package dev.socketserver.spi;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;

/**
 * A handler that does something with each message as soon as that has arrived, and
 * handles it when this is done. Messages are handled in the order of their arrival,
 * however long each takes to prepare.
 */
public interface PreparingHandler extends SessionHandler {

	/**
	 * Called for each frame, in the order of arrival, while frames before it are still
	 * being prepared. Calls for a session do not overlap with each other, nor with those
	 * of its other methods.
	 * @param payload the payload of the frame, as the converter of the handler has read
	 * it
	 * @param session the session
	 * @param lane runs tasks as if they were called by the engine, never at the same time
	 * as a call of this handler; the tasks must not throw
	 * @return completes, on any thread, with what {@link #received} is to be called with;
	 * what it fails with is given to {@link #failed} in its place. What completes after
	 * {@link #closed} is ignored
	 * @throws Exception is given to {@link #failed} when it is the turn of the frame
	 */
	CompletionStage<?> prepare(Object payload, SocketSession session, Executor lane) throws Exception;

	/**
	 * The connection is gone. What is being prepared is awaited once more, since it was
	 * received, but nothing is to be tried again: no caller waits for the reply.
	 */
	void abandon();

}
