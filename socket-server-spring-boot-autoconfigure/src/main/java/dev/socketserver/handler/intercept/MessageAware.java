package dev.socketserver.handler.intercept;

/**
 * A handler that has to know of a message before its interceptors are called, since an
 * interceptor may refuse the message and so have the handler deal with a failure of it.
 */
public interface MessageAware {

	/**
	 * A message is about to be handled.
	 * @param payload the message, as the handler takes it
	 */
	void arrived(Object payload);

}
