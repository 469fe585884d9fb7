package dev.socketserver.benchmarks.density;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.benchmarks.Arguments;
import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.Program;
import dev.socketserver.benchmarks.density.Curve.Point;

/**
 * Measures how an application grows with the number of its sessions and of its servers:
 * its memory, its CPU time, a message to all, its endpoints and its page. Sessions of TCP
 * need a descriptor each, those of UDP none.
 */
public final class Scale {

	private static final String USAGE = """
			Measures how an application grows with its sessions and servers.

			  --sessions n,n,…   sessions of TCP; each needs a descriptor (default: 1000,4000,16000)
			  --datagrams n,n,…  sessions of UDP (default: 1000,10000,100000)
			  --servers n,n,…    servers in one application (default: 1,100,1000)
			  --warm-up n        times that all is done with few sessions before anything counts (default: 20)
			  --rate n           sessions that are opened in a second (default: 5000)
			  --rest n           seconds for which the CPU time of idle sessions is looked at (default: 60)
			  --output dir       for the report, logs and programs (default: target/benchmarks)
			""";

	private static final String TEXT = "tick 0001 abcdefghijklmnopqrstu";

	private static final int HEAP_MEGABYTES = 1_024;

	private static final int OPEN_ATTEMPTS = 10;

	private static final int LOOKS = 50;

	private static final int REQUESTS = 20;

	private static final int WARM_UP_SESSIONS = 100;

	private static final int BROADCASTS = 3;

	private static final double KIBI = 1024;

	private static final double MICRO = 1e3;

	private static final double MILLI = 1e6;

	/** Endpoints, and what they are called in the report. */
	private static final Map<String, String> ENDPOINTS = endpoints();

	private final HttpClient http = HttpClient.newHttpClient();

	private final CurveReport report = new CurveReport();

	private final Path output;

	private final int warmUp;

	private final int rate;

	private final int restSeconds;

	private Scale(Path output, int warmUp, int rate, int restSeconds) {
		this.output = output;
		this.warmUp = warmUp;
		this.rate = rate;
		this.restSeconds = restSeconds;
	}

	private static Map<String, String> endpoints() {
		Map<String, String> endpoints = new LinkedHashMap<>();
		endpoints.put("socketservers", "`socketservers`, ms");
		endpoints.put("socketsessions", "`socketsessions`, a page, ms");
		endpoints.put("socketsessions?server=server-0", "`socketsessions` of a server, ms");
		endpoints.put("socketsessions?sort=pending", "`socketsessions`, sorted, ms");
		endpoints.put("prometheus", "`prometheus`, ms");
		endpoints.put("socketui/history.json", "history of the page, ms");
		return endpoints;
	}

	/**
	 * Runs the benchmark. Ends the JVM with status 1 if it cannot run.
	 * @param arguments see {@code --help}
	 * @throws IOException if a file cannot be written, or an endpoint not be reached
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (List.of(arguments).contains("--help")) {
			System.out.print(USAGE);
			return;
		}
		try {
			run(arguments);
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	private static void run(String[] arguments) throws IOException, InterruptedException {
		List<Integer> sessions = List.of(1_000, 4_000, 16_000);
		List<Integer> datagrams = List.of(1_000, 10_000, 100_000);
		List<Integer> servers = List.of(1, 100, 1_000);
		int warmUp = 20;
		int rate = 5_000;
		int rest = 60;
		Path output = Path.of("target", "benchmarks");
		Arguments given = new Arguments(List.of(arguments), USAGE);
		while (given.next()) {
			switch (given.name()) {
				case "--sessions" -> sessions = numbers(given.value());
				case "--datagrams" -> datagrams = numbers(given.value());
				case "--servers" -> servers = numbers(given.value());
				case "--warm-up" -> warmUp = given.number(0);
				case "--rate" -> rate = given.number(1);
				case "--rest" -> rest = given.number(1);
				case "--output" -> output = Path.of(given.value());
				default -> throw given.unknown();
			}
		}
		Scale scale = new Scale(Files.createDirectories(output), warmUp, rate, rest);
		scale.sessions("tcp", "crowd", sessions);
		scale.sessions("udp", "datagrams", datagrams);
		scale.servers(servers);
		System.out.println(scale.report);
	}

	/** Returns what {@code none} or numbers with commas say. */
	private static List<Integer> numbers(String text) {
		try {
			return text.equals("none") ? List.of() : Stream.of(text.split(",")).map(Integer::valueOf).toList();
		}
		catch (NumberFormatException ex) {
			throw new BenchmarkException("Numbers are written as 10,100,1000, not '" + text + "'");
		}
	}

