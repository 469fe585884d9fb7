package dev.socketserver.handler.argument;

import java.util.Optional;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * An argument as an {@link Optional}.
 *
 * @param within the argument
 */
record OptionalArgument(Argument within) implements Argument {

	@Override
	public Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) throws Exception {
		return Optional.ofNullable(this.within.value(subject, failed, session));
	}

	@Override
	public Role role() {
		return this.within.role();
	}

}
