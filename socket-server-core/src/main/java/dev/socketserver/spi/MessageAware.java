package dev.socketserver.spi;

import org.jspecify.annotations.Nullable;

/**
 * A handler that has to know which message a failure is one of. That may have failed
 * before the handler was called with it, by what is in front of the handler.
 */
public interface MessageAware {

	/**
	 * A message is about to be handled, or has failed before the handler could be called
	 * with it.
	 * @param payload the message, as the handler takes it; {@code null} if nothing was
	 * made of the frame
	 */
	void arrived(@Nullable Object payload);

}
