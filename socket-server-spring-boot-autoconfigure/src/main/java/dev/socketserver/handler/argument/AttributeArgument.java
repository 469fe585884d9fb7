package dev.socketserver.handler.argument;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of the session.
 *
 * @param name the name of the attribute
 * @param type the type that the method takes
 * @param required whether to fail where the session has none
 */
record AttributeArgument(String name, Class<?> type, boolean required) implements Argument {

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) {
		Object value = session.attributes().get(this.name);
		if (value == null && this.required) {
			throw new IllegalStateException("The session has no attribute '%s'".formatted(this.name));
		}
		if (value != null && !this.type.isInstance(value)) {
			throw new IllegalStateException("The attribute '%s' of the session is of type %s, not of %s"
				.formatted(this.name, value.getClass().getName(), this.type.getName()));
		}
		return value;
	}

}
