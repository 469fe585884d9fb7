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
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.socketserver.fixtures.process.Signals;

/**
 * A node in a JVM of its own, which can be killed and frozen. It performs the commands
 * that it receives on its standard input, a line each, and says what became of it.
 */
final class NodeProcess implements RunningNode {

	private static final String MARK = "! ";

	private static final String EVENT = "@ ";

	private final Process process;

	private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

	private final Thread reader;

	NodeProcess(int port, String name, Duration lease) {
		this(port, name, lease, Mutant.NONE, (event) -> {
		});
	}

	/** Starts a node that says what its peers see. */
	NodeProcess(int port, String name, Duration lease, Mutant mutant, Consumer<String> events) {
		try {
			this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dio.netty.jfr.enabled=false", "-Xmx128m", "-cp",
					classPath(), NodeProcess.class.getName(), "" + port, name, "" + lease.toMillis(), mutant.name())
				.redirectErrorStream(true)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.reader = new Thread(
				() -> this.process.inputReader(StandardCharsets.UTF_8).lines().forEach((line) -> said(line, events)));
		this.reader.setDaemon(true);
		this.reader.start();
	}

	private void said(String line, Consumer<String> events) {
		if (line.startsWith(MARK)) {
			this.said.add(line.substring(MARK.length()));
		}
		else if (line.startsWith(EVENT)) {
			events.accept(line.substring(EVENT.length()));
		}
	}

	private static String classPath() {
		if (NodeProcess.class.getClassLoader() instanceof URLClassLoader loader) {
			return Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"));
		}
		return System.getProperty("java.class.path");
	}

	@Override
	public BlockingQueue<String> said() {
		return this.said;
	}

	@Override
	public void command(String line) {
		try {
			this.process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
			this.process.getOutputStream().flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void signal(String signal) {
		Signals.send(this.process.pid(), signal);
	}

	@Override
	public void kill() {
		// What Java destroys is not read to its end.
		signal("KILL");
		try {
			this.process.waitFor();
			this.reader.join();
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
	 * @param arguments the port of Redis, the node's name, its lease in milliseconds,
	 * what is wrong with it
	 */
	public static void main(String... arguments) throws IOException {
		Mutant mutant = Mutant.valueOf(arguments[3]);
		TestNode node = new TestNode(TestNode.factory(Integer.parseInt(arguments[0])), arguments[1],
				Duration.ofMillis(Long.parseLong(arguments[2])), null, mutant::in);
		node.events = mutant.in((event) -> System.out.println(EVENT + event));
		node.events.accept("node " + node.name());
		node.start();
		say("up");
		NodeCommands commands = new NodeCommands(node, NodeProcess::say);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line; (line = in.readLine()) != null;) {
			commands.perform(List.of(line.split(" ")));
		}
		System.exit(0);
	}

}
