package dev.socketserver.examples.hl7;

class IncompleteMessageException extends Exception {

	private static final long serialVersionUID = 1L;

	private final String missing;

	IncompleteMessageException(String missing) {
		super(missing + " is missing");
		this.missing = missing;
	}

	String missing() {
		return this.missing;
	}

}
