package dev.socketserver.handler;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.socketserver.CloseStatus;
import dev.socketserver.DetailedHandler;
import dev.socketserver.PayloadException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Calls the annotated methods of one bean.
 */
final class AnnotatedHandler implements SessionHandler {

	private final HandlerMethod.@Nullable Bound open;

	private final HandlerMethod.@Nullable Bound message;

	private final List<Recovery> recoveries;

	private final HandlerMethod.@Nullable Bound close;

	private final DetailedHandler details;

	/**
	 * Creates the handler.
	 * @param open called first
	 * @param message called for each frame; without it, frames are dropped
	 * @param recoveries called for failures, the nearest to what is thrown first
	 * @param close called last
	 * @param details tells of a session
	 */
	AnnotatedHandler(HandlerMethod.@Nullable Bound open, HandlerMethod.@Nullable Bound message,
			List<Recovery> recoveries, HandlerMethod.@Nullable Bound close, DetailedHandler details) {
		this.open = open;
		this.message = message;
		this.recoveries = recoveries;
		this.close = close;
		this.details = details;
	}

	@Override
	public void opened(SocketSession session) throws Exception {
		Object greeting = (this.open != null) ? this.open.call(null, session) : null;
		if (greeting != null) {
			session.send(greeting, (failure) -> {
				// The session is over, which is told in its own way.
			});
		}
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		return (this.message != null) ? this.message.call(payload, session) : null;
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		if (failure instanceof PayloadException && failure.getCause() instanceof Exception cause
				&& find((type) -> type == PayloadException.class) == null) {
			Recovery recovery = find((type) -> type.isInstance(cause) && !takesAny(type));
			if (recovery != null) {
				return recover(recovery, cause, failure, session);
			}
		}
		Recovery recovery = find((type) -> type.isInstance(failure));
		if (recovery == null) {
			throw failure;
		}
		return recover(recovery, failure, failure, session);
	}

	private static @Nullable Object recover(Recovery recovery, Exception told, Exception failure, SocketSession session)
			throws Exception {
		try {
			return recovery.method().call(told, session);
		}
		catch (Exception ex) {
			// Thrown on, it is still the failure of a conversion.
			throw (ex == told) ? failure : ex;
		}
	}

	private @Nullable Recovery find(Predicate<Class<?>> takes) {
		for (Recovery recovery : this.recoveries) {
			if (takes.test(recovery.type())) {
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
	 * What is called for failures of a type.
	 *
	 * @param type the type
	 * @param method the method
	 */
	record Recovery(Class<?> type, HandlerMethod.Bound method) {

	}

}
