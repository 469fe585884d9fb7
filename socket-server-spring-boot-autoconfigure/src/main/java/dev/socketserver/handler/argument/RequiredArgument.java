package dev.socketserver.handler.argument;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * An argument for a parameter that is never null, as Kotlin has them.
 *
 * @param given the argument
 * @param missing what is said where there is none
 */
record RequiredArgument(Argument given, String missing) implements Argument {

	@Override
	public Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) throws Exception {
		Object value = this.given.value(subject, failed, session);
		if (value == null) {
			throw new IllegalStateException(this.missing);
		}
		return value;
	}

	@Override
	public Role role() {
		return this.given.role();
	}

}
