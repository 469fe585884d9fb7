package dev.socketserver.examples.hl7;

/** With MSA-1, ERR-3 and ERR-8 of the answer. */
class RefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	private final String code;

	private final String error;

	private final String text;

	RefusedException(String code, String error, String text) {
		super(text);
		this.code = code;
		this.error = error;
		this.text = text;
	}

	Hl7Message answerTo(Hl7Message message) {
		return message.acknowledge(this.code, this.error, this.text);
	}

}
