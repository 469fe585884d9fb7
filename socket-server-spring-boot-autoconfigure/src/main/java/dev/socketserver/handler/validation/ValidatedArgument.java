package dev.socketserver.handler.validation;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.argument.Argument;
import org.jspecify.annotations.Nullable;

/**
 * A payload that is validated before the method is called with it.
 *
 * @param given gives the payload
 * @param validation validates it
 */
public record ValidatedArgument(Argument given, PayloadValidation validation) implements Argument {

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session)
			throws Exception {
		Object payload = this.given.value(subject, failed, session);
		if (payload != null) {
			this.validation.check(payload);
		}
		return payload;
	}

	@Override
	public Role role() {
		return this.given.role();
	}

}
