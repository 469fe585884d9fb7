package dev.socketserver.demo;

import java.io.IOException;
import java.net.Socket;

import org.awaitility.Awaitility;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A Redis of a test's own.
 */
final class RedisProcess implements AutoCloseable {

	private final int port = Ports.free();

	private final Process process;

	/** Starts one, or has the test skipped. */
	RedisProcess() {
		this.process = start(this.port);
		Awaitility.await().until(this::isListening);
	}

	private static Process start(int port) {
		try {
			return new ProcessBuilder("redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "")
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			assumeTrue(false, "redis-server is not on this machine");
			throw new IllegalStateException(ex);
		}
	}

	private boolean isListening() {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
