package dev.socketserver.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own. The process reads its standard input and exits when
 * that ends, so that it is gone when this object is closed, and also when this JVM ends
 * in any way.
 */
final class RunningServer implements AutoCloseable {

	private static final int START_SECONDS = 180;

	private static final int END_SECONDS = 5;

	private static final int LOG_LINES = 20;

	private static final String SAYS_NO_MORE = "";

	private static final Pattern LISTENS = Pattern.compile("port((?: \\d+)+)(?: (http://\\S+))?");

	private final Contender contender;

	private final Process process;

	private final Path log;

	private final List<Service> services;

	private final int[] ports;

	private final @Nullable URI endpoints;

	/** The lines of its standard output; the last one is {@link #SAYS_NO_MORE}. */
	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private RunningServer(Contender contender, List<Service> services, Process process, Path log)
			throws InterruptedException {
		this.contender = contender;
		this.services = services;
		this.process = process;
		this.log = log;
		Thread reader = new Thread(this::readLines, "output of " + contender.id());
		reader.setDaemon(true);
		reader.start();
		String said = awaitLine("does not listen");
		Matcher listens = LISTENS.matcher(said);
		if (!listens.matches()) {
			throw failure("has not started" + (said.equals(SAYS_NO_MORE) ? "" : ", but says '" + said + "'"), null);
		}
		this.ports = Arrays.stream(listens.group(1).strip().split(" ")).mapToInt(Integer::parseInt).toArray();
		this.endpoints = (listens.group(2) != null) ? URI.create(listens.group(2)) : null;
	}

	/**
	 * Starts a server and waits until it listens.
	 * @param contender the server
	 * @param services the services that it offers, in the order in which the command
	 * names them
	 * @param command what to run
	 * @param directory an existing directory for its log
	 * @return the server
	 * @throws BenchmarkException if it does not listen in time
	 * @throws IOException if it cannot be run
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	static RunningServer start(Contender contender, List<Service> services, List<String> command, Path directory)
			throws IOException, InterruptedException {
		Path log = directory.resolve(contender.id() + ".log");
		Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
		boolean listens = false;
		try {
			RunningServer server = new RunningServer(contender, services, process, log);
			listens = true;
			return server;
		}
		finally {
			if (!listens) {
				process.destroyForcibly();
			}
		}
	}

	/**
	 * Reads all lines to the end, since a server whose output nobody reads would wait for
	 * ever.
	 */
	private void readLines() {
		try (BufferedReader out = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = out.readLine(); line != null; line = out.readLine()) {
				this.lines.add(line);
			}
		}
		catch (IOException ex) {
			// The same as the end of its output.
		}
		this.lines.add(SAYS_NO_MORE);
	}

	private String awaitLine(String problem) throws InterruptedException {
		String line = this.lines.poll(START_SECONDS, TimeUnit.SECONDS);
		if (line == null) {
			throw failure(problem + " after " + START_SECONDS + " s", null);
		}
		return line;
	}

	/**
	 * Asks a server that runs in a JVM for its live heap.
	 * @return the number of bytes
	 * @throws IOException if it cannot be asked
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	long liveHeap() throws IOException, InterruptedException {
		this.process.outputWriter().append(ServerMain.HEAP).append('\n').flush();
		String line = awaitLine("does not tell its heap");
		if (!line.startsWith(ServerMain.HEAP + " ")) {
			throw failure("does not tell its heap, but says '" + line + "'", null);
		}
		return Long.parseLong(line.substring(ServerMain.HEAP.length() + 1));
	}

	/**
	 * Returns how much CPU time the process has used.
	 * @return the time, which the system counts in steps of about 10 ms
	 */
	Duration cpu() {
		return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
	}

	/**
	 * Describes what is wrong with the server.
	 * @param what what the server does, as the end of a sentence
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

	/**
	 * Returns the port of a service.
	 * @param service the service
	 * @return the port, or -1 if the server does not offer the service
	 */
	int port(Service service) {
		return IntStream.range(0, this.ports.length)
			.filter((index) -> this.services.get(index) == service)
			.map((index) -> this.ports[index])
			.findFirst()
			.orElse(-1);
	}

	/**
	 * Returns the endpoints that are polled while the server is measured.
	 * @param service the service that is measured
	 * @return the addresses of endpoints; none for most servers
	 */
	List<URI> polled(Service service) {
		return this.contender.polled(service)
			.stream()
			.map((endpoint) -> URI.create(this.endpoints + "/" + endpoint))
			.toList();
	}

	long pid() {
		return this.process.pid();
	}

	/** Ends the process; returns when it is gone, or cannot be ended. */
	@Override
	public void close() {
		ChildProcess.end(this.process, END_SECONDS);
	}

}
