package dev.socketserver.netty;

import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What framings do beyond a frame, over sockets. */
class FramedPeersTests {

	private static final byte[] EMPTY = {};

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final ClientFixture clients = new ClientFixture(this.fixture);

	static Stream<Framing> echoing() {
		LengthFieldBuilder twoBytes = Framing.lengthField().width(2).zero(ZeroLength.ECHO);
		return Stream.of(twoBytes.build(),
				Framings.switching().when("#", Framing.fixed(1)).otherwise(twoBytes.build()).build(),
				Framing.lengthField().width(2).zero(ZeroLength.ECHO).skip("\r\n").switchable(true).build());
	}

	private SocketServer echoing(Framing framing) {
		return this.fixture.lines((text) -> "re " + text, (spec) -> spec.framing(framing));
	}

	/** Without counting they would answer each other as fast as they can. */
	@ParameterizedTest
	@MethodSource("echoing")
	void twoSidesThatEchoAnswerAnEmptyFrameOnce(Framing framing) throws Exception {
		SocketServer server = echoing(framing);
		SocketClient client = this.clients.start(server, (spec) -> spec.framing(framing));
		ClientFixture.await(client, ClientState.CONNECTED);
		SocketSession session = ServerFixture.session(server);
		for (int round = 1; round <= 3; round++) {
			// From both sides at once: each may take the other's for an answer.
			client.send(EMPTY);
			client.send(EMPTY);
			session.send(EMPTY);
			assertThat(client.ask("x", Patience.limit()).get()).isEqualTo("re x");
			Patience.still(() -> session.info().bytesReceived() + session.info().bytesSent());
			long rounds = round;
			// What each side sent itself, and the answers of the other; what has left is
			// counted a moment later.
			Patience.within(() -> {
				assertThat(session.info().bytesReceived()).isGreaterThanOrEqualTo(rounds * (2 * 2 + 3));
				assertThat(session.info().bytesSent()).isGreaterThanOrEqualTo(rounds * (2 * 1 + 6));
			});
			assertThat(session.info().bytesReceived()).isLessThanOrEqualTo(rounds * (3 * 2 + 3));
			assertThat(session.info().bytesSent()).isLessThanOrEqualTo(rounds * (2 * 3 + 6));
		}
	}

	@Test
	void eachHeartbeatOfThePeerIsEchoed() throws Exception {
		SocketServer server = echoing(Framing.lengthField().width(2).zero(ZeroLength.ECHO).build());
		try (Peer peer = new Peer(server)) {
			peer.send("\0\0\0\0\0\1x\0\0");
			assertThat(peer.bytes(6 + 6)).contains("re x".getBytes(UTF_8));
			ServerFixture.session(server).send(EMPTY).toCompletableFuture().join();
			assertThat(peer.bytes(2)).containsOnly(0);
			peer.send("\0\0\0\0\0\0\0\1y").endOutput();
			assertThat(peer.rest()).as("the first of three is the answer").hasSize(2 * 2 + 6);
		}
	}

	/** A payload that has the length in it, and bytes that the length does not count. */
	@Test
	void anEmptyFrameIsWhatTheOtherSideTakesForOne() throws Exception {
		SocketServer server = this.fixture
			.start(ServerHandler.function("bytes", PayloadConverter.bytes(), (bytes) -> bytes), (spec) -> spec
				.framing(Framing.lengthField().offset(1).width(1).after(1).zero(ZeroLength.ECHO).build()));
		try (Peer peer = new Peer(server)) {
			ServerFixture.session(server).send(new byte[] { 7, 9, 3 }).toCompletableFuture().join();
			assertThat(peer.bytes(3)).containsExactly(7, 0, 3);
			peer.send(new byte[] { 7, 0, 3, 8, 0, 3, 9, 1, 5, 3 }).endOutput();
			assertThat(peer.rest()).hasSize(3 + 4);
		}
	}

	@Test
	void whatEchoesSyslogNeverSeesAnEmptyMessage() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text,
				(spec) -> spec.framing(FramingPreset.SYSLOG.framing()));
		try (Peer peer = new Peer(server)) {
			peer.send("8 <13>abcd\n8 <13>abcd<13>a\n\n<13>b\n12 monkeys\n<13>next\n").endOutput();
			assertThat(peer.rest()).isEqualTo("8 <13>abcd8 <13>abcd5 <13>a5 <13>b10 12 monkeys8 <13>next");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

}
