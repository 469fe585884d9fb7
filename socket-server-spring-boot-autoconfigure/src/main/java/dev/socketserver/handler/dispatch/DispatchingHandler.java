package dev.socketserver.handler.dispatch;

import java.time.Instant;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.dispatch.DispatchedSessions.Dispatch;
import dev.socketserver.handler.intercept.AroundHandler;
import dev.socketserver.handler.intercept.ConvertsFrames;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.ReceivedFrame;
import org.jspecify.annotations.Nullable;

/**
 * In front of the methods of a handler: chooses the method for each frame, and converts
 * the frame for it. One for each session.
 */
final class DispatchingHandler extends AroundHandler<SessionHandler> implements ConvertsFrames {

	/** Where a message fails that has no method. */
	private static final String CHOICE = "the choice of a method";

	private final Dispatch dispatch;

	/** What calls the methods, where there are no interceptors. */
	private final @Nullable MappedHandler direct;

	/** Watches messages, if somebody does. */
	private final @Nullable MessageObserver observer;

	/** Whether a method takes more of a message than its payload. */
	private final boolean timed;

	/**
	 * The index of the method of the current or the last message. All that is kept: a
	 * reference to a message would have to be noted by the garbage collector each time.
	 */
	private int method = KeyedMethod.NONE;

	DispatchingHandler(Dispatch dispatch, SessionHandler methods) {
		super(methods);
		this.dispatch = dispatch;
		this.direct = (methods instanceof MappedHandler mapped) ? mapped : null;
		this.observer = dispatch.observer().get();
		this.timed = dispatch.methods().stream().anyMatch(MappedMethod::takesSocketMessage);
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
			this.dispatch.calls().end(begun, this.method, outcome);
		}
	}

	private @Nullable Object handle(Object frame, SocketSession session) throws Exception {
		if (frame instanceof UnreadMessage unread) {
			this.method = unread.method();
			notifyObserver(session);
			super.arrived(null);
			throw unread.failure();
		}
		if (frame instanceof ChosenMessage converted) {
			this.method = converted.method();
			notifyObserver(session);
			return (this.method != KeyedMethod.NONE) ? this.handler.received(converted, session) : UNMAPPED;
		}
		Object subject = subject(frame, session);
		if (subject == null) {
			return UNMAPPED;
		}
		return (this.direct != null) ? this.direct.received(this.method, subject, session)
				: this.handler.received(new ChosenMessage(this.method, subject), session);
	}

	/** Chooses the method, and returns what it is given; {@code null} for none. */
	private @Nullable Object subject(Object frame, SocketSession session) throws Exception {
		this.method = KeyedMethod.NONE;
		try {
			return subject(choose(frame, session), frame, session);
		}
		catch (Exception ex) {
			// The failure is not one of the message before.
			super.arrived(null);
			throw ex;
		}
	}

	private KeyedMethod choose(Object frame, SocketSession session) throws Exception {
		try {
			KeyedMethod chosen = this.dispatch.table().choose(frame);
			this.method = chosen.method();
			return chosen;
		}
		finally {
			notifyObserver(session);
		}
	}

	private @Nullable Object subject(KeyedMethod chosen, Object frame, SocketSession session) throws Exception {
		if (chosen.isMapped()) {
			Object payload = this.dispatch.table().read(frame, chosen);
			return (this.timed && this.dispatch.methods().get(chosen.method()).takesSocketMessage())
					? new SocketMessage(payload, chosen.key(), receivedAt(frame), session) : payload;
		}
		if (this.dispatch.unmapped().action() != OnUnmapped.IGNORE) {
			throw new UnmappedMessageException(chosen.key());
		}
		return null;
	}

	private static Instant receivedAt(Object frame) {
		return (frame instanceof ReceivedFrame received) ? received.receivedAt() : Instant.now();
	}

	@Override
	public Converted convert(Object frame, SocketSession session) {
		int chosen = KeyedMethod.NONE;
		try {
			KeyedMethod found = this.dispatch.table().choose(frame);
			chosen = found.method();
			return new ChosenMessage(chosen, subject(found, frame, session));
		}
		catch (Exception ex) {
			return new UnreadMessage(chosen, ex);
		}
	}

	@Override
	public void arrived(@Nullable Object payload) {
		this.method = (payload instanceof ChosenMessage chosen) ? chosen.method() : KeyedMethod.NONE;
		super.arrived(payload);
	}

	private void notifyObserver(SocketSession session) {
		if (this.observer != null) {
			String method = method();
			this.observer.mapped(session, (method != null) ? method : MethodCalls.NONE);
		}
	}

	/** Returns the method of the last message, {@code null} if there was none. */
	private @Nullable String method() {
		return (this.method != KeyedMethod.NONE) ? this.dispatch.methods().get(this.method).name() : null;
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		try {
			return this.handler.failed(failure, session);
		}
		catch (UnmappedMessageException ex) {
			throw new CloseReasonException(CloseReason.PROTOCOL_ERROR, ex);
		}
	}

	@Override
	public String method(String call) {
		if (!call.equals("received")) {
			return this.handler.method(call);
		}
		String method = method();
		return (method != null) ? method : CHOICE;
	}

}
