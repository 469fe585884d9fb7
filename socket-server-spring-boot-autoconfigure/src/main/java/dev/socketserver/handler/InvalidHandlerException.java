package dev.socketserver.handler;

/**
 * A bean that is to serve sessions cannot.
 */
public final class InvalidHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final String HANDLER = "handler";

	private static final String PAYLOAD = "payload";

	private final String key;

	private final boolean inBean;

	private final String remedy;

	public InvalidHandlerException(String problem, String remedy) {
		this(HANDLER, true, problem, remedy);
	}

	private InvalidHandlerException(String key, boolean inBean, String problem, String remedy) {
		super(problem);
		this.key = key;
		this.inBean = inBean;
		this.remedy = remedy;
	}

	/**
	 * Creates an exception for a bean that is no handler at all.
	 * @param problem what is wrong, beginning with the bean
	 * @param remedy what to do about it
	 * @return the exception
	 */
	public static InvalidHandlerException noHandler(String problem, String remedy) {
		return new InvalidHandlerException(HANDLER, false, problem, remedy);
	}

	/**
	 * Creates an exception for a handler that cannot have the payload that is configured.
	 * @param problem what is wrong, beginning with the bean
	 * @param remedy what to do about it
	 * @return the exception
	 */
	public static InvalidHandlerException payload(String problem, String remedy) {
		return new InvalidHandlerException(PAYLOAD, false, problem, remedy);
	}

	/**
	 * Returns which key of the entry is wrong, or has chosen what is.
	 * @return the key, {@code handler} or {@code payload}
	 */
	public String key() {
		return this.key;
	}

	/**
	 * Returns whether the bean is meant to be a handler, and a mistake in it keeps it
	 * from being one. The key is right then.
	 * @return whether the mistake is in the bean
	 */
	public boolean inBean() {
		return this.inBean;
	}

	/**
	 * Returns what to do about it.
	 * @return the remedy, an imperative sentence
	 */
	public String remedy() {
		return this.remedy;
	}

}
