package dev.socketserver.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.socketserver.BindPolicy;

/**
 * A node in a JVM of its own, which can be killed and frozen. It does what it is told on
 * its standard input, a line each, and says what became of it.
 */
final class NodeProcess implements AutoCloseable {

	private static final String MARK = "! ";

	private final Process process;

	private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

	NodeProcess(int port, String name, Duration lease) {
		try {
			this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", classPath(),
					NodeProcess.class.getName(), "" + port, name, "" + lease.toMillis())
				.redirectErrorStream(true)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread reader = new Thread(() -> this.process.inputReader(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> line.startsWith(MARK))
			.forEach((line) -> this.said.add(line.substring(MARK.length()))));
		reader.setDaemon(true);
		reader.start();
	}

	private static String classPath() {
		if (NodeProcess.class.getClassLoader() instanceof URLClassLoader loader) {
			return Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"));
		}
		return System.getProperty("java.class.path");
	}

	/** Waits for the next that it says. */
	String next() {
		try {
			return this.said.poll(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Tells it something, and waits for what it says. */
	String ask(String line) {
		try {
			this.process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
			this.process.getOutputStream().flush();
			return next();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void signal(String signal) {
		RedisServer.signal(this.process.pid(), signal);
	}

	/** Ends it without a word. */
	void kill() {
		try {
			this.process.destroyForcibly().waitFor();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private static void say(Object what) {
		System.out.println(MARK + what);
	}

	/**
	 * The node.
	 * @param arguments the port of Redis, the node's name, its lease in milliseconds
	 */
	public static void main(String... arguments) throws IOException {
		TestNode node = new TestNode(Integer.parseInt(arguments[0]), arguments[1],
				Duration.ofMillis(Long.parseLong(arguments[2])))
			.start();
		say("up");
		Map<String, TestNode.Session> sessions = new HashMap<>();
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line; (line = in.readLine()) != null;) {
			List<String> words = List.of(line.split(" "));
			switch (words.get(0)) {
				case "bind" -> {
					TestNode.Session session = node.open();
					sessions.put(words.get(1), session);
					say(session.bind(words.get(1), BindPolicy.valueOf(words.get(2))) + " "
							+ session.token(words.get(1)));
				}
				case "open" -> say(sessions.get(words.get(1)).open);
				case "received" -> say(sessions.get(words.get(1)).received.size());
				case "send" ->
					say(node.member.send("device", words.get(1), (server) -> words.get(2).getBytes()).join());
				default -> say("what?");
			}
		}
		System.exit(0);
	}

}
