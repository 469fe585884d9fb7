package dev.socketserver.operation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.RequestOrder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How operators see replies.
 */
class PeerRequestTests {

	private static final PayloadConverter<Position> POSITIONS = new PayloadConverter<>() {

		@Override
		public Class<Position> type() {
			return Position.class;
		}

		@Override
		public Position read(byte[] bytes, int offset, int length) {
			String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
			return new Position(Integer.parseInt(text.replaceAll("\\D", "")));
		}

		@Override
		public byte[] write(Position position) {
			return ("{\"km\":" + position.km() + "}").getBytes(StandardCharsets.UTF_8);
		}

	};

	@Test
	void textIsShownAsItIs() throws Exception {
		assertThat(ask(ServerHandler.function("it", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line),
				List.of(), "fine"))
			.isEqualTo("fine");
	}

	@Test
	void bytesAreShownAsDigits() throws Exception {
		assertThat(ask(ServerHandler.function("it", PayloadConverter.bytes(), (bytes) -> bytes), List.of(), "az"))
			.isEqualTo("hex:617a");
	}

	@Test
	void whatAConverterReadsIsShownAsItWritesIt() throws Exception {
		assertThat(ask(ServerHandler.function("it", POSITIONS, (position) -> position), List.of(POSITIONS),
				"{ \"km\" : 7 }"))
			.isEqualTo("{\"km\":7}");
	}

	@Test
	void whatWaitsForItsTurnIsRefusedWhenTheSessionEnds() throws Exception {
		Duration time = Duration.ofMinutes(5);
		try (RunningServers running = new RunningServers()) {
			SocketServer server = RunningServers.started(running.servers(),
					RunningServers.upperSpec("it")
						.requests((requests) -> requests.order(RequestOrder.ONE_AT_A_TIME))
						.build());
			CompletableFuture<String> second;
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				Awaitility.await().until(() -> server.sessions().count() == 1);
				SocketSession session = server.sessions().findFirst().orElseThrow();
				CompletableFuture<Object> first = session.ask("first?", time);
				assertThat(peer.line()).isEqualTo("first?");
				second = CompletableFuture
					.supplyAsync(() -> PeerRequest.ask(running.servers(), session, "second?", "5m"));
				Awaitility.await().until(() -> session.info().requests() == 2);
				assertThat(first).isNotDone();
			}
			assertThat(second).failsWithin(Patience.limit())
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(RefusedOperationException.class)
				.withMessageContaining("the session ended before its turn");
		}
	}

	@Test
	void theTimeoutIsFiveSecondsUnlessItIsGiven() {
		assertThat(PeerRequest.timeout(null)).isEqualTo(Duration.ofSeconds(5));
		assertThat(PeerRequest.timeout("20ms")).isEqualTo(Duration.ofMillis(20));
	}

	@Test
	void aTimeoutThatIsTooLongDiffersFromWhatIsNone() {
		assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> PeerRequest.timeout("6m"))
			.withMessage("timeout is '6m', but must be at most 5m");
		for (String wrong : new String[] { "soon", "-1s", "999999999999999d" }) {
			assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> PeerRequest.timeout(wrong))
				.withMessage("timeout is '" + wrong + "', but must be a duration such as 10s");
		}
	}

	private static String ask(ServerHandler handler, List<PayloadConverter<?>> converters, String reply)
			throws Exception {
		try (RunningServers running = new RunningServers()) {
			SocketServer server = RunningServers.started(running.servers(),
					ServerSpec.builder("it").handler(handler).framing(Framing.line()).converters(converters).build());
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				Awaitility.await().until(() -> server.sessions().count() == 1);
				SocketSession session = server.sessions().findFirst().orElseThrow();
				CompletableFuture<String> shown = CompletableFuture
					.supplyAsync(() -> PeerRequest.ask(running.servers(), session, "where?", "5m"));
				assertThat(peer.line()).isEqualTo("where?");
				peer.send(reply + "\n");
				return shown.get();
			}
		}
	}

	private record Position(int km) {

	}

}
