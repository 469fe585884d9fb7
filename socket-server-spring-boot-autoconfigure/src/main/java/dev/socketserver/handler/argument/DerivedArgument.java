package dev.socketserver.handler.argument;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * What is made of an argument, in its place.
 *
 * @param given the argument
 * @param step makes it
 */
record DerivedArgument(Argument given, Step step) implements Argument {

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session)
			throws Exception {
		return this.step.of(this.given.value(subject, failed, session));
	}

	@Override
	public Role role() {
		return this.given.role();
	}

}
