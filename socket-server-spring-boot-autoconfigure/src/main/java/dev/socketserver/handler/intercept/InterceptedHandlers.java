package dev.socketserver.handler.intercept;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.handler.intercept.CallChain.Target;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Puts interceptors in front of handlers of every form.
 */
public final class InterceptedHandlers {

	private final List<SocketHandlerInterceptor> interceptors;

	/**
	 * Creates the adapter.
	 * @param interceptors the interceptors, the outermost first
	 */
	public InterceptedHandlers(List<SocketHandlerInterceptor> interceptors) {
		this.interceptors = List.copyOf(interceptors);
	}

	/**
	 * Puts the interceptors in front of a handler.
	 * @param handler the handler
	 * @return a handler that calls the interceptors
	 */
	public ServerHandler intercept(ServerHandler handler) {
		if (handler instanceof ServerHandler.Messages messages) {
			return new ServerHandler.Messages(messages.name(), messages.input(), messages.bytesAsTheyCome(),
					(spec) -> new InterceptedSessionHandler(this, messages.sessions().apply(spec),
							messages.bytesAsTheyCome()));
		}
		if (handler instanceof ServerHandler.Streams streams) {
			return new ServerHandler.Streams(streams.name(), () -> stream(streams.sessions().get()));
		}
		ServerHandler.Conversations conversations = (ServerHandler.Conversations) handler;
		return new ServerHandler.Conversations(conversations.name(), conversations.input(),
				() -> conversation(conversations.sessions().get()));
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
