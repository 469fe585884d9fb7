package dev.socketserver.handler.bean;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.socketserver.CloseStatus;
import dev.socketserver.DetailedHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.dispatch.ChosenMessage;
import dev.socketserver.handler.dispatch.MappedHandler;
import dev.socketserver.handler.error.ErrorAnswers;
import org.jspecify.annotations.Nullable;

/**
 * Calls the annotated methods of one bean.
 */
final class AnnotatedHandler implements MappedHandler {

	private final HandlerMethod.@Nullable Bound open;

	private final HandlerMethod.Bound[] messages;

	/** Calls the methods for messages, if a message chooses one of them. */
	private final @Nullable MethodSwitch several;

	private final ErrorAnswers errors;

	private final HandlerMethod.@Nullable Bound close;

	private final DetailedHandler details;

	/**
	 * Creates the handler.
	 * @param open the method to call first, or {@code null}
	 * @param messages the methods to call for frames, none to drop frames
	 * @param several calls one of them; {@code null} if it is the same for all frames
	 * @param errors answers failures
	 * @param close the method to call last, or {@code null}
	 * @param details returns the details of a session
	 */
	AnnotatedHandler(HandlerMethod.@Nullable Bound open, HandlerMethod.Bound[] messages, @Nullable MethodSwitch several,
			ErrorAnswers errors, HandlerMethod.@Nullable Bound close, DetailedHandler details) {
		this.open = open;
		this.messages = messages;
		this.several = several;
		this.errors = errors;
		this.close = close;
		this.details = details;
	}

	@Override
	public @Nullable CompletionStage<?> opening(SocketSession session) throws Exception {
		Object greeting = (this.open != null) ? this.open.call(null, session) : null;
		if (greeting == null) {
			return null;
		}
		return (greeting instanceof CompletionStage<?> later) ? later : CompletableFuture.completedFuture(greeting);
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

	/** Called for a failure, as {@link ErrorAnswers#failed}. */
	@Nullable Object failed(Exception failure, @Nullable Object message, SocketSession session) throws Exception {
		return this.errors.failed(failure, message, session);
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
