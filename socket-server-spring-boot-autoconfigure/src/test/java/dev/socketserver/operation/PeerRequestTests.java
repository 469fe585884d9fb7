package dev.socketserver.operation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

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

	/** As text is written where the payloads are JSON. */
	private static final PayloadConverter<String> QUOTED = new PayloadConverter<>() {

		@Override
		public Class<String> type() {
			return String.class;
		}

		@Override
		public String read(byte[] bytes, int offset, int length) {
			return new String(bytes, offset + 1, length - 2, StandardCharsets.UTF_8);
		}

		@Override
		public byte[] write(String text) {
			return ("\"" + text.replace("\"", "\\\"") + "\"").getBytes(StandardCharsets.UTF_8);
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

	/** The same as for a reply: a request and its reply have one key. */
	@Test
	void aCorrelatorGetsWhatTheHandlerWouldGetOfTheText() throws Exception {
		UnaryOperator<ServerSpec.Builder> byKey = (spec) -> spec
			.handler(ServerHandler.function("it", POSITIONS, (position) -> position))
			.converters(List.of(POSITIONS))
			.correlator((position) -> ((Position) position).km());
		assertThat(ask(byKey, "{ \"km\" : 7 }", "{\"km\": 7}")).isEqualTo("{\"km\":7}");
		assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> ask(byKey, "where?", "never"))
			.withMessageStartingWith("The payload cannot be sent: ")
			.withMessageEndingWith("the converter threw java.lang.NumberFormatException");
	}

	/** Not as a string of JSON, as texts of the application are. */
	@Test
	void jsonIsSentAsItIs() throws Exception {
		assertThat(ask((spec) -> spec.handler(ServerHandler.function("it", POSITIONS, (position) -> position))
			.converters(List.of(POSITIONS, QUOTED)), "{ \"km\" : 7 }", "{\"km\": 8}")).isEqualTo("{\"km\":8}");
	}

	private static String ask(ServerHandler handler, List<PayloadConverter<?>> converters, String reply)
			throws Exception {
		return ask((spec) -> spec.handler(handler).converters(converters), "where?", reply);
	}

	private static String ask(UnaryOperator<ServerSpec.Builder> spec, String request, String reply) throws Exception {
		try (RunningServers running = new RunningServers()) {
			SocketServer server = RunningServers.started(running.servers(),
					spec.apply(ServerSpec.builder("it").framing(Framing.line())).build());
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				Awaitility.await().until(() -> server.sessions().count() == 1);
				SocketSession session = server.sessions().findFirst().orElseThrow();
				CompletableFuture<String> peers = CompletableFuture.supplyAsync(() -> {
					try {
						String asked = peer.line();
						peer.send(reply + "\n");
						return asked;
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				});
				String shown = PeerRequest.ask(running.servers(), session, request, "5m");
				assertThat(Patience.await(peers)).isEqualTo(request);
				return shown;
			}
		}
	}

	private record Position(int km) {

	}

}
