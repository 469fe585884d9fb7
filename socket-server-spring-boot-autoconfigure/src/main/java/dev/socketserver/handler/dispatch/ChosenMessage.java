package dev.socketserver.handler.dispatch;

import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.argument.Argument;
import dev.socketserver.handler.intercept.CarriesPayload;
import org.jspecify.annotations.Nullable;

/**
 * A message with the method that was chosen for it.
 *
 * @param method the index of the method
 * @param subject the payload, or the {@link SocketMessage} that has it
 */
public record ChosenMessage(int method, Object subject) implements CarriesPayload {

	@Override
	public @Nullable Object payload() {
		return Argument.payload(this.subject);
	}

}
