package dev.socketserver.handler.intercept;

import java.util.Map;
import java.util.concurrent.CompletionStage;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.spi.MessageAware;
import org.jspecify.annotations.Nullable;

/**
 * A handler around another one, which has each call that this one does not take itself.
 *
 * @param <H> the type of the other
 */
public abstract class AroundHandler<H extends SessionHandler> implements SessionHandler, MessageAware {

	/** The handler within. */
	protected final H handler;

	/**
	 * Creates the handler.
	 * @param handler the handler within
	 */
	protected AroundHandler(H handler) {
		this.handler = handler;
	}

	@Override
	public @Nullable CompletionStage<?> opening(SocketSession session) throws Exception {
		return this.handler.opening(session);
	}

	@Override
	public void arrived(@Nullable Object payload) {
		if (this.handler instanceof MessageAware aware) {
			aware.arrived(payload);
		}
	}

	@Override
	public boolean unfinished() {
		return this.handler.unfinished();
	}

	@Override
	public boolean hasUnread() {
		return this.handler.hasUnread();
	}

	@Override
	public void goOn(SocketSession session) throws Exception {
		this.handler.goOn(session);
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		return this.handler.failed(failure, session);
	}

	@Override
	public void inputEnded(SocketSession session, CloseStatus status) throws Exception {
		this.handler.inputEnded(session, status);
	}

	@Override
	public boolean stalled() {
		return this.handler.stalled();
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return this.handler.details(session);
	}

	@Override
	public String method(String call) {
		return this.handler.method(call);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		this.handler.closed(session, status);
	}

}
