package dev.socketserver.handler.intercept;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.handler.error.FailureReasons;
import dev.socketserver.handler.intercept.CallChain.Target;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Puts interceptors in front of handlers of every form.
 */
public final class InterceptedHandlers {

	private final List<SocketHandlerInterceptor> interceptors;

	/** Those of the interceptors that know exceptions which are no mistakes. */
	private final List<FailureReasons> reasons;

	/**
	 * Creates the adapter.
	 * @param interceptors the interceptors, the outermost first
	 */
	public InterceptedHandlers(List<SocketHandlerInterceptor> interceptors) {
		this.interceptors = List.copyOf(interceptors);
		this.reasons = interceptors.stream()
			.filter(FailureReasons.class::isInstance)
			.map(FailureReasons.class::cast)
			.toList();
	}

	/**
	 * Puts the interceptors in front of a handler.
	 * @param handler the handler
	 * @return a handler that calls the interceptors
	 */
	public ServerHandler intercept(ServerHandler handler) {
		if (handler instanceof ServerHandler.Messages messages) {
			if (messages.sessions() instanceof InterceptedInside inside) {
				return messages.with(inside.intercepted((inner) -> new InterceptedSessionHandler(this, inner, false)));
			}
			return messages.with((spec) -> new InterceptedSessionHandler(this, messages.sessions().apply(spec),
					messages.bytesAsTheyCome()));
		}
		if (handler instanceof ServerHandler.Streams streams) {
			return new ServerHandler.Streams(streams.name(), () -> stream(streams.sessions().get()),
					failures(streams.failures()));
		}
		ServerHandler.Conversations conversations = (ServerHandler.Conversations) handler;
		return new ServerHandler.Conversations(conversations.name(), conversations.input(),
				() -> conversation(conversations.sessions().get()), failures(conversations.failures()));
	}

	/**
	 * Calls interceptors for a failure of a handler that blocks only if somebody may
	 * answer it: they have seen it leave the one call of the session.
	 */
	private @Nullable FailureHandler failures(@Nullable FailureHandler failures) {
		if (failures != null) {
			return new FailureHandler() {

				@Override
				public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
					return InterceptedHandlers.this.failed(failure, session, () -> failures.failed(failure, session));
				}

				@Override
				public boolean answersBadFrames() {
					return failures.answersBadFrames();
				}

			};
		}
		return this.reasons.isEmpty() ? null : (failure, session) -> {
			throw reasoned(failure);
		};
	}

	@Nullable Object failed(Exception failure, SocketSession session, Target target) throws Exception {
		AtomicReference<@Nullable CloseReasonException> named = new AtomicReference<>();
		try {
			return call(Kind.FAILURE, session, failure, () -> {
				try {
					return target.call();
				}
				catch (CloseReasonException ex) {
					if (ex.method() == null || !(ex.getCause() instanceof Exception thrown)) {
						throw ex;
					}
					// Interceptors see what the method threw.
					named.set(ex);
					throw thrown;
				}
			});
		}
		catch (Exception ex) {
			CloseReasonException known = named.get();
			if (known != null && ex == known.getCause()) {
				throw known;
			}
			throw (ex == failure) ? reasoned(failure) : ex;
		}
	}

	/** Returns what to throw for an exception that no method has answered. */
	Exception reasoned(Exception failure) {
		for (FailureReasons known : this.reasons) {
			CloseReason reason = known.reason(failure);
			if (reason != null) {
				return new CloseReasonException(reason, failure);
			}
		}
		return failure;
	}

	private StreamHandler stream(StreamHandler handler) {
		record Intercepted(InterceptedHandlers handlers,
				StreamHandler handler) implements StreamHandler, DetailedHandler {

			@Override
			public void handle(InputStream in, OutputStream out, SocketSession session) throws Exception {
				this.handlers.call(Kind.SESSION, session, null, () -> {
					this.handler.handle(in, out, session);
					return null;
				});
			}

			@Override
			public Map<String, ?> details(SocketSession session) throws Exception {
				return this.handlers.details(this.handler, session);
			}

		}
		return new Intercepted(this, handler);
	}

	private <I, O> ConversationHandler<I, O> conversation(ConversationHandler<I, O> handler) {
		record Intercepted<I, O>(InterceptedHandlers handlers,
				ConversationHandler<I, O> handler) implements ConversationHandler<I, O>, DetailedHandler {

			@Override
			public void handle(Conversation<I, O> conversation) throws Exception {
				this.handlers.call(Kind.SESSION, conversation.session(), null, () -> {
					this.handler.handle(conversation);
					return null;
				});
			}

			@Override
			public Map<String, ?> details(SocketSession session) throws Exception {
				return this.handlers.details(this.handler, session);
			}

		}
		return new Intercepted<>(this, handler);
	}

	Map<String, ?> details(Object handler, SocketSession session) throws Exception {
		if (!(handler instanceof DetailedHandler detailed)) {
			return Map.of();
		}
		@SuppressWarnings("unchecked") // what the handler returns, or an interceptor must
		Map<String, ?> details = (Map<String, ?>) call(Kind.DETAILS, session, null, () -> detailed.details(session));
		return (details != null) ? details : Map.of();
	}

	@Nullable Object call(Kind kind, SocketSession session, @Nullable Object payload, Target target) throws Exception {
		return new CallChain(kind, session, payload, this.interceptors, target).proceed();
	}

}
