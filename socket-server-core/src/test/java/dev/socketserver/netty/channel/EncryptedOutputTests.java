package dev.socketserver.netty.channel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Encrypted output leaves by three ways: at once, in a record of which the system takes
 * only a part, and with Netty. However these follow on each other, each byte arrives
 * once, and in order.
 */
class EncryptedOutputTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@TempDir
	private Path directory;

	static Stream<Arguments> versions() {
		return ServerFixture.modes()
			.flatMap((mode) -> Stream.of("TLSv1.2", "TLSv1.3").map((version) -> Arguments.of(mode, version)));
	}

	@ParameterizedTest
	@MethodSource("versions")
	void allRepliesArriveBeforeTheServerCloses(ExecutionMode mode, String version) throws Exception {
		Lengths lengths = new Lengths(1, 400);
		SocketServer server = lengths(this.fixture, mode, (spec) -> spec.requestsPerSession(lengths.count()));

		try (Peer peer = new Peer(server, Certificates.TRUSTED.client(), null, version)) {
			peer.send(lengths.requests());
			awaitWaiting();
			assertThat(peer.rest()).isEqualTo(lengths.replies());
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		assertThat(this.fixture.servers.memoryUsed()).isZero();
	}

	@Every.Mode
	void allRepliesArriveAfterThePeerHasEndedItsOutput(ExecutionMode mode) throws Exception {
		Lengths lengths = new Lengths(2, 400);
		SocketServer server = lengths(this.fixture, mode, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send(lengths.requests()).endOutput();
			awaitWaiting();
			assertThat(peer.rest()).isEqualTo(lengths.replies());
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.fixture.servers.memoryUsed()).isZero();
	}

	@ParameterizedTest
	@MethodSource("versions")
	void abortLeavesWhatWasTakenBefore(ExecutionMode mode, String version) throws Exception {
		Lengths lengths = new Lengths(3, 400);
		SocketServer server = lengths(this.fixture, mode, UnaryOperator.identity());

		try (Peer peer = new Peer(server, Certificates.TRUSTED.client(), null, version)) {
			peer.send(lengths.requests());
			awaitWaiting();
			String first = new String(peer.bytes(100_000), UTF_8);
			assertThat(lengths.replies()).startsWith(first);
			this.fixture.firstOpened().abort();
			this.fixture.nextClosed();
		}
		assertThat(this.fixture.servers.memoryUsed()).isZero();
	}

	/** Sends complete in order, and each only when the system has taken it. */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void sendsCompleteAsThePeerReads(String version) throws Exception {
		Lengths lengths = new Lengths(4, 400);
		SocketServer server = lengths(this.fixture, ExecutionMode.POOL,
				(spec) -> spec.outbound((o) -> o.bytes(64 << 20).capacity(lengths.count())));

		try (Peer peer = new Peer(server, Certificates.TRUSTED.client(), null, version)) {
			SocketSession session = this.fixture.firstOpened();
			List<Integer> completed = new CopyOnWriteArrayList<>();
			List<CompletableFuture<?>> sent = new ArrayList<>();
			for (String line : lengths.lines()) {
				int index = sent.size();
				sent.add(session.send(line).thenRun(() -> completed.add(index)));
			}
			awaitWaiting();
			assertThat(sent.get(sent.size() - 1)).isNotDone();
			assertThat(new String(peer.bytes(lengths.replies().length()), UTF_8)).isEqualTo(lengths.replies());
			Patience.await(CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)));
			assertThat(completed).hasSize(sent.size());
			Awaitility.await().until(() -> this.fixture.servers.memoryUsed() == 0);
		}
	}

	/**
	 * With small limits both ends change their keys again and again, and ask the other to
	 * do so: between records that leave at once, and such as wait.
	 */
	@ParameterizedTest
	@CsvSource({ "14,400,300000", "5,200,100" })
	void keysChangeInTheMidstOfOutput(int limit, int count, int longest) throws Exception {
		Path limits = Files.writeString(this.directory.resolve("limits.security"),
				"jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^" + limit + "\n");
		Process pair = new ProcessBuilder(OtherJvm.command(List.of("-Djava.security.properties=" + limits),
				Rekeying.class, String.valueOf(count), String.valueOf(longest)))
			.inheritIO()
			.start();
		try {
			Patience.await(pair);
			assertThat(pair.exitValue()).isZero();
		}
		finally {
			pair.destroyForcibly();
		}
	}

	/** Waits until output waits for the peer to read. */
	private void awaitWaiting() {
		Awaitility.await().atMost(Patience.limit()).until(() -> this.fixture.servers.memoryUsed() > 0);
	}

	/** A server that replies to a number with a line of that length. */
	static SocketServer lengths(ServerFixture fixture, ExecutionMode mode, UnaryOperator<ServerSpec.Builder> spec) {
		return fixture.start(
				ServerHandler.function("lengths", PayloadConverter.text(UTF_8),
						(length) -> line(Integer.parseInt(length))),
				(builder) -> spec.apply(builder.execution((e) -> e.mode(mode))
					.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
					.options(SocketOptions.DEFAULT.sendBuffer(16 * 1024))));
	}

	private static String line(int length) {
		byte[] line = new byte[length];
		for (int i = 0; i < length; i++) {
			line[i] = (byte) ('a' + (i + length) % 26);
		}
		return new String(line, StandardCharsets.ISO_8859_1);
	}

	/** Lengths of lines: most are short, and some need many records. */
	private record Lengths(int seed, int count, int longest) {

		Lengths(int seed, int count) {
			this(seed, count, 300_000);
		}

		IntStream all() {
			Random random = new Random(this.seed);
			return IntStream.range(0, this.count)
				.map((i) -> 1 + random.nextInt((i % 20 == 19) ? this.longest : (i % 5 == 4) ? 17_000 : 80));
		}

		String requests() {
			return all().mapToObj((length) -> length + "\n").collect(Collectors.joining());
		}

		List<String> lines() {
			return all().mapToObj(EncryptedOutputTests::line).toList();
		}

		String replies() {
			return lines().stream().map((line) -> line + "\n").collect(Collectors.joining());
		}

	}

	/** Both ends, in a JVM of their own. */
	static final class Rekeying {

		private Rekeying() {
		}

		public static void main(String[] args) throws Exception {
			int status = 1;
			try {
				Lengths lengths = new Lengths(5, Integer.parseInt(args[0]), Integer.parseInt(args[1]));
				for (ExecutionMode mode : ServerFixture.modes().toList()) {
					SocketServer server = lengths(new ServerFixture(), mode, UnaryOperator.identity());
					try (Peer peer = new Peer(server)) {
						// One thread: sockets of the JDK may not change keys in two at
						// once.
						for (String request : lengths.requests().split("(?<=\n)")) {
							peer.send(request);
						}
						String replies = lengths.replies();
						assertThat(new String(peer.bytes(replies.length()), UTF_8)).isEqualTo(replies);
					}
				}
				status = 0;
			}
			finally {
				Runtime.getRuntime().halt(status);
			}
		}

	}

}
