package dev.socketserver.handler.bean;

import java.util.Map;
import java.util.concurrent.CompletionStage;

import dev.socketserver.CloseStatus;
import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.dispatch.ChosenMessage;
import dev.socketserver.handler.dispatch.MappedHandler;
import dev.socketserver.handler.error.ErrorMethods;
import dev.socketserver.handler.error.ErrorMethods.Answer;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the annotated methods of one bean.
 */
final class AnnotatedHandler implements MappedHandler {

	private final HandlerMethod.@Nullable Bound open;

	private final HandlerMethod.Bound[] messages;

	/** Calls the methods for messages, if a message chooses one of them. */
	private final @Nullable MethodSwitch several;

	private final ErrorMethods errors;

	/** Answers failures that no method of the bean takes, if there is advice. */
	private final @Nullable FailureHandler advice;

	private final HandlerMethod.@Nullable Bound close;

	private final DetailedHandler details;

	/**
	 * Creates the handler.
	 * @param open the method to call first, or {@code null}
	 * @param messages the methods to call for frames, none to drop frames
	 * @param several calls one of them; {@code null} if it is the same for all frames
	 * @param errors the methods to call for failures
	 * @param advice answers other failures, if there is advice
	 * @param close the method to call last, or {@code null}
	 * @param details returns the details of a session
	 */
	AnnotatedHandler(HandlerMethod.@Nullable Bound open, HandlerMethod.Bound[] messages, @Nullable MethodSwitch several,
			ErrorMethods errors, @Nullable FailureHandler advice, HandlerMethod.@Nullable Bound close,
			DetailedHandler details) {
		this.open = open;
		this.messages = messages;
		this.several = several;
		this.errors = errors;
		this.advice = advice;
		this.close = close;
		this.details = details;
	}

	@Override
	public @Nullable CompletionStage<?> opening(SocketSession session) throws Exception {
		Object greeting = (this.open != null) ? this.open.call(null, session) : null;
		if (greeting instanceof CompletionStage<?> later) {
			return later;
		}
		if (greeting != null) {
			session.send(greeting, (failure) -> {
				// The session has ended: the method to call last is notified of that.
			});
		}
		return null;
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		if (payload instanceof ChosenMessage chosen) {
			return received(chosen.method(), chosen.subject(), session);
		}
		return (this.messages.length > 0) ? received(0, payload, session) : null;
	}

	@Override
	public @Nullable Object received(int method, @Nullable Object subject, SocketSession session) throws Exception {
		HandlerMethod.Bound called = this.messages[method];
		return (this.several != null) ? called.call(this.several, method, subject, session)
				: called.call(subject, session);
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
		Answer answer = this.errors.find(failure, message);
		if (answer == null) {
			if (this.advice == null) {
				throw failure;
			}
			return this.advice.failed(failure, session);
		}
		try {
			return answer.give(session);
		}
		catch (Exception ex) {
			// A method that throws what it was given has not changed the failure.
			if (ex == answer.passed()) {
				throw failure;
			}
			// The peer is to blame for what cannot be read, here too.
			throw (ex instanceof PayloadException) ? ex : answer.failed(ex);
		}
	}

	@Override
	public String method(String call) {
		HandlerMethod.Bound called = switch (call) {
			case "opened" -> this.open;
			case "received" -> (this.messages.length == 1) ? this.messages[0] : null;
			case "closed" -> this.close;
			default -> null;
		};
		return (called != null) ? called.name() : call;
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

}
