package dev.socketserver.handler;

/**
 * A bean that is to serve sessions cannot.
 */
public final class InvalidHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	InvalidHandlerException(String problem, String remedy) {
		super(problem);
		this.remedy = remedy;
	}

	/**
	 * Returns what to do about it.
	 * @return the remedy, an imperative sentence
	 */
	public String remedy() {
		return this.remedy;
	}

}
