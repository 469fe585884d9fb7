package dev.socketserver.autoconfigure;

/**
 * What to do about something that the machine does not give to servers, nor to clients:
 * imperative sentences without a full stop.
 */
final class Remedies {

	private Remedies() {
	}

	/** Against a transport that the machine does not have. */
	static String missingTransport(String property) {
		return ("Set %s to auto or nio, or add the transport's native library to the class path and let it be loaded "
				+ "from java.io.tmpdir")
			.formatted(property);
	}

	/** Against more event loops than the system gives. */
	static String tooManyEventLoops(String property) {
		return "Set %s to as many as the machine has cores, or let the process have more open files"
			.formatted(property);
	}

}
