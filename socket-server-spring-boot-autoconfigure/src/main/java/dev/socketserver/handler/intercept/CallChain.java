package dev.socketserver.handler.intercept;

import java.util.List;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * A call with the interceptors that it has not passed yet.
 *
 * @param kind what the handler is called for
 * @param session the session
 * @param payload what the handler is given
 * @param interceptors those that remain, the outermost first
 * @param target calls the handler
 */
record CallChain(Kind kind, SocketSession session, @Nullable Object payload,
		List<SocketHandlerInterceptor> interceptors, Target target) implements HandlerCall {

	@Override
	public @Nullable Object proceed() throws Exception {
		if (this.interceptors.isEmpty()) {
			return this.target.call();
		}
		List<SocketHandlerInterceptor> inner = this.interceptors.subList(1, this.interceptors.size());
		return this.interceptors.get(0)
			.intercept(new CallChain(this.kind, this.session, this.payload, inner, this.target));
	}

	/** The handler at the end of a chain. */
	@FunctionalInterface
	interface Target {

		@Nullable Object call() throws Exception;

	}

}
