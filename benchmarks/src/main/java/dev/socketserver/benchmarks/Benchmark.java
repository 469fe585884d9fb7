package dev.socketserver.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run: starts all servers, visits them in turn for several rounds, and ends them.
 */
final class Benchmark {

	/** The heap of each server; more than any of them needs. */
	private static final String HEAP = "-Xmx1g";

	/**
	 * How often each server is started, at most, to measure its idle sessions.
	 */
	private static final int RESTS = 3;

	private final Options options;

	private final PrintStream out;

	private final Results results = new Results();

	/** The workloads that were asked for and can be measured on this machine. */
	private List<Workload> workloads;

	Benchmark(Options options, PrintStream out) {
		this.options = options;
		this.out = out;
		this.workloads = options.workloads();
	}

	/**
	 * Runs the benchmark. All servers have ended when this method returns or throws.
	 * @return the results
	 * @throws BenchmarkException if a server does not do what it is to do
	 * @throws IOException if a process cannot be run
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	Results run() throws IOException, InterruptedException {
		if (!System.getProperty("os.name").equals("Linux")) {
			throw new BenchmarkException("The benchmarks need Linux: they compare servers on epoll");
		}
		if (this.options.services().contains(Service.CLUSTER) && !Redis.isInstalled()) {
			this.out.println("Nothing is measured in a cluster, since there is no " + Redis.PROGRAM + " on the PATH");
		}
		Path directory = Files.createDirectories(this.options.output());
		LoadGenerator load = new LoadGenerator(compileLoad(directory), this.options.cores(), this.options.waiting(),
				this.options.visitSeconds());
		List<RunningServer> servers = new ArrayList<>();
		try {
			for (Contender contender : this.options.servers()) {
				if (this.options.visits(contender)) {
					List<Service> services = this.options.services().stream().filter(contender::offers).toList();
					servers.add(start(contender, services, directory));
				}
			}
			visit(servers, load);
		}
		finally {
			servers.forEach(RunningServer::close);
		}
		startAnew(directory);
		if (this.options.idle() > 0) {
			for (int round = 0; round < Math.min(RESTS, this.options.rounds()); round++) {
				rest(load, directory);
			}
		}
		return this.results;
	}

	/** TLS is the only thing that needs more than a compiler. */
	private Program compileLoad(Path directory) throws IOException, InterruptedException {
		if (this.options.idleService() == Service.TLS || this.workloads.stream().anyMatch(Benchmark::encrypted)) {
			try {
				return Program.compile("load", LoadGenerator.WITH_TLS, directory);
			}
			catch (BenchmarkException ex) {
				this.out
					.println("Nothing is measured over TLS, since the load generator cannot be compiled with OpenSSL "
							+ "(its headers are in libssl-dev or openssl-devel): " + ex.getMessage());
				this.workloads = this.workloads.stream().filter((workload) -> !encrypted(workload)).toList();
			}
		}
		return Program.compile("load", List.of(), directory);
	}

	private static boolean encrypted(Workload workload) {
		return workload.service() == Service.TLS;
	}

	private RunningServer start(Contender contender, List<Service> services, Path directory)
			throws IOException, InterruptedException {
		List<String> command = command(contender, services, directory);
		if (contender.isJava()) {
			command.add(1, "-Dbenchmarks.loops=" + this.options.loops());
		}
		return RunningServer.start(contender, services, this.options.cores().forServer(command), directory);
	}

	/** Measures starts, of one server after the other. */
	private void startAnew(Path directory) throws IOException, InterruptedException {
		List<Contender> started = new ArrayList<>(this.options.servers());
		started.removeIf((contender) -> !contender.isJava() || contender.offers(Service.CLUSTER)
				|| contender.offers(Service.STORED));
		for (int round = 1; round <= this.options.starts(); round++) {
			Collections.rotate(started, -1);
			StringBuilder line = new StringBuilder("start ").append(round)
				.append(" of ")
				.append(this.options.starts())
				.append("; CPU ms:");
			for (Contender contender : started) {
				try (RunningServer server = start(contender, List.of(Service.LINES), directory)) {
					double millis = server.cpu().toNanos() / 1e6;
					this.results.add(contender, millis);
					line.append(String.format(Locale.ROOT, " %s %,.0f", contender.id(), millis));
				}
			}
			this.out.println(line);
		}
	}

