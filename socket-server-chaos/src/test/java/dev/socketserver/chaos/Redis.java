package dev.socketserver.chaos;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Redis in a process of its own, which keeps nothing when it is killed.
 */
final class Redis implements AutoCloseable {

	private final int port;

	private Process process;

	Redis() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			this.port = socket.getLocalPort();
		}
		this.process = start();
	}

	static boolean isInstalled() {
		return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "redis-server")));
	}

	int port() {
		return this.port;
	}

	private Process start() throws IOException {
		return new ProcessBuilder(List.of("redis-server", "--port", "" + this.port, "--bind", "127.0.0.1", "--save", "",
				"--dir", System.getProperty("java.io.tmpdir")))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	void kill() throws InterruptedException {
		this.process.destroyForcibly();
		this.process.waitFor();
	}

	/** Starts it again, with nothing in it. */
	void startAgain() throws IOException {
		this.process = start();
		awaitReady();
	}

	void awaitReady() throws IOException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (!answers()) {
			if (System.nanoTime() - deadline > 0) {
				throw new IOException("Redis does not start");
			}
			Pause.millis(20);
		}
	}

	private boolean answers() {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.setSoTimeout(2_000);
			socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
			return socket.getInputStream().read() == '+';
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() throws IOException {
		this.process.destroyForcibly();
	}

}
