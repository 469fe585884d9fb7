package dev.socketserver.handler.argument;

/**
 * An annotation of a parameter cannot be honoured. The message goes on with the parameter
 * as its subject.
 */
final class UnsuitableAnnotationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	UnsuitableAnnotationException(String problem, String remedy) {
		super(problem);
		this.remedy = remedy;
	}

	/** Returns what to do about it, an imperative sentence. */
	String remedy() {
		return this.remedy;
	}

}
