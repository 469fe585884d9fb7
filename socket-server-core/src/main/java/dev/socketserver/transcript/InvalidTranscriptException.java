package dev.socketserver.transcript;

/**
 * Thrown when a text is not a {@linkplain Transcript transcript}. The message has the
 * number of the line and says what is wrong with it.
 */
public final class InvalidTranscriptException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	InvalidTranscriptException(int line, String problem) {
		super("Line " + line + " of the transcript: " + problem);
	}

}
