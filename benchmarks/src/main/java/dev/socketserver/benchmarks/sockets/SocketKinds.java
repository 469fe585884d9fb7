package dev.socketserver.benchmarks.sockets;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.ChildProcess;
import dev.socketserver.benchmarks.Program;

/**
 * Measures what an echo of 32 bytes costs a server by the kind of its socket. All servers
 * run at once, each in a process of its own, and take turns: 64 peers of one of them each
 * send a message and wait for it. What is counted is the processor time of the server;
 * the ratios are medians of those of each round.
 */
public final class SocketKinds {

	private static final int WARM_UP = 3;

	private SocketKinds() {
	}

	/**
	 * Measures, and prints a table.
	 * @param arguments the number of rounds, of messages in each, and of peers; default
	 * 15, 200,000 and 64
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		int rounds = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 15;
		String messages = (arguments.length > 1) ? arguments[1] : "200000";
		String peers = (arguments.length > 2) ? arguments[2] : "64";
		Path directory = Files.createTempDirectory("sockets");
		Program program = Program.compile("sockets", List.of(), directory);
		Map<Kind, Running> servers = new EnumMap<>(Kind.class);
		try {
			for (Kind kind : Kind.values()) {
				servers.put(kind, start(kind, program, directory));
			}
			Map<Kind, List<Double>> costs = new EnumMap<>(Kind.class);
			for (int round = -WARM_UP; round < rounds; round++) {
				for (Map.Entry<Kind, Running> each : servers.entrySet()) {
					double cost = each.getValue().visit(program, each.getKey(), peers, messages);
					if (round >= 0) {
						costs.computeIfAbsent(each.getKey(), (kind) -> new ArrayList<>()).add(cost);
					}
				}
			}
			print(costs);
		}
		finally {
			servers.values().forEach((server) -> ChildProcess.end(server.process(), 5));
		}
	}

	private static Running start(Kind kind, Program program, Path directory) throws IOException {
		List<String> command;
		String port = "";
		if (kind == Kind.UDP_C) {
			try (DatagramSocket free = new DatagramSocket()) {
				port = String.valueOf(free.getLocalPort());
			}
			command = List.of(program.file().toString(), "echo", port);
		}
		else {
			command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
					"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp",
					System.getProperty("java.class.path"), KindServer.class.getName(), kind.name(),
					directory.resolve("echo.sock").toString());
		}
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		BufferedReader out = process.inputReader();
		String line = out.readLine();
		while (line != null && !line.startsWith("ready")) {
			line = out.readLine();
		}
		if (line == null) {
			throw new BenchmarkException(kind + " has not started");
		}
		return new Running(process, line.equals("ready") ? port : line.substring("ready ".length()));
	}

	private static void print(Map<Kind, List<Double>> costs) {
		System.out.printf("%-16s %12s %10s %10s%n", "server", "ns a message", "ratio", "of C");
		costs.forEach((kind, own) -> System.out.printf("%-16s %12.0f %10.2f %10s%n", kind, median(own),
				ratio(own, Objects.requireNonNull(costs.get(kind.reference()))), kind.load().equals("udp")
						? "%.2f".formatted(ratio(own, Objects.requireNonNull(costs.get(Kind.UDP_C)))) : ""));
	}

	private static double ratio(List<Double> costs, List<Double> reference) {
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < costs.size(); i++) {
			ratios.add(costs.get(i) / reference.get(i));
		}
		return median(ratios);
	}

	private static double median(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		int half = sorted.size() / 2;
		return (sorted.size() % 2 != 0) ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
	}

	/**
	 * A server that runs.
	 *
	 * @param process its process
	 * @param where its port or path
	 */
	private record Running(Process process, String where) {

		/** Returns the processor time of a message, in nanoseconds. */
		double visit(Program program, Kind kind, String peers, String messages)
				throws IOException, InterruptedException {
			long before = cpuNanos();
			Process load = new ProcessBuilder(program.file().toString(), "load", kind.load(), this.where, peers,
					messages)
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			String received = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (load.waitFor() != 0) {
				throw new BenchmarkException("the load on " + kind + " has failed");
			}
			return (cpuNanos() - before) / Double.parseDouble(received);
		}

		/** The clock of the kernel has a hundredth of a second. */
		private long cpuNanos() {
			return this.process.info().totalCpuDuration().map(Duration::toNanos).orElseThrow();
		}

	}

}
