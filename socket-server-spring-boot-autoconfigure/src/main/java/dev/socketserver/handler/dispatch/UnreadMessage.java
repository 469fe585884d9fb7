package dev.socketserver.handler.dispatch;

import dev.socketserver.handler.intercept.ConvertsFrames;
import org.jspecify.annotations.Nullable;

/**
 * A frame of which no message could be made, before the turn of that frame.
 *
 * @param method the index of the method, {@link KeyedMethod#NONE} if none was found
 * @param failure why
 */
record UnreadMessage(int method, Exception failure) implements ConvertsFrames.Converted {

	@Override
	public @Nullable Object payload() {
		return null;
	}

}