	private Commanded application(String name, String protocol, int servers) {
		return Commanded.start(name,
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"-Xmx" + HEAP_MEGABYTES + "m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
						ScaledApplication.class.getName(), protocol, String.valueOf(servers)),
				this.output);
	}

	private void sessions(String protocol, String peers, List<Integer> counts)
			throws IOException, InterruptedException {
		if (counts.isEmpty()) {
			return;
		}
		Program program = Program.compile(peers, List.of(), this.output);
		boolean datagrams = protocol.equals("udp");
		Curves curves = new Curves();
		try (Commanded application = application("scale-" + protocol, protocol, 1)) {
			String port = String.valueOf(application.answer());
			List<String> command = datagrams ? List.of(program.file().toString(), port, "device")
					: List.of(program.file().toString(), port, "0", "device", "frames");
			try (Commanded crowd = Commanded.start("scale-" + peers, command, this.output)) {
				warmUp(application, crowd, datagrams);
				long empty = application.ask("collect");
				for (int count : counts) {
					open(application, crowd, count, datagrams);
					curves.add("live heap of a session, bytes", "%,.0f", count,
							(application.ask("collect") - empty) / (double) (count - WARM_UP_SESSIONS));
					curves.add("CPU of all while idle, ms/s", "%.2f", count, idle(application, crowd));
					curves.add("a message to all: CPU of a delivery, µs", "%.2f", count,
							broadcast(application, crowd, count));
					endpoints(application, crowd, count, curves);
					System.out.println(count + " sessions of " + protocol.toUpperCase(Locale.ROOT));
				}
			}
		}
		write("sessions of " + protocol.toUpperCase(Locale.ROOT), curves);
	}

	/** A run that fails later leaves what it has found. */
	private void write(String number, Curves curves) throws IOException {
		this.report.add(number, curves.list());
		Files.writeString(this.output.resolve("scale.md"), this.report.toString());
		Files.writeString(this.output.resolve("scale.svg"), this.report.toSvg());
	}

	/**
	 * Has the compiler see what is measured, with the first sessions, which do not count.
	 */
	private void warmUp(Commanded application, Commanded crowd, boolean datagrams)
			throws IOException, InterruptedException {
		open(application, crowd, WARM_UP_SESSIONS, datagrams);
		for (int i = 0; i < this.warmUp; i++) {
			application.ask("broadcast " + TEXT);
			endpoints(application, crowd, 0, new Curves());
		}
	}

	private void open(Commanded application, Commanded crowd, int count, boolean datagrams)
			throws InterruptedException {
		crowd.ask("open " + count + " " + this.rate);
		for (int i = 0; i < OPEN_ATTEMPTS; i++) {
			for (int look = 0; look < LOOKS; look++) {
				if (application.ask("sessions") == count) {
					return;
				}
				TimeUnit.MILLISECONDS.sleep(100);
			}
			if (datagrams) {
				// The kernel drops datagrams that the server is too busy for.
				crowd.ask("repeat " + this.rate);
			}
		}
		throw new BenchmarkException(count + " sessions were expected, and there are " + application.ask("sessions"));
	}

	private double idle(Commanded application, Commanded crowd) throws InterruptedException {
		long before = cpu(application, crowd);
		TimeUnit.SECONDS.sleep(this.restSeconds);
		return (cpu(application, crowd) - before) / MILLI / this.restSeconds;
	}

	private double broadcast(Commanded application, Commanded crowd, int count) throws InterruptedException {
		double least = Double.MAX_VALUE;
		for (int i = 0; i < BROADCASTS; i++) {
			long before = cpu(application, crowd);
			long taken = application.ask("broadcast " + TEXT);
			if (taken != count) {
				throw new BenchmarkException(taken + " of " + count + " sessions took a message");
			}
			// What has been handed over is still being written.
			TimeUnit.SECONDS.sleep(1);
			least = Math.min(least, (cpu(application, crowd) - before) / MICRO / count);
		}
		return least;
	}

	private void endpoints(Commanded application, Commanded crowd, int count, Curves curves)
			throws IOException, InterruptedException {
		long port = application.ask("http");
		for (Map.Entry<String, String> endpoint : ENDPOINTS.entrySet()) {
			URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint.getKey());
			get(uri);
			long before = cpu(application, crowd);
			for (int i = 0; i < REQUESTS; i++) {
				get(uri);
			}
			curves.add(endpoint.getValue(), "%.2f", count, (cpu(application, crowd) - before) / MILLI / REQUESTS);
		}
	}

	private int get(URI uri) throws IOException, InterruptedException {
		var response = this.http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
		if (response.statusCode() != 200) {
			throw new BenchmarkException(uri + " answers " + response.statusCode());
		}
		return response.body().length;
	}

	private static long cpu(Commanded application, Commanded crowd) {
		return crowd.ask("cpu " + application.pid());
	}

	private void servers(List<Integer> counts) throws IOException, InterruptedException {
		if (counts.isEmpty()) {
			return;
		}
		Program program = Program.compile("datagrams", List.of(), this.output);
		Curves curves = new Curves();
		for (int count : counts) {
			try (Commanded application = application("scale-servers-" + count, "tcp", count)) {
				String port = String.valueOf(application.answer());
				try (Commanded clock = Commanded.start("scale-clock", List.of(program.file().toString(), port, "-"),
						this.output)) {
					curves.add("CPU of a start, ms", "%,.0f", count, application.ask("start") / MILLI);
					curves.add("live heap, KB", "%,.0f", count, application.ask("collect") / KIBI);
					curves.add("threads", "%,.0f", count, application.ask("threads"));
					curves.add("meters", "%,.0f", count, application.ask("meters"));
					curves.add("CPU while idle, ms/s", "%.2f", count, idle(application, clock));
					endpoints(application, clock, count, curves);
					curves.add("bytes of `prometheus`, KB", "%,.0f", count,
							get(URI.create("http://127.0.0.1:" + application.ask("http") + "/actuator/prometheus"))
									/ KIBI);
				}
			}
			System.out.println(count + " servers");
		}
		write("servers", curves);
	}

	/** Curves that grow by a point at a time. */
	private static final class Curves {

		private final Map<String, Curve> curves = new LinkedHashMap<>();

		void add(String what, String format, double x, double y) {
			this.curves.computeIfAbsent(what, (name) -> new Curve(name, format, new ArrayList<>()))
				.points()
				.add(new Point(x, y));
		}

		List<Curve> list() {
			return List.copyOf(this.curves.values());
		}

	}

}
