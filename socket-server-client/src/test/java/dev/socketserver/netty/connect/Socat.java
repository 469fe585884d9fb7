package dev.socketserver.netty.connect;

import java.io.IOException;

import static org.junit.jupiter.api.Assumptions.abort;

/** The program socat, as the peer of a client. */
public final class Socat {

	private Socat() {
	}

	/** Starts it; without it, the test is skipped. */
	public static Process start(String one, String another) throws IOException {
		try {
			return new ProcessBuilder("socat", one, another).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			abort("This machine has no socat");
			throw ex;
		}
	}

}
