package dev.socketserver.handler.bean;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.socketserver.CloseStatus;
import dev.socketserver.DetailedHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the annotated methods of one bean.
 */
final class AnnotatedHandler implements SessionHandler {

	private final HandlerMethod.@Nullable Bound open;

	private final HandlerMethod.@Nullable Bound message;

	/** Whether the method takes more of a message than its payload. */
	private final boolean takesSocketMessage;

	private final List<Recovery> recoveries;

	private final HandlerMethod.@Nullable Bound close;

	private final DetailedHandler details;

	/**
	 * Creates the handler.
	 * @param open the method to call first, or {@code null}
	 * @param message the method to call for each frame, or {@code null} to drop frames
	 * @param recoveries the methods to call for failures, those for the most specific
	 * exceptions first
	 * @param close the method to call last, or {@code null}
	 * @param details returns the details of a session
	 */
	AnnotatedHandler(HandlerMethod.@Nullable Bound open, HandlerMethod.@Nullable Bound message,
			List<Recovery> recoveries, HandlerMethod.@Nullable Bound close, DetailedHandler details) {
		this.open = open;
		this.message = message;
		this.takesSocketMessage = message != null && message.takesSocketMessage();
		this.recoveries = recoveries;
		this.close = close;
		this.details = details;
	}

	@Override
	public void opened(SocketSession session) throws Exception {
		Object greeting = (this.open != null) ? this.open.call(null, session) : null;
		if (greeting != null) {
			session.send(greeting, (failure) -> {
				// The session has ended: the method to call last is notified of that.
			});
		}
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		if (this.message == null) {
			return null;
		}
		return this.message.call(
				this.takesSocketMessage ? new SocketMessage(payload, null, Instant.now(), session) : payload, session);
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		return failed(failure, null, session);
	}

	/**
	 * Called for a failure.
	 * @param failure what went wrong
	 * @param message the message whose handling failed; {@code null} if there is none, or
	 * no method takes it
	 * @param session the session
	 * @return as {@link SessionHandler#failed}
	 * @throws Exception as {@link SessionHandler#failed}
	 */
	@Nullable Object failed(Exception failure, @Nullable Object message, SocketSession session) throws Exception {
		if (failure instanceof PayloadException && failure.getCause() instanceof Exception cause
				&& find((type) -> type == PayloadException.class, message) == null) {
			Recovery recovery = find((type) -> type.isInstance(cause) && !takesAny(type), message);
			if (recovery != null) {
				return recover(recovery.method(), cause, failure, message, session);
			}
		}
		Recovery recovery = find((type) -> type.isInstance(failure), message);
		if (recovery == null) {
			throw failure;
		}
		return recover(recovery.method(), failure, failure, message, session);
	}

	private static @Nullable Object recover(HandlerMethod.Bound method, Exception passed, Exception failure,
			@Nullable Object message, SocketSession session) throws Exception {
		try {
			return method.call(passed, message, session);
		}
		catch (Exception ex) {
			// A method that throws what it was given has not changed the failure.
			throw (ex == passed) ? failure : ex;
		}
	}

	private @Nullable Recovery find(Predicate<Class<?>> takes, @Nullable Object message) {
		for (Recovery recovery : this.recoveries) {
			if (takes.test(recovery.type()) && (message != null || !recovery.takesMessage())) {
				return recovery;
			}
		}
		return null;
	}

	private static boolean takesAny(Class<?> type) {
		return type == Exception.class || type == Throwable.class;
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		if (this.close != null) {
			this.close.call(status, session);
		}
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return this.details.details(session);
	}

	/**
	 * A method that is called for failures of a type.
	 *
	 * @param type the type
	 * @param takesMessage whether it is called only for failures of a message
	 * @param method the method
	 */
	record Recovery(Class<?> type, boolean takesMessage, HandlerMethod.Bound method) {

	}

}
