package dev.socketserver.bridge.kill;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.process.Signals;

import static org.awaitility.Awaitility.await;

/** An application in a JVM of its own, which is killed and started again. */
final class KilledApplication implements AutoCloseable {

	/**
	 * Longer than an attempt to store may take; {@code -Dbridge.hang} in milliseconds.
	 */
	private static final Duration HANG = Duration.ofMillis(Long.getLong("bridge.hang", 2_500));

	private final String[] arguments;

	private OtherJvm process;

	/**
	 * Starts it.
	 * @param port where its server listens
	 * @param more further arguments
	 */
	KilledApplication(int port, String... more) throws IOException, InterruptedException {
		this.arguments = Stream.concat(Stream.of("--socket.servers.in.port=" + port,
				"--socket.servers.in.bridge.timeout=2s", "--logging.level.root=error"), Stream.of(more))
			.toArray(String[]::new);
		this.process = start();
	}

	private OtherJvm start() throws IOException, InterruptedException {
		OtherJvm started = new OtherJvm(List.of(), List.of(), StoringApplication.class, this.arguments);
		started.await("listens");
		return started;
	}

	/** Kills it, and starts another one. */
	void kill() throws IOException, InterruptedException {
		this.process.kill();
		this.process = start();
	}

	/** Stops it for a while at any moment, as a machine does that hangs. */
	void hang() {
		Signals.send(this.process.pid(), "STOP");
		await().pollDelay(HANG).atMost(HANG.plusMinutes(1)).until(() -> true);
		Signals.send(this.process.pid(), "CONT");
	}

	@Override
	public void close() {
		this.process.close();
	}

}
