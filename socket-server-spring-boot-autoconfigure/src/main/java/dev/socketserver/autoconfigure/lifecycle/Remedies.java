package dev.socketserver.autoconfigure.lifecycle;

/**
 * What to do when servers or clients ask for something that the machine does not have:
 * imperative sentences without a full stop.
 */
final class Remedies {

	private Remedies() {
	}

	/** For a transport that the machine does not have. */
	static String missingTransport(String property) {
		return ("Set %s to auto or nio, or add the transport's native library to the class path and let it be loaded "
				+ "from java.io.tmpdir")
			.formatted(property);
	}

	/** For more event loops than the system can give. */
	static String tooManyEventLoops(String property) {
		return "Set %s to the number of cores, or allow the process more open files".formatted(property);
	}

}
