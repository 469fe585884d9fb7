package dev.socketserver.handler.intercept;

import org.jspecify.annotations.Nullable;

/**
 * A handler that has to know of a message before its interceptors are called, since an
 * interceptor may refuse the message and so have the handler deal with a failure of it.
 */
public interface MessageAware {

	/**
	 * A message is about to be handled, or has failed before the handler could be called
	 * with it.
	 * @param payload the message, as the handler takes it; {@code null} if nothing could
	 * be made of the frame
	 */
	void arrived(@Nullable Object payload);

}
