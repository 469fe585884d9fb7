package dev.socketserver.handler.dispatch;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.dispatch.DispatchedSessions.Dispatch;
import dev.socketserver.handler.intercept.ConvertsFrames;
import dev.socketserver.handler.intercept.MessageAware;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.ReceivedFrame;
import org.jspecify.annotations.Nullable;

/**
 * In front of the methods of a handler: chooses the method for each frame, and converts
 * the frame for it. One for each session.
 */
final class DispatchingHandler implements SessionHandler, ConvertsFrames {

	/** Where a message fails that has no method. */
	private static final String CHOICE = "the choice of a method";

	private final Dispatch dispatch;

	/** Calls the methods, behind interceptors if there are some. */
	private final SessionHandler methods;

	/** The current message, or the method of the last one. */
	private ChosenMessage message = new ChosenMessage();

	DispatchingHandler(Dispatch dispatch, SessionHandler methods) {
		this.dispatch = dispatch;
		this.methods = methods;
	}

	@Override
	public @Nullable CompletionStage<?> opening(SocketSession session) throws Exception {
		return this.methods.opening(session);
	}

	@Override
	public @Nullable Object received(Object frame, SocketSession session) throws Exception {
		long begun = this.dispatch.calls().begin();
		HandlerOutcome outcome = HandlerOutcome.ERROR;
		try {
			Object reply = handle(frame, session);
			outcome = HandlerOutcome.SUCCESS;
			return reply;
		}
		finally {
			this.dispatch.calls().end(begun, this.message.method(), outcome);
			this.message.handled();
		}
	}

	private @Nullable Object handle(Object frame, SocketSession session) throws Exception {
		if (frame instanceof ChosenMessage converted) {
			this.message = converted;
			notifyObserver(session);
			return (converted.method() != ChosenMessage.NONE) ? this.methods.received(converted, session) : UNMAPPED;
		}
		Object payload = choose(frame, session);
		if (this.message.method() == ChosenMessage.NONE) {
			if (this.dispatch.onUnmapped() == OnUnmapped.IGNORE) {
				return UNMAPPED;
			}
			forgetLast();
			throw new UnmappedMessageException(this.message.key());
		}
		about(this.message, Objects.requireNonNull(payload), frame, session);
		return this.methods.received(this.message, session);
	}

	private void about(ChosenMessage message, Object payload, Object frame, SocketSession session) {
		Object subject = payload;
		if (this.dispatch.methods().get(message.method()).takesSocketMessage()) {
			Instant receivedAt = (frame instanceof ReceivedFrame received) ? received.receivedAt() : Instant.now();
			subject = new SocketMessage(payload, message.key(), receivedAt, session);
		}
		message.about(subject);
	}

	@Override
	public Converted convert(Object frame, SocketSession session) throws Exception {
		ChosenMessage converted = new ChosenMessage();
		Object payload = this.dispatch.table().choose(ReceivedFrame.bytes(frame), converted);
		if (payload != null) {
			about(converted, payload, frame, session);
		}
		else if (this.dispatch.onUnmapped() != OnUnmapped.IGNORE) {
			throw new UnmappedMessageException(converted.key());
		}
		return converted;
	}

	@Override
	public void refused(Converted converted) {
		this.message = (ChosenMessage) converted;
		if (this.methods instanceof MessageAware aware) {
			aware.arrived(converted);
		}
	}

	private @Nullable Object choose(Object frame, SocketSession session) throws Exception {
		this.message.found(ChosenMessage.NONE, null);
		try {
			return this.dispatch.table().choose(ReceivedFrame.bytes(frame), this.message);
		}
		catch (Exception ex) {
			forgetLast();
			throw ex;
		}
		finally {
			notifyObserver(session);
		}
	}

	/** The failure that follows is not one of the message before. */
	private void forgetLast() {
		if (this.methods instanceof MessageAware aware) {
			aware.arrived(null);
		}
	}

	private void notifyObserver(SocketSession session) {
		MessageObserver observer = this.dispatch.observer().get();
		String method = (observer != null) ? method() : null;
		if (observer != null && method != null) {
			observer.mapped(session, method);
		}
	}

	/** Returns the method of the last message, {@code null} if there was none. */
	private @Nullable String method() {
		int method = this.message.method();
		return (method != ChosenMessage.NONE) ? this.dispatch.methods().get(method).name() : null;
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		try {
			return this.methods.failed(failure, session);
		}
		catch (UnmappedMessageException ex) {
			throw new CloseReasonException(CloseReason.PROTOCOL_ERROR, ex);
		}
	}

	@Override
	public String method(String call) {
		if (!call.equals("received")) {
			return this.methods.method(call);
		}
		String method = method();
		return (method != null) ? method : CHOICE;
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return this.methods.details(session);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		this.methods.closed(session, status);
	}

}
