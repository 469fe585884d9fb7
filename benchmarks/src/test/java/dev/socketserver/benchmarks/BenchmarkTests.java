package dev.socketserver.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link Benchmark}, with its servers and its load generator.
 */
@Timeout(600)
class BenchmarkTests {

	private static final String WORKLOADS = "4x16,2x60x1000,frames:3x5,blocking:4x1,broadcast:4x5,ask:4x5,connect:3,arrive:3,door:3,fair:3x2";

	@TempDir
	Path directory;

	@Test
	void everyServerAnswersEveryLine() throws Exception {
		run(options("--workloads", WORKLOADS + ",tls:3x5", "--messages", "100", "--rounds", "1", "--warm-up", "0",
				"--starts", "0", "--idle", "0"));
	}

	@Test
	void idleSessionsAreMeasured() throws Exception {
		Results results = new Benchmark(options("--servers", "c,event-loop", "--workloads", "none", "--rounds", "1",
				"--starts", "0", "--idle", "20"), System.out)
			.run();

		assertThat(results.rests(Contender.C)).isEmpty();
		assertThat(results.rests(Contender.EVENT_LOOP)).hasSize(1)
			.allSatisfy((rest) -> assertThat(rest.problem()).isNull());
	}

	/** A part of the above that takes a few seconds. */
	@Test
	void someServersAnswerEveryLine() throws Exception {
		run(options("--servers", "c,event-loop", "--workloads", WORKLOADS, "--messages", "100", "--rounds", "1",
				"--warm-up", "1", "--starts", "0", "--idle", "0"));
	}

	/** Every message is counted, and so is none of a round that warms up. */
	private void run(Options options) throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();

		Results results = new Benchmark(options, new PrintStream(out, true, StandardCharsets.UTF_8)).run();