	/**
	 * Measures idle sessions, with each server alone and started anew, since earlier work
	 * would have left something on its heap.
	 */
	private void rest(LoadGenerator load, Path directory) throws IOException, InterruptedException {
		Service service = this.options.idleService();
		for (Contender contender : this.options.servers()) {
			if (contender.isJava() && contender.offers(service)) {
				try (RunningServer server = start(contender, List.of(service), directory)) {
					Rest rest = Rest.of(server, load, service, this.options.idle());
					this.results.add(contender, rest);
					this.out.println(this.options.idle() + " idle sessions; " + contender.id() + " " + rest);
				}
			}
		}
	}

	/**
	 * Returns the command that runs a server.
	 * @param contender the server
	 * @param services the services that it offers
	 * @param directory where a program in C is compiled to; exists
	 * @return the command, which prints {@code port N...} and ends with its standard
	 * input
	 * @throws IOException if the directory cannot be written to
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	static List<String> command(Contender contender, List<Service> services, Path directory)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		if (contender.isJava()) {
			command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP, "-cp",
					classPath(contender), ServerMain.class.getName(), contender.program()));
		}
		else {
			command.add(Program.compile("echo", List.of(), directory).file().toString());
		}
		services.forEach((service) -> command.add(service.id()));
		return command;
	}

	private static String classPath(Contender contender) {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter(contender::finds)
			.map((entry) -> contender.isBefore() ? ClassPath.before(entry) : entry)
			.collect(Collectors.joining(File.pathSeparator));
	}

	private void visit(List<RunningServer> servers, LoadGenerator load) throws IOException, InterruptedException {
		for (int round = 1 - this.options.warmUp(); round <= this.options.rounds(); round++) {
			// Another server begins each time, so that none is always visited after the
			// same one.
			Collections.rotate(servers, -1);
			for (Workload workload : this.workloads) {
				this.out.println(visit(round, workload, servers, load));
			}
		}
	}

	/** Rounds up to 0 are for warming up, and are not in the results. */
	private String visit(int round, Workload workload, List<RunningServer> servers, LoadGenerator load)
			throws IOException, InterruptedException {
		StringBuilder line = new StringBuilder(
				(round > 0) ? "round " + round + " of " + this.options.rounds() : "warm-up")
			.append(", ")
			.append(workload)
			.append("; CPU ns/")
			.append(workload.unit())
			.append(":");
		for (RunningServer server : servers) {
			if (server.contender().offers(workload.service())) {
				if (round <= 0) {
					Poller.warmUp(server.polled(workload.service()));
				}
				Measurement measurement = visit(server, workload, load);
				line.append(
						String.format(Locale.ROOT, " %s %,.0f", server.contender().id(), measurement.cpuPerMessage()));
				if (round > 0) {
					this.results.add(workload, server.contender(), measurement);
				}
			}
		}
		return line.toString();
	}

	private Measurement visit(RunningServer server, Workload workload, LoadGenerator load)
			throws IOException, InterruptedException {
		try {
			Poller poller = Poller.start(server.polled(workload.service()), this.options.cores());
			try {
				return load.on(server.contender())
					.visit(server.port(workload.service()), server.pid(), workload,
							server.contender().messages(workload, this.options.messages(workload)));
			}
			finally {
				poller.close();
			}
		}
		catch (BenchmarkException ex) {
			throw server.failure("fails with " + workload + ": " + ex.getMessage(), ex);
		}
	}

}
