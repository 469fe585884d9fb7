package dev.socketserver.handler.dispatch;

import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.argument.Argument;
import dev.socketserver.handler.intercept.ConvertsFrames;
import org.jspecify.annotations.Nullable;

/**
 * A message with the method that was chosen for it.
 *
 * @param method the index of the method, {@link KeyedMethod#NONE} for none
 * @param subject what the method is given: the payload, or the {@link SocketMessage} that
 * has it; {@code null} without a method
 */
public record ChosenMessage(int method, @Nullable Object subject) implements ConvertsFrames.Converted {

	@Override
	public @Nullable Object payload() {
		return Argument.payload(this.subject);
	}

}
