package dev.socketserver.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own. The process reads its standard input and ends with
 * it: so it is gone when it is closed, and also when this JVM is, however that ends.
 */
final class RunningServer implements AutoCloseable {

	private static final int START_SECONDS = 60;

	private static final int END_SECONDS = 5;

	private static final int LOG_LINES = 20;

	private final Contender contender;

	private final Process process;

	private final Path log;

	private final int port;

	private RunningServer(Contender contender, Process process, Path log) throws InterruptedException {
		this.contender = contender;
		this.process = process;
		this.log = log;
		this.port = awaitPort();
	}

	/**
	 * Starts a server and waits until it listens.
	 * @param contender the server
	 * @param command what to run
	 * @param directory where its log goes; exists
	 * @return the server
	 * @throws BenchmarkException if it does not listen in time
	 * @throws IOException if it cannot be run
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	static RunningServer start(Contender contender, List<String> command, Path directory)
			throws IOException, InterruptedException {
		Path log = directory.resolve(contender.id() + ".log");
		Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
		boolean listens = false;
		try {
			RunningServer server = new RunningServer(contender, process, log);
			listens = true;
			return server;
		}
		finally {
			if (!listens) {
				process.destroyForcibly();
			}
		}
	}

	private int awaitPort() throws InterruptedException {
		CompletableFuture<@Nullable String> line = new CompletableFuture<>();
		Thread reader = new Thread(() -> {
			try {
				// Read on until its end, or a server that says more would wait for ever.
				BufferedReader out = new BufferedReader(
						new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
				String next;
				do {
					next = out.readLine();
					line.complete(next);
				}
				while (next != null);
			}
			catch (IOException ex) {
				line.completeExceptionally(ex);
			}
		}, "output of " + this.contender.id());
		reader.setDaemon(true);
		reader.start();
		try {
			String first = line.get(START_SECONDS, TimeUnit.SECONDS);
			if (first == null || !first.matches("port \\d+")) {
				throw failure("has not started" + ((first != null) ? ", but says '" + first + "'" : ""), null);
			}
			return Integer.parseInt(first.substring("port ".length()));
		}
		catch (ExecutionException ex) {
			throw failure("cannot be read", ex);
		}
		catch (TimeoutException ex) {
			throw failure("does not listen after " + START_SECONDS + " s", null);
		}
	}

	/**
	 * Describes what is wrong with the server.
	 * @param what what it does, as the end of a sentence
	 * @param cause the cause, if there is one
	 * @return the exception, with the end of the server's log
	 */
	BenchmarkException failure(String what, @Nullable Throwable cause) {
		String message = "The server '" + this.contender.id() + "' " + what;
		try {
			List<String> lines = Files.readAllLines(this.log);
			if (!lines.isEmpty()) {
				message += "\n" + this.log + " ends with\n  "
						+ String.join("\n  ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
			}
		}
		catch (IOException ex) {
			message += " (" + this.log + " cannot be read: " + ex + ")";
		}
		return new BenchmarkException(message, cause);
	}

	Contender contender() {
		return this.contender;
	}

	int port() {
		return this.port;
	}

	long pid() {
		return this.process.pid();
	}

	/** Ends the process; returns when it is gone, or cannot be ended. */
	@Override
	public void close() {
		try {
			this.process.getOutputStream().close();
			if (!this.process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
			}
		}
		catch (IOException ex) {
			// The pipe is broken, so the process has ended.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.process.destroyForcibly();
		}
	}

}
