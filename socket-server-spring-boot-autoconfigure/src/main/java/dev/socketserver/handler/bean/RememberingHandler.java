package dev.socketserver.handler.bean;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.dispatch.ChosenMessage;
import dev.socketserver.handler.dispatch.MappedHandler;
import dev.socketserver.handler.intercept.AroundHandler;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.PayloadValidationException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the message that is being handled, for one session and until the next one,
 * since a reply that arrives later may fail. Only for beans with an
 * {@link dev.socketserver.annotation.OnError @OnError} method that takes the message.
 */
final class RememberingHandler extends AroundHandler<AnnotatedHandler> implements MappedHandler {

	/**
	 * {@code null} if there was none, or if nothing was made of the last frame, or the
	 * last one has failed.
	 */
	private @Nullable Object message;

	/**
	 * Creates the handler for a session.
	 * @param handler the bean's methods, which other sessions may share
	 */
	RememberingHandler(AnnotatedHandler handler) {
		super(handler);
	}

	@Override
	public void arrived(@Nullable Object payload) {
		this.message = (payload instanceof ChosenMessage chosen) ? chosen.subject() : payload;
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		arrived(payload);
		return this.handler.received(payload, session);
	}

	@Override
	public @Nullable Object received(int method, @Nullable Object subject, SocketSession session) throws Exception {
		arrived(subject);
		return this.handler.received(method, subject, session);
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		// Most probably a frame that could not be read, and is no message: the last one
		// was another.
		boolean unread = failure instanceof PayloadException && !(failure instanceof PayloadValidationException);
		Object failed = unread ? null : this.message;
		this.message = null;
		return this.handler.failed(failure, failed, session);
	}

}
