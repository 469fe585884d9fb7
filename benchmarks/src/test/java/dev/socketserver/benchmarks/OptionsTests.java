package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Options}.
 */
class OptionsTests {

	@Test
	void withoutArgumentsEverythingThisJvmCanRunIsCompared() {
		Options options = Options.parse(List.of());

		assertThat(options.servers()).isEqualTo(Contender.available())
			.contains(Contender.C, Contender.EVENT_LOOP, Contender.POOL, Contender.VERTX);
		assertThat(options.servers().contains(Contender.VIRTUAL)).isEqualTo(Runtime.version().feature() >= 21);
		assertThat(options.references()).startsWith(Contender.C, Contender.EVENT_LOOP)
			.hasSize(Redis.isInstalled() ? 3 : 2);
		assertThat(options.workloads())
			.containsAll(Workload.parse("64x16,64x1,64x16x1024,1x1,1000x1,frames:64x16,blocking:64x1,connect:64"));
		assertThat(options.rounds()).isEqualTo(5);
		assertThat(options.starts()).isEqualTo(3);
		assertThat(options.idle()).isEqualTo(8_000);
		// A broker is started for those who ask for it.
		assertThat(options.services())
			.containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Service.STORED)));
		assertThat(options.output()).isEqualTo(Path.of("target/benchmarks"));
	}

	/** Each figure of the documentation has a command that makes it. */
	@Test
	void commandsOfTheReadmeAreUnderstood() throws IOException {
		List<String> commands = Pattern.compile("--servers [^\"`]+")
			.matcher(Files.readString(Path.of("README.md")))
			.results()
			.map(MatchResult::group)
			.toList();

		assertThat(commands).hasSizeGreaterThan(10);
		for (String command : commands) {
			// Servers that this machine cannot run are named all the same.
			String servers = Stream.of(command.split(" ")[1].split(","))
				.filter((server) -> Word.find("server", server, Contender.values()).isAvailable())
				.collect(Collectors.joining(","));
			List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
			arguments.set(1, servers);
			int reference = arguments.indexOf("--reference");
			if (reference > 0) {
				arguments.set(reference + 1, servers);
			}
			assertThat(Options.parse(arguments).workloads()).as(command).isNotNull();
		}
	}

	@Test
	void argumentsSayOtherwise() {
		Options options = Options.parse(List.of("--servers", "vertx,c,vertx", "--reference", "vertx", "--workloads",
				"8x4x1024,broadcast:9x2,tls:1x3", "--rounds", "3", "--warm-up", "0", "--messages", "77", "--starts",
				"60", "--idle", "0", "--visit-limit", "5", "--cores", "none", "--output", "there"));

		assertThat(options.servers()).containsExactly(Contender.VERTX, Contender.C);
		assertThat(options.references()).containsExactly(Contender.VERTX);
		assertThat(options.workloads()).containsExactly(new Workload(Workload.Kind.LINES, 8, 4, 1024),
				new Workload(Workload.Kind.BROADCAST, 9, 2, 32), new Workload(Workload.Kind.TLS, 1, 3, 32));
		assertThat(options.services()).containsExactly(Service.LINES, Service.BROADCAST, Service.TLS);
		assertThat(options.rounds()).isEqualTo(3);
		assertThat(options.warmUp()).isZero();
		assertThat(options.starts()).isEqualTo(60);
		assertThat(options.idle()).isZero();
		assertThat(options.messages(options.workloads().get(0))).isEqualTo(77);
		assertThat(options.visitSeconds()).isEqualTo(5);
		assertThat(options.cores().forLoad(List.of("load"))).containsExactly("load");
		assertThat(options.output()).isEqualTo(Path.of("there"));
	}

	@Test
	void connectionsAreNoMoreThanThereArePorts() {
		Options options = Options.parse(List.of("--workloads", "connect:64,64x1", "--messages", "100000"));

		assertThat(options.workloads().stream().map(options::messages)).containsExactly(10_000, 100_000);
	}

	@Test
	void someServersAreOnlyStarted() {
		Options options = Options.parse(List.of("--servers", "small,small-netty,vertx"));

		assertThat(options.visits(Contender.VERTX)).isTrue();
		assertThat(options.visits(Contender.SMALL)).isFalse();
		assertThat(Options.parse(List.of("--workloads", "none")).visits(Contender.VERTX)).isFalse();
	}

	@Test
	void theLoadGeneratorIsBusyWhereItHasACoreOfItsOwn() {
		assertThat(Waiting.parse("", new Cores(0, 1))).isEqualTo(Waiting.BUSY);
		assertThat(Waiting.parse("", new Cores(1, 1))).isEqualTo(Waiting.ASLEEP);
		assertThat(Options.parse(List.of("--cores", "none")).waiting()).isEqualTo(Waiting.ASLEEP);
		assertThat(Options.parse(List.of("--cores", "none", "--waiting", "busy")).waiting()).isEqualTo(Waiting.BUSY);
		assertThat(Waiting.parse("asleep", new Cores(0, 1))).isEqualTo(Waiting.ASLEEP);
	}

	@Test
	void referencesAreAmongTheServers() {
		assertThat(Options.parse(List.of("--servers", "event-loop,vertx")).references())
			.containsExactly(Contender.EVENT_LOOP);
		assertThat(Options.parse(List.of("--servers", "vertx,pool")).references()).containsExactly(Contender.VERTX);
		assertFails("A reference must be one of the servers", "--servers", "vertx", "--reference", "c");
	}

	@Test
	void mistakesAreExplained() {
		assertFails("There is no server 'vetx', but c, event-loop, virtual", "--servers", "vetx");
		assertFails("There is no option '--round'", "--round", "3");
		assertFails("The option '--rounds' needs a number from 1, not '0'", "--rounds", "0");
		assertFails("The option '--messages' needs a number from 1, not 'many'", "--messages", "many");
		assertFails("The option '--rounds' needs a value", "--rounds");
		assertFails("not '64'", "--workloads", "64");
		assertFails("not 'connect:64x1'", "--workloads", "connect:64x1");
		assertFails("not 'broadcast:64'", "--workloads", "broadcast:64");
		assertFails("not 'cluster:64'", "--workloads", "cluster:64");
		assertFails("not 'files:64x1'", "--workloads", "files:64x1");
		assertFails("At most 9999 sessions can rest", "--idle", "10000");
		assertFails("at most 65536 bytes on each", "--workloads", "1x100x1024");
		assertFails("one message of 20 bytes", "--workloads", "1x1x19");
		assertFails("one message of 24 bytes", "--workloads", "frames:1x1x23");
		assertFails("not 'all'", "--cores", "all");
		assertFails("There is no way to wait 'idle', but busy, asleep", "--waiting", "idle");
	}

	private static void assertFails(String message, String... arguments) {
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> Options.parse(List.of(arguments)))
			.withMessageContaining(message);
	}

}
