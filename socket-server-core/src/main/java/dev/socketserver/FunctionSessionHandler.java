package dev.socketserver;

import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Answers each request with the result of a function.
 *
 * @param function the function
 */
record FunctionSessionHandler(Function<Object, @Nullable Object> function) implements SessionHandler {

	@Override
	public @Nullable Object received(Object payload, SocketSession session) {
		return this.function.apply(payload);
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return DetailedHandler.detailsOf(this.function, session);
	}

}
