package dev.socketserver.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A program of a test in a JVM of its own, which says what happens to it, line by line,
 * and does what it is told, line by line.
 */
public final class OtherJvm implements AutoCloseable {

	/** What a program says begins with this; all else is its log. */
	private static final String MARK = "! ";

	private static final String END = "the end of its output";

	private static final long SECONDS = 60;

	private final Process process;

	/** Everything, for messages. */
	private final List<String> output = new CopyOnWriteArrayList<>();

	private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

	/**
	 * Starts a JVM.
	 * @param before words that the command line begins with
	 * @param options of the JVM
	 * @param program the class
	 * @param arguments its arguments
	 */
	public OtherJvm(List<String> before, List<String> options, Class<?> program, String... arguments)
			throws IOException {
		List<String> command = new ArrayList<>(before);
		command.addAll(command(Stream.concat(Stream.of("-Xmx256m"), options.stream()).toList(), program, arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		Thread reader = new Thread(this::read);
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Returns the command line of a JVM that starts as cheaply as one can: it ends before
	 * the better compiler pays, and Netty's events for the flight recorder, which nobody
	 * reads, would be a sixth of what its start costs.
	 * @param options of the JVM
	 * @param program the class
	 * @param arguments its arguments
	 * @return the command line
	 */
	public static List<String> command(List<String> options, Class<?> program, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dio.netty.jfr.enabled=false"));
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		return command;
	}

	private void read() {
		try (BufferedReader lines = this.process.inputReader(UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.add(line);
				if (line.startsWith(MARK)) {
					this.said.add(line.substring(MARK.length()));
				}
			}
		}
		catch (IOException ex) {
			// It was killed.
		}
		this.said.add(END);
	}

	/** Says something, in the program. */
	public static void say(String line) {
		System.out.println(MARK + line);
	}

	/** Waits for the next thing that the program says, whatever it is. */
	public String next() throws InterruptedException {
		String line = this.said.poll(SECONDS, TimeUnit.SECONDS);
		if (line == null || line.equals(END)) {
			throw new AssertionError("Nothing is said any more; the output was\n" + String.join("\n", this.output));
		}
		return line;
	}

	/** Waits until the program says something, and passes over what it says before. */
	public void await(String expected) throws InterruptedException {
		String line = next();
		while (!line.equals(expected)) {
			line = next();
		}
	}

	/** Tells the program something. */
	public void tell(String line) throws IOException {
		this.process.getOutputStream().write((line + "\n").getBytes(UTF_8));
		this.process.getOutputStream().flush();
	}

	public long pid() {
		return this.process.pid();
	}

	/** Kills it, without a last word. */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
