package dev.socketserver.handler.argument;

import java.util.List;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.IdentityMissingException;
import org.jspecify.annotations.Nullable;

/**
 * The id of the session's first identity of a type.
 *
 * @param type the type of the identity
 * @param required whether to fail where the session has none
 */
record IdentityArgument(String type, boolean required) implements Argument {

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) {
		List<String> ids = session.info().bound().getOrDefault(this.type, List.of());
		if (ids.isEmpty() && this.required) {
			throw new IdentityMissingException(this.type);
		}
		return ids.isEmpty() ? null : ids.get(0);
	}

}