		boolean tls = !out.toString(StandardCharsets.UTF_8).contains("Nothing is measured over TLS");
		for (Workload workload : options.workloads()) {
			for (Contender contender : options.servers()) {
				assertThat(results.has(workload, contender))
					.isEqualTo(contender.offers(workload.service()) && measured(workload, tls));
				if (results.has(workload, contender)) {
					int messages = contender.messages(workload, options.messages());
					assertThat(results.summary(workload, contender, Measurement::messages))
						.as("%s, %s", contender, workload)
						.isEqualTo(new Summary(messages, messages, messages));
					assertThat(results.summary(workload, contender, Measurement::cpuPerMessage).min()).isPositive();
				}
			}
		}
		assertThat(out.toString(StandardCharsets.UTF_8).lines()).filteredOn((line) -> line.contains("round 1 of 1"))
			.hasSize((int) options.workloads().stream().filter((workload) -> measured(workload, tls)).count())
			.allMatch((line) -> line.contains(" event-loop "));
		assertThat(ProcessHandle.current().children()).isEmpty();
		assertThat(logs(options)).doesNotContain("LEAK:", " WARN ", " ERROR ");
	}

	private static boolean measured(Workload workload, boolean tls) {
		return tls || workload.service() != Service.TLS;
	}

	@Test
	void linesComeAtSessionsOfAnotherNode() throws Exception {
		assumeThat(Redis.isInstalled()).isTrue();
		Options options = options("--servers", "cluster,netty-lettuce", "--workloads", "cluster:3x5", "--messages",
				"100", "--rounds", "2", "--warm-up", "0", "--starts", "1", "--idle", "20");
		Workload workload = options.workloads().get(0);

		Results results = new Benchmark(options, System.out).run();

		assertThat(options.servers()).allSatisfy((contender) -> {
			assertThat(results.summary(workload, contender, Measurement::messages))
				.isEqualTo(new Summary(100, 100, 100));
			assertThat(results.starts(contender)).isEmpty();
			assertThat(results.rests(contender)).isEmpty();
		});
		assertThat(new Report(options, results).toMarkdown()).contains("| server | × `netty-lettuce` | CPU ns/send |");
		assertThat(logs(options)).doesNotContain("LEAK:", " ERROR ");
	}

	@Test
	void linesAreAcknowledgedWhenKafkaHasStoredThem() throws Exception {
		Options options = options("--servers", "acknowledging,storing", "--reference", "acknowledging", "--workloads",
				"stored:3x5", "--messages", "100", "--rounds", "1", "--warm-up", "0", "--starts", "1", "--idle", "20");
		Workload workload = options.workloads().get(0);

		Results results = new Benchmark(options, System.out).run();

		assertThat(results.summary(workload, Contender.STORING, Measurement::messages))
			.isEqualTo(new Summary(100, 100, 100));
		assertThat(results.costRatio(workload, Contender.STORING, Contender.ACKNOWLEDGING).min()).isGreaterThan(1);
		assertThat(results.starts(Contender.STORING)).isEmpty();
		assertThat(logs(options)).doesNotContain("LEAK:", " ERROR ");
	}

	@Test
	void onlyApplicationsThatStoreHaveKafka() throws Exception {
		assertThat(classPath(Contender.STORING)).contains("spring-kafka-", "kafka-clients-", "spring-tx-")
			.doesNotContain("lettuce-", "actuator");
		for (Contender contender : List.of(Contender.APPLICATION, Contender.SMALL, Contender.CLUSTER,
				Contender.EVENT_LOOP)) {
			assertThat(classPath(contender)).doesNotContain("kafka", "bridge", "scala", "log4j-core",
					"jackson-databind-2");
		}
	}

	@Test
	void onlyNodesHaveWhatMakesACluster() throws Exception {
		assertThat(classPath(Contender.CLUSTER)).contains("lettuce-core-", "spring-data-redis-");
		assertThat(classPath(Contender.APPLICATION)).doesNotContain("lettuce-", "redis", "spring-tx-");
		assertThat(classPath(Contender.SMALL)).doesNotContain("lettuce-", "redis", "spring-tx-");
	}

	@Test
	void someApplicationsArePolledWhileTheyAreMeasured() throws Exception {
		assumeThat(Contender.APPLICATION.isAvailable()).isTrue();
		Options options = Options.parse(List.of("--servers",
				"application,application-bare,application-info,application-asked,application-polled", "--workloads",
				"2x1", "--messages", "100", "--rounds", "1", "--warm-up", "0", "--starts", "0", "--idle", "0",
				"--output", this.directory.toString()));

		new Benchmark(options, System.out).run();

		assertThat(log(Contender.APPLICATION_ASKED)).contains("Exposing 6 endpoints", "Initializing Servlet");
		assertThat(log(Contender.APPLICATION_POLLED)).contains("Exposing 6 endpoints", "Initializing Servlet");
		assertThat(log(Contender.APPLICATION)).contains("Exposing 6 endpoints").doesNotContain("Initializing Servlet");
		assertThat(log(Contender.APPLICATION_BARE)).contains("Tomcat started").doesNotContain("endpoints");
	}

	@Test
	void startsAreMeasuredInTurn() throws Exception {
		List<Contender> started = List.of(Contender.EVENT_LOOP, Contender.NETTY_GATHERED, Contender.SMALL,
				Contender.SMALL_NETTY, Contender.SMALL_NETTY_ALONE);
		Options options = Options
			.parse(List.of("--servers", "c,event-loop,netty-gathered,small,small-netty,small-netty-alone",
					"--workloads", "none", "--starts", "2", "--idle", "0", "--output", this.directory.toString()));
		ByteArrayOutputStream out = new ByteArrayOutputStream();

		Results results = new Benchmark(options, new PrintStream(out, true, StandardCharsets.UTF_8)).run();

		assertThat(started).allSatisfy((contender) -> {
			assertThat(results.starts(contender)).hasSize(2).allSatisfy((millis) -> assertThat(millis).isPositive());
			assertThat(log(contender)).doesNotContain(" WARN ", " ERROR ");
		});
		assertThat(results.starts(Contender.C)).isEmpty();
		assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(2)
			.allMatch((line) -> line.matches("start [12] of 2; CPU ms:( [a-z-]+ [\\d,]+){5}"));
		// Each has what it is to be compared for, and nothing else.
		assertThat(log(Contender.SMALL)).contains("'lines' listens on 127.0.0.1:").doesNotContain("Tomcat", "endpoint");
		assertThat(log(Contender.SMALL_NETTY)).contains("Started ").doesNotContain("listens on");
		assertThat(log(Contender.SMALL_NETTY_ALONE)).contains("Started ").doesNotContain("listens on");
		assertThat(classPath(Contender.SMALL_NETTY)).contains("socket-server-spring-boot-")
			.doesNotContain("micrometer-core-", "actuator", "tomcat-", "spring-web", "jackson-");
		assertThat(classPath(Contender.SMALL_NETTY_ALONE)).contains("spring-boot-autoconfigure-")
			.doesNotContain("socket-server-spring-boot-");
	}

	@Test
	void endpointsAreThoseOfTheServerThatIsMeasured() {
		assertThat(Contender.APPLICATION_ASKED.polled(Service.FRAMES)).containsExactly("socketservers");
		assertThat(Contender.APPLICATION_POLLED.polled(Service.FRAMES)).containsExactly("socketservers",
				"socketservers/frames", "prometheus");
		assertThat(Contender.APPLICATION.polled(Service.FRAMES)).isEmpty();
	}

	@Test
	void whatObservesIsNotOnTheClassPathOfTheBareApplication() throws Exception {
		assertThat(classPath(Contender.APPLICATION)).contains("micrometer-registry-prometheus-", "micrometer-core-",
				"spring-boot-actuator-autoconfigure-", "spring-boot-health-", "spring-boot-micrometer-metrics-");
		assertThat(classPath(Contender.APPLICATION_BARE)).contains("spring-boot-autoconfigure-", "spring-boot-webmvc-")
			.doesNotContain("micrometer-registry-", "micrometer-core-", "actuator", "spring-boot-health",
					"spring-boot-micrometer-");
	}

	@Test
	void noServerIsLeftWhenOneFails() throws Exception {
		// Nobody is as fast as that.
		Options options = Options
			.parse(List.of("--servers", "c,event-loop", "--workloads", "1x1", "--messages", "100000000",
					"--visit-limit", "1", "--starts", "0", "--idle", "0", "--output", this.directory.toString()));

		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> new Benchmark(options, System.out).run())
			.withMessageContaining("1 connection, 1 in flight, 32-byte lines")
			.withMessageContaining("of 100000000 replies came in time");
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	/** However the run ends: its end of the pipe is closed by the system. */
	@ParameterizedTest
	@EnumSource(names = { "C", "EVENT_LOOP", "APPLICATION_POLLED", "REACTOR_NETTY", "VERTX", "MINA",
			"SPRING_INTEGRATION", "SMALL", "SMALL_NETTY" })
	void serversEndWithTheirStandardInput(Contender contender) throws Exception {
		assumeThat(contender.isAvailable()).isTrue();
		Process process = new ProcessBuilder(Benchmark.command(contender, List.of(Service.LINES), this.directory))
			.start();
		try {
			assertThat(process.inputReader().readLine()).startsWith("port ");
			assertThat(process.isAlive()).isTrue();

			process.getOutputStream().close();

			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void serverThatDoesNotStartIsNotifiedWithItsLog() throws Exception {
		List<String> command = new ArrayList<>(
				Benchmark.command(Contender.VERTX, List.of(Service.LINES), this.directory));
		command.set(command.size() - 1, "files");

		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> RunningServer.start(Contender.VERTX, List.of(Service.LINES), command, this.directory))
			.withMessageContaining("The server 'vertx' has not started")
			.withMessageContaining("vertx.log ends with")
			.withMessageContaining("There is no service 'files'");
	}

	@Test
	void serverThatSaysSomethingElseIsEnded() {
		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> RunningServer.start(Contender.VERTX, List.of(Service.LINES),
					List.of("sh", "-c", "echo hello; read a"), this.directory))
			.withMessageContaining("but says 'hello'");
		assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
			.allSatisfy((child) -> assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(60)));
	}

	/** Other work may have all cores, so nobody is to be busy without need. */
	private Options options(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(List.of("--waiting", "asleep", "--output", this.directory.toString()));
		return Options.parse(all);
	}

	private String classPath(Contender contender) throws Exception {
		List<String> command = Benchmark.command(contender, List.of(Service.LINES), this.directory);
		return command.get(command.indexOf("-cp") + 1);
	}

	private String log(Contender contender) throws IOException {
		return Files.readString(this.directory.resolve(contender.id() + ".log"));
	}

	/** Those of this project: plain Netty warns of connections that are reset. */
	private String logs(Options options) throws IOException {
		StringBuilder all = new StringBuilder();
		for (Contender contender : options.servers()) {
			if (contender.isOurs() && options.visits(contender)) {
				all.append(log(contender));
			}
		}
		return all.toString();
	}

}
