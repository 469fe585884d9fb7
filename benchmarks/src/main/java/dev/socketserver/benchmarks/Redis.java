package dev.socketserver.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import dev.socketserver.fixtures.Ports;

/**
 * A Redis of the nodes in this JVM, on a free port. It ends when this JVM ends in any
 * way, since the shell that has started it reads what nobody writes.
 */
final class Redis {

	static final String PROGRAM = "redis-server";

	private static final String SCRIPT = PROGRAM
			+ " --port \"$0\" --bind 127.0.0.1 --save '' --appendonly no --loglevel warning & cat; kill $!";

	private static final int START_SECONDS = 20;

	/** Is kept, since its input ends when nobody has it any more. */
	private final Process process;

	private final int port;

	private Redis(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/** Whether this machine has the program. */
	static boolean isInstalled() {
		return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
			.splitAsStream(System.getenv().getOrDefault("PATH", ""))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, PROGRAM)));
	}

	/**
	 * Starts a Redis.
	 * @return the Redis, which takes connections
	 * @throws BenchmarkException if it does not take them in time
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	static Redis start() throws IOException, InterruptedException {
		int port = Ports.free();
		Redis redis = new Redis(new ProcessBuilder(List.of("sh", "-c", SCRIPT, String.valueOf(port)))
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start(), port);
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
		while (!redis.listens()) {
			if (System.nanoTime() - deadline > 0 || !redis.process.isAlive()) {
				throw new BenchmarkException(PROGRAM + " does not listen on port " + port);
			}
			TimeUnit.MILLISECONDS.sleep(20);
		}
		return redis;
	}

	private boolean listens() {
		try {
			new Socket(InetAddress.getLoopbackAddress(), this.port).close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	int port() {
		return this.port;
	}

}
