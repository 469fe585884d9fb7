package dev.socketserver.exchange;

/**
 * A method of a {@link SocketExchange} interface has failed with a checked exception that
 * it does not declare, which is the cause. A method that declares the exception throws
 * it. Futures and types of reactive libraries fail with it directly.
 */
public class SocketExchangeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message which method has failed, and why
	 * @param cause the failure of the request or of the send
	 */
	public SocketExchangeException(String message, Throwable cause) {
		super(message, cause);
	}

}
