package dev.socketserver.bridge.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.bridge.Stored;
import dev.socketserver.handler.intercept.AroundHandler;
import dev.socketserver.handler.intercept.ConvertsFrames;
import dev.socketserver.handler.intercept.ConvertsFrames.Converted;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.payload.ReceivedFrame;
import dev.socketserver.spi.PreparingHandler;
import org.jspecify.annotations.Nullable;

/**
 * The bridge of one session, before its handler: has each message stored when it has
 * arrived, and the handler called with it in its turn. Called as handlers are.
 */
final class BridgedHandler extends AroundHandler<SessionHandler> implements PreparingHandler {

	/** What logs name in place of a method. */
	private static final String PLACE = "its bridge";

	private final Bridge bridge;

	/** Made with the first message. */
	private @Nullable StoreQueue queue;

	/** Why the present message is not handled, or {@code null} if it is. */
	private @Nullable Throwable notHandled;

	private boolean abandoned;

	BridgedHandler(Bridge bridge, SessionHandler handler) {
		super(handler);
		this.bridge = bridge;
	}

	@Override
	public CompletionStage<?> prepare(Object payload, SocketSession session, Executor lane) throws Exception {
		ReceivedFrame frame = (ReceivedFrame) payload;
		Object handled;
		Object shown;
		if (this.handler instanceof ConvertsFrames converts) {
			Converted converted = converts.convert(frame, session);
			handled = converted;
			shown = converted.payload();
		}
		else {
			PayloadConverter<?> converter = this.bridge.converter();
			handled = Payloads.read(converter, frame);
			shown = handled;
		}
		if (shown == null) {
			// No part of the handler is for it.
			return CompletableFuture.completedFuture(new StoredMessage(handled));
		}
		try {
			if (!this.bridge.reader().isStored(shown)) {
				return CompletableFuture.completedFuture(new StoredMessage(handled));
			}
			InboundMessage message = this.bridge.reader().read(frame, shown, session);
			return queue(lane).store(message)
				.handle((result, failure) -> (result != null)
						? new StoredMessage(handled, result.stored(), result.reply(), null)
						: new StoredMessage(handled, null, null, failure));
		}
		catch (MessageRejectedException ex) {
			this.bridge.statistics().refused();
			return CompletableFuture.completedFuture(new StoredMessage(handled, null, null, ex));
		}
		catch (Exception ex) {
			return CompletableFuture.completedFuture(new StoredMessage(handled, null, null, ex));
		}
	}

	private StoreQueue queue(Executor lane) {
		StoreQueue made = this.queue;
		if (made == null) {
			made = this.bridge.queue(lane);
			this.queue = made;
			if (this.abandoned) {
				made.abandon();
			}
		}
		return made;
	}

	@Override
	public void abandon() {
		this.abandoned = true;
		if (this.queue != null) {
			this.queue.abandon();
		}
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		StoredMessage message = (StoredMessage) payload;
		Throwable failure = message.failure();
		this.notHandled = failure;
		if (failure != null) {
			// The failure that follows is one of this message.
			arrived(message.handled());
			throw (failure instanceof Exception exception) ? exception : new IllegalStateException(failure);
		}
		if (message.reply() != null) {
			return message.reply();
		}
		Stored stored = message.stored();
		CurrentStored.set(stored);
		try {
			return this.handler.received(message.handled(), session);
		}
		finally {
			CurrentStored.set(null);
		}
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		if (failure instanceof CloseReasonException reasoned && reasoned.reason() == CloseReason.NOT_STORED) {
			throw failure;
		}
		try {
			return this.handler.failed(failure, session);
		}
		catch (Exception ex) {
			// No method of the handler was called that could have failed.
			throw (ex == this.notHandled) ? CloseReasonException.failedIn(PLACE, ex) : ex;
		}
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		if (this.queue != null) {
			this.queue.close();
		}
		super.closed(session, status);
	}

}
