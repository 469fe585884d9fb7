package dev.socketserver.handler.intercept;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.intercept.ConvertsFrames.Converted;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A handler of messages behind interceptors.
 */
final class InterceptedSessionHandler extends AroundHandler<SessionHandler> {

	private final InterceptedHandlers handlers;

	/** Whether user code may decide what an end of input means. */
	private final boolean decidesAtInputEnd;

	InterceptedSessionHandler(InterceptedHandlers handlers, SessionHandler handler, boolean decidesAtInputEnd) {
		super(handler);
		this.handlers = handlers;
		this.decidesAtInputEnd = decidesAtInputEnd;
	}

	@Override
	public @Nullable CompletionStage<?> opening(SocketSession session) throws Exception {
		AtomicReference<@Nullable CompletionStage<?>> opening = new AtomicReference<>();
		this.handlers.call(Kind.OPEN, session, null, () -> {
			CompletionStage<?> later = this.handler.opening(session);
			opening.set(later);
			return later;
		});
		// What an interceptor returns has no effect here.
		return opening.get();
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		arrived(payload);
		Object shown = (payload instanceof Converted message) ? message.payload() : payload;
		return this.handlers.call(Kind.MESSAGE, session, shown, () -> this.handler.received(payload, session));
	}

	@Override
	public void goOn(SocketSession session) throws Exception {
		this.handlers.call(Kind.MESSAGE, session, null, () -> {
			this.handler.goOn(session);
			return null;
		});
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		return this.handlers.failed(failure, session, () -> this.handler.failed(failure, session));
	}

	@Override
	public void inputEnded(SocketSession session, CloseStatus status) throws Exception {
		if (!this.decidesAtInputEnd) {
			this.handler.inputEnded(session, status);
			return;
		}
		try {
			this.handlers.call(Kind.INPUT_END, session, status, () -> {
				this.handler.inputEnded(session, status);
				return null;
			});
		}
		catch (Exception ex) {
			// The engine notifies no other of it.
			throw this.handlers.reasoned(ex);
		}
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return this.handlers.details(this.handler, session);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		this.handlers.call(Kind.CLOSE, session, status, () -> {
			this.handler.closed(session, status);
			return null;
		});
	}

}
