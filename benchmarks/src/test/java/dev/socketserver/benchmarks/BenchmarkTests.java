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

/**
 * Tests for {@link Benchmark}, with its servers and its load generator.
 */
@Timeout(300)
class BenchmarkTests {

	@TempDir
	Path directory;

	@Test
	void everyServerAnswersEveryLine() throws Exception {
		Options options = Options.parse(List.of("--workloads", "4x16,3x1,2x60x1000", "--messages", "500", "--rounds",
				"2", "--warm-up", "1", "--output", this.directory.toString()));
		ByteArrayOutputStream out = new ByteArrayOutputStream();

		Results results = new Benchmark(options, new PrintStream(out, true, StandardCharsets.UTF_8)).run();

		for (Workload workload : options.workloads()) {
			for (Contender contender : Contender.available()) {
				assertThat(results.summary(workload, contender, Measurement::messages))
					.as("%s, %s", contender, workload)
					.isEqualTo(new Summary(500, 500, 500));
				assertThat(results.summary(workload, contender, Measurement::cpuPerMessage).min()).isPositive();
			}
		}
		assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(9)
			.allMatch((line) -> line.contains(" event-loop "));
		assertThat(ProcessHandle.current().children()).isEmpty();
		assertThat(logs()).doesNotContain("LEAK:", " WARN ", " ERROR ");
	}

	@Test
	void noServerIsLeftWhenOneFails() throws Exception {
		// Nobody is as fast as that.
		Options options = Options.parse(List.of("--servers", "c,event-loop", "--workloads", "1x1", "--messages",
				"100000000", "--visit-limit", "1", "--output", this.directory.toString()));

		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> new Benchmark(options, System.out).run())
			.withMessageContaining("1 connection, 1 in flight, 32-byte lines")
			.withMessageContaining("of 100000000 replies came in time");
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	/** However the run ends: its end of the pipe is closed by the system. */
	@ParameterizedTest
	@EnumSource(names = { "C", "EVENT_LOOP", "REACTOR_NETTY", "VERTX" })
	void serversEndWithTheirStandardInput(Contender contender) throws Exception {
		Process process = new ProcessBuilder(Benchmark.command(contender, this.directory)).start();
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
	void serverThatDoesNotStartIsToldWithItsLog() throws Exception {
		List<String> command = new ArrayList<>(Benchmark.command(Contender.VERTX, this.directory));
		command.set(command.size() - 1, "tomcat");

		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> RunningServer.start(Contender.VERTX, command, this.directory))
			.withMessageContaining("The server 'vertx' has not started")
			.withMessageContaining("vertx.log ends with")
			.withMessageContaining("There is no server 'tomcat'");
	}

	@Test
	void serverThatSaysSomethingElseIsEnded() {
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(
				() -> RunningServer.start(Contender.VERTX, List.of("sh", "-c", "echo hello; read a"), this.directory))
			.withMessageContaining("but says 'hello'");
		assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
			.allSatisfy((child) -> assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(60)));
	}

	private String logs() throws IOException {
		StringBuilder all = new StringBuilder();
		for (Contender contender : Contender.available()) {
			all.append(Files.readString(this.directory.resolve(contender.id() + ".log")));
		}
		return all.toString();
	}

}
