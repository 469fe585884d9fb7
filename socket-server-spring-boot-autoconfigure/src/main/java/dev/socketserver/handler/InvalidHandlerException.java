package dev.socketserver.handler;

/**
 * A bean that is to serve sessions cannot.
 */
public final class InvalidHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final String HANDLER = "handler";

	private static final String PAYLOAD = "payload";

	private final String key;

	private final String remedy;

	InvalidHandlerException(String problem, String remedy) {
		this(HANDLER, problem, remedy);
	}

	private InvalidHandlerException(String key, String problem, String remedy) {
		super(problem);
		this.key = key;
		this.remedy = remedy;
	}

	/**
	 * Creates an exception for a handler that cannot have the payload that is configured.
	 * @param problem what is wrong, beginning with the bean
	 * @param remedy what to do about it
	 * @return the exception
	 */
	static InvalidHandlerException payload(String problem, String remedy) {
		return new InvalidHandlerException(PAYLOAD, problem, remedy);
	}

	/**
	 * Returns which key of the entry is wrong.
	 * @return the key, {@code handler} or {@code payload}
	 */
	public String key() {
		return this.key;
	}

	/**
	 * Returns what to do about it.
	 * @return the remedy, an imperative sentence
	 */
	public String remedy() {
		return this.remedy;
	}

}
