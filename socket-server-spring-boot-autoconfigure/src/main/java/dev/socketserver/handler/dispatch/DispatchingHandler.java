package dev.socketserver.handler.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.dispatch.DispatchedSessions.Dispatch;
import dev.socketserver.handler.dispatch.MessageTable.Choice;
import dev.socketserver.handler.intercept.MessageAware;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.ReceivedFrame;
import org.jspecify.annotations.Nullable;

/**
 * In front of the methods of a handler: chooses the method for each frame, and converts
 * the frame for it. One for each session.
 */
final class DispatchingHandler implements SessionHandler {

	/** Where a message fails that has no method. */
	private static final String CHOICE = "the choice of a method";

	private final Dispatch dispatch;

	/** Calls the methods, behind interceptors if there are some. */
	private final SessionHandler methods;

	/** The method of the last message, for logs. */
	private String last = CHOICE;

	DispatchingHandler(Dispatch dispatch, SessionHandler methods) {
		this.dispatch = dispatch;
		this.methods = methods;
	}

	@Override
	public void opened(SocketSession session) throws Exception {
		this.methods.opened(session);
	}

	@Override
	public @Nullable Object received(Object frame, SocketSession session) throws Exception {
		long begun = this.dispatch.calls().begin();
		Choice choice = new Choice();
		HandlerOutcome outcome = HandlerOutcome.ERROR;
		try {
			Object reply = handle(frame, choice, session);
			outcome = HandlerOutcome.SUCCESS;
			return reply;
		}
		finally {
			this.dispatch.calls().end(begun, choice.method(), outcome);
		}
	}

	private @Nullable Object handle(Object frame, Choice choice, SocketSession session) throws Exception {
		Object payload;
		try {
			payload = this.dispatch.table().choose(ReceivedFrame.bytes(frame), choice);
		}
		catch (Exception ex) {
			forgetLast();
			throw ex;
		}
		finally {
			noteMethod(choice, session);
		}
		if (choice.method() == Choice.NONE) {
			if (this.dispatch.onUnmapped() == OnUnmapped.IGNORE) {
				return UNMAPPED;
			}
			forgetLast();
			throw new UnmappedMessageException(choice.key());
		}
		Object subject = Objects.requireNonNull(payload);
		if (this.dispatch.methods().get(choice.method()).takesSocketMessage()) {
			Instant receivedAt = (frame instanceof ReceivedFrame received) ? received.receivedAt() : Instant.now();
			subject = new SocketMessage(subject, choice.key(), receivedAt, session);
		}
		return this.methods.received(new ChosenMessage(choice.method(), subject), session);
	}

	/** The failure that follows is not one of the message before. */
	private void forgetLast() {
		if (this.methods instanceof MessageAware aware) {
			aware.arrived(null);
		}
	}

	/** Tells who watches messages which method was chosen among several. */
	private void noteMethod(Choice choice, SocketSession session) {
		List<MappedMethod> all = this.dispatch.methods();
		this.last = (choice.method() != Choice.NONE) ? all.get(choice.method()).name() : CHOICE;
		MessageObserver observer = (choice.method() != Choice.NONE && all.size() > 1) ? this.dispatch.observer().get()
				: null;
		if (observer != null) {
			observer.mapped(session, all.get(choice.method()).name());
		}
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
		return call.equals("received") ? this.last : this.methods.method(call);
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
