package dev.socketserver.handler.argument;

import java.time.Instant;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.SocketMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;

/**
 * What a resolver of the application gives.
 *
 * @param resolver the resolver
 * @param parameter the parameter that it supports
 */
record ResolvedArgument(SocketArgumentResolver resolver, MethodParameter parameter) implements Argument {

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session)
			throws Exception {
		SocketMessage message = (subject instanceof SocketMessage known) ? known
				: new SocketMessage(null, null, Instant.now(), session);
		return this.resolver.resolve(this.parameter, message);
	}

	@Override
	public Role role() {
		return Role.MESSAGE;
	}

}
