package dev.socketserver.handler.bean;

import java.util.Map;
import java.util.function.Function;

import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Answers each request with what a bean returns for it, and gives the bean's details, if
 * it has any.
 *
 * @param bean the bean
 * @param call calls the bean
 * @param advice answers failures, if there is advice
 */
record RequestHandler(Object bean, Function<Object, @Nullable Object> call,
		@Nullable FailureHandler advice) implements SessionHandler {

	@Override
	public @Nullable Object received(Object payload, SocketSession session) {
		return this.call.apply(payload);
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		if (this.advice == null) {
			throw failure;
		}
		return this.advice.failed(failure, session);
	}

	@Override
	public String method(String call) {
		boolean received = call.equals("received");
		return received ? (this.bean instanceof Function ? "apply" : "accept") : call;
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return DetailedHandler.detailsOf(this.bean, session);
	}

}
