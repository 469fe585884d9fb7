package dev.socketserver.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps the servers on one core and the load generator on another, where there are two
 * and {@code taskset}.
 *
 * @param server the core of the servers, -1 for any
 * @param load the core of the load generator, -1 for any
 */
public record Cores(int server, int load) {

	private static final Cores ANY = new Cores(-1, -1);

	private static final Pattern PAIR = Pattern.compile("(\\d{1,4}),(\\d{1,4})");

	/**
	 * Reads which cores to use.
	 * @param text two numbers with a comma, {@code none}, or nothing for the first and
	 * the last core that this process may use
	 * @return the cores
	 * @throws BenchmarkException if the text is anything else
	 */
	public static Cores parse(String text) {
		if (text.equals("none")) {
			return ANY;
		}
		if (text.isEmpty()) {
			List<Integer> allowed = allowed();
			return (allowed.size() > 1 && hasTaskset()) ? new Cores(allowed.get(0), allowed.get(allowed.size() - 1))
					: ANY;
		}
		Matcher matcher = PAIR.matcher(text);
		if (!matcher.matches()) {
			throw new BenchmarkException("Cores are written as 0,1 (of the servers, of the load generator) or 'none', "
					+ "not '" + text + "'");
		}
		if (!hasTaskset()) {
			throw new BenchmarkException("To choose cores, the program taskset (util-linux) must be on the PATH");
		}
		return new Cores(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
	}

	private static List<Integer> allowed() {
		List<Integer> allowed = new ArrayList<>();
		try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
			String list = lines.filter((line) -> line.startsWith("Cpus_allowed_list:")).findFirst().orElse(":");
			for (String range : list.substring(list.indexOf(':') + 1).strip().split(",")) {
				if (!range.isEmpty()) {
					String[] ends = range.split("-");
					for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
						allowed.add(i);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return allowed;
	}

	private static boolean hasTaskset() {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, "taskset")));
	}

	/**
	 * Returns whether the load generator has a core that the servers do not use.
	 * @return whether it can be busy without taking time from them
	 */
	boolean apart() {
		return this.load >= 0 && this.load != this.server;
	}

	public List<String> forServer(List<String> command) {
		return on(this.server, command);
	}

	public List<String> forLoad(List<String> command) {
		return on(this.load, command);
	}

	/**
	 * Keeps the calling thread, one of the platform, where the load generator is.
	 * @throws IOException if it cannot be kept there
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	void keepWithLoad() throws IOException, InterruptedException {
		if (this.load < 0) {
			return;
		}
		String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
		Process process = new ProcessBuilder("taskset", "-p", "-c", String.valueOf(this.load), thread)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		if (process.waitFor() != 0) {
			throw new IOException("A thread cannot be kept on core " + this.load);
		}
	}

	private static List<String> on(int core, List<String> command) {
		if (core < 0) {
			return command;
		}
		List<String> pinned = new ArrayList<>(List.of("taskset", "-c", String.valueOf(core)));
		pinned.addAll(command);
		return pinned;
	}

	@Override
	public String toString() {
		return (this.server < 0) ? "not pinned to cores"
				: "servers on core " + this.server + ", load generator on core " + this.load;
	}

}
