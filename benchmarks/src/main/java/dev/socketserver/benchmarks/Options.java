package dev.socketserver.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of a run.
 *
 * @param servers the servers to compare
 * @param references the servers by whose cost that of the others is divided; each is one
 * of {@code servers}
 * @param workloads the workloads to measure
 * @param rounds how often each server is visited with each workload
 * @param warmUp how many rounds come before these and are not counted
 * @param starts how often each server in a JVM is started to measure that; 0 to leave it
 * out
 * @param idle with how many idle sessions the heap is measured; 0 to leave that out
 * @param idleService what these are for: lines, plain or over TLS
 * @param messages how many messages a visit sends; 0 for a number that suits the workload
 * @param visitSeconds how long a visit may take
 * @param loops how many threads of a server do I/O
 * @param cores the processors to run on
 * @param waiting how the load generator waits for replies
 * @param output the directory for the report, for logs and for the compiled programs
 */
record Options(List<Contender> servers, List<Contender> references, List<Workload> workloads, int rounds, int warmUp,
		int starts, int idle, Service idleService, int messages, int visitSeconds, int loops, Cores cores,
		Waiting waiting, Path output) {

	private static final String WORKLOADS = "64x16,64x1,64x16x1024,1x1,10x1,1000x1,frames:64x16,words:64x16,"
			+ "blocking:64x1,broadcast:64x16,ask:64x16,cluster:64x4,tls:64x16,connect:64,arrive:1000,door:1000,fair:1000x16";

	static final String USAGE = """
			Compares the CPU time that a message costs our server and others.

			  --servers a,b     %s (default: all that this JVM can run)
			  --reference a,b   the servers whose cost is 1.00 (default: c, event-loop and
			                    netty-lettuce if compared, else the first)
			  --workloads w,v   connections x lines in flight [x bytes of a line], also frames:64x16, blocking:64x1,
			                    words:64x16 (with keys), broadcast:64x16 (of one connection to all), ask:64x16 (of the
			                    server), cluster:64x4 (to sessions of another node), tls:64x16, connect:64,
			                    arrive:1000, door:1000, fair:1000x16, or 'none'
			                    (default: %s)
			  --rounds n        how often each server is visited (default: 5)
			  --warm-up n       rounds before those that are not counted (default: 2)
			  --starts n        how often each server is started anew, alone, to measure that (default: 3)
			  --idle n          sessions that rest while the live heap is looked at, 0 for none (default: 8000)
			  --idle-service s  lines, or tls: what these sessions are for (default: lines)
			  --messages n      of a visit (default: %,d for one line in flight, at most %,d)
			  --visit-limit n   seconds that a visit may take (default: 120)
			  --loops n         event loops of this project, plain Netty and Vert.x (default: 1)
			  --cores s,l       the cores for the servers and for the load generator, or 'none' (default: the first
			                    and the last this process may use)
			  --waiting w       whether the load generator waits 'busy' or 'asleep' (default: busy on a core of its own)
			  --output dir      for the report, logs and programs (default: target/benchmarks)
			""".formatted(Stream.of(Contender.values()).map(Contender::id).collect(Collectors.joining(", ")), WORKLOADS,
			Workload.parse("1x1").get(0).defaultMessages(), Workload.parse("1x1000").get(0).defaultMessages());

	/**
	 * Parses a command line.
	 * @param arguments pairs of name and value
	 * @return the options
	 * @throws BenchmarkException if an argument is unknown or wrong
	 */
	static Options parse(List<String> arguments) {
		List<Contender> servers = Contender.available();
		List<Contender> references = List.of();
		List<Workload> workloads = Workload.parse(WORKLOADS);
		int rounds = 5;
		int warmUp = 2;
		int starts = 3;
		int idle = 8_000;
		Service idleService = Service.LINES;
		int messages = 0;
		int visitSeconds = 120;
		int loops = 1;
		String cores = "";
		String waiting = "";
		Path output = Path.of("target", "benchmarks");
		Arguments given = new Arguments(arguments, USAGE);
		while (given.next()) {
			switch (given.name()) {
				case "--servers" -> servers = Contender.parse(given.value());
				case "--reference" -> references = Contender.parse(given.value());
				case "--workloads" -> workloads = Workload.parse(given.value());
				case "--rounds" -> rounds = given.number(1);
				case "--warm-up" -> warmUp = given.number(0);
				case "--starts" -> starts = given.number(0);
				case "--idle" -> idle = given.number(0);
				case "--idle-service" ->
					idleService = Word.find("service", given.value(), new Service[] { Service.LINES, Service.TLS });
				case "--messages" -> messages = given.number(1);
				case "--visit-limit" -> visitSeconds = given.number(1);
				case "--loops" -> loops = given.number(1);
				case "--cores" -> cores = given.value();
				case "--waiting" -> waiting = given.value();
				case "--output" -> output = Path.of(given.value());
				default -> throw given.unknown();
			}
		}
		if (!servers.containsAll(references)) {
			throw new BenchmarkException("A reference must be one of the servers");
		}
		if (references.isEmpty()) {
			references = Stream.of(Contender.C, Contender.EVENT_LOOP, Contender.NETTY_LETTUCE)
				.filter(servers::contains)
				.toList();
		}
		if (references.isEmpty()) {
			references = servers.subList(0, 1);
		}
		if (idle > EchoServer.MAX_CONNECTIONS) {
			throw new BenchmarkException(
					"At most " + EchoServer.MAX_CONNECTIONS + " sessions can rest, and " + idle + " are more");
		}
		Cores chosen = Cores.parse(cores);
		return new Options(servers, references, workloads, rounds, warmUp, starts, idle, idleService, messages,
				visitSeconds, loops, chosen, Waiting.parse(waiting, chosen), output);
	}

	/** Whether there is anything to do for a server while it runs beside the others. */
	boolean visits(Contender contender) {
		return services().stream().anyMatch(contender::offers);
	}

	/**
	 * Returns how many messages a visit sends. Connections are never more than by
	 * default, since each takes a port for a minute.
	 * @param workload the workload
	 * @return the number for a server that is not much slower than others
	 */
	int messages(Workload workload) {
		int usual = workload.defaultMessages();
		if (this.messages == 0) {
			return usual;
		}
		return (workload.kind() == Workload.Kind.CONNECT) ? Math.min(this.messages, usual) : this.messages;
	}

	/**
	 * Returns the services that the workloads need.
	 * @return the services, each once
	 */
	List<Service> services() {
		return this.workloads.stream().map(Workload::service).distinct().toList();
	}

}
