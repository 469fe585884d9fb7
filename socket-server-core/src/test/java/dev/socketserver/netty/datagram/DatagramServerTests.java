package dev.socketserver.netty.datagram;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.netty.datagram.Datagrams.UDP;
import static dev.socketserver.netty.datagram.Datagrams.awaitDropped;
import static dev.socketserver.netty.datagram.Datagrams.peer;
import static dev.socketserver.netty.datagram.Datagrams.udp;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** What sessions of UDP receive and send. */
class DatagramServerTests {

	private static final String TOO_LONG = "x".repeat(65_508);

	private static final UnaryOperator<ServerSpec.Builder> UNLIMITED = udp(
			(spec) -> spec.udp((udp) -> udp.amplification(0)));

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.DefaultTransport
	void aDatagramIsAPayloadAndEachPeerHasASession(SocketTransport transport) throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec.transport(transport));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			assertThat(one.ask("one")).isEqualTo("one");
			assertThat(two.ask("two")).isEqualTo("two");
			assertThat(one.ask("again\nand again")).isEqualTo("again\nand again");
			assertThat(server.sessions().map(SocketSession::remoteAddress)).containsExactlyInAnyOrder(one.address(),
					two.address());
			assertThat(server.sessions().map(SocketSession::localAddress)).allMatch(server.localAddress()::equals);
		}
		assertThat(server.statistics().datagrams().received()).isEqualTo(3);
		await().until(() -> server.statistics().datagrams().sent() == 3);
		assertThat(server.statistics().datagrams().dropped()).isEmpty();
		assertThat(server.statistics().accepted()).isEqualTo(2);
	}

	@Every.DefaultTransport
	void datagramsOfEverySizeAreNeverCut(SocketTransport transport) throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.transport(transport).limits((limits) -> limits.frame(65_507)));
		try (DatagramPeer peer = peer(server)) {
			for (int size : new int[] { 0, 1, 1_472, 8_193, 65_507 }) {
				byte[] bytes = new byte[size];
				Arrays.fill(bytes, (byte) size);
				assertThat(peer.send(bytes).receiveBytes()).isEqualTo(bytes);
			}
		}
	}

	@Every.DefaultTransport
	void aDatagramLongerThanTheLimitIsDropped(SocketTransport transport) throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.transport(transport).limits((limits) -> limits.frame(100)));
		try (DatagramPeer peer = peer(server)) {
			peer.send(new byte[101]);
			awaitDropped(server, DatagramDrop.TOO_LARGE, 1);
			assertThat(server.sessions()).isEmpty();
			assertThat(peer.send(new byte[100]).receiveBytes()).hasSize(100);
			peer.send(new byte[5_000]);
			awaitDropped(server, DatagramDrop.TOO_LARGE, 2);
			assertThat(peer.ask("next")).isEqualTo("next");
		}
		assertThat(server.statistics().opened()).isOne();
	}

	@Test
	void withAFramingADatagramHasWholeFrames() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "" + line.length(),
				udp((spec) -> spec.framing(Framing.line()).limits((limits) -> limits.frame(50))));
		try (DatagramPeer peer = peer(server)) {
			peer.send("one\nthree\n");
			assertThat(List.of(peer.receive(), peer.receive())).containsExactly("3\n", "5\n");
			peer.send("");
			awaitDropped(server, DatagramDrop.UNFRAMED, 1);
			peer.send("x".repeat(51) + "\n");
			awaitDropped(server, DatagramDrop.TOO_LARGE, 1);
			assertThat(peer.ask("on\n")).isEqualTo("2\n");
		}
		assertThat(server.statistics().opened()).isOne();
		assertThat(server.statistics().closed()).isEmpty();
	}

	@Test
	void aHandlerOfTextNeedsNoFraming() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, UDP);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("a line\r\nand more")).isEqualTo("A LINE\r\nAND MORE");
		}
	}

	@Every.Mode
	void handlersRunInEveryMode(ExecutionMode mode) throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.execution((execution) -> execution.mode(mode)));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			for (int i = 0; i < 50; i++) {
				assertThat(one.ask("one" + i)).isEqualTo("one" + i);
				assertThat(two.ask("two" + i)).isEqualTo("two" + i);
			}
		}
	}

	@Test
	void aConversationReceivesDatagrams() throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			String first = conversation.receive();
			conversation.send("hello " + first);
			conversation.send("and bye " + conversation.receive());
		}, UNLIMITED);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("Ann")).isEqualTo("hello Ann");
			assertThat(peer.ask("Bob")).isEqualTo("and bye Bob");
			// The handler has returned, and the next datagram opens another session.
			await().until(() -> server.statistics().active() == 0);
			assertThat(peer.ask("Cid")).isEqualTo("hello Cid");
		}
		assertThat(server.statistics().opened()).isEqualTo(2);
	}

	@Test
	void whatAConnectionHandlerLeavesEndsWithItsDatagram() throws Exception {
		ConnectionHandler<Void> handler = (state, data, session) -> {
			int seen = data.remaining();
			data.get();
			session.send(("seen " + seen).getBytes(UTF_8));
			return null;
		};
		SocketServer server = this.fixture.start(ServerHandler.connection("reads-one", handler),
				udp((spec) -> spec.udp((udp) -> udp.amplification(0)).readBuffer(4)));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("12345")).isEqualTo("seen 5");
			assertThat(peer.ask("123")).isEqualTo("seen 3");
		}
	}

	@Test
	void streamsFailTheStart() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> this.fixture.streams((in, out, session) -> {
			}, UDP))
			.withMessageContaining("has no streams");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> Datagrams.echo(this.fixture,
					(spec) -> spec.inbound((inbound) -> inbound.overflow(InboundOverflow.CLOSE))))
			.withMessageContaining("drop-newest");
	}

	@Every.DefaultTransport
	void aPayloadThatIsTooLongFailsAndTheSessionGoesOn(SocketTransport transport) throws Exception {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			session.send(TOO_LONG).whenComplete((done, failure) -> failures.add(failure));
			session.send("next");
		}, udp((spec) -> spec.transport(transport).udp((udp) -> udp.amplification(0))));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("go")).isEqualTo("next");
		}
		await().until(() -> !failures.isEmpty());
		assertThat(failures.get(0)).isInstanceOf(PayloadException.class).hasMessageContaining("65507");
		assertThat(server.statistics().active()).isOne();
	}

	@Test
	void aReplyThatIsTooLongFailsTheCall() throws Exception {
		SocketServer server = this.fixture.lines((line) -> TOO_LONG, UNLIMITED);
		try (DatagramPeer peer = peer(server)) {
			peer.send("go");
			assertThat(this.fixture.nextClosed().cause()).isInstanceOf(PayloadException.class);
		}
	}

	@Test
	void aConversationMayDealWithAPayloadThatIsTooLong() throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			conversation.receive();
			try {
				conversation.send(TOO_LONG);
			}
			catch (PayloadException ex) {
				conversation.send("refused");
			}
		}, UNLIMITED);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("go")).isEqualTo("refused");
		}
	}

	@Test
	void aBroadcastThatIsTooLongIsRefused() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, UNLIMITED);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("here")).isEqualTo("here");
			assertThatIllegalArgumentException().isThrownBy(() -> server.broadcast(TOO_LONG))
				.withMessageContaining("65507");
		}
	}

	@Test
	void theConversionOfAPayloadLeavesAsOneDatagramEach() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			for (int i = 0; i < 20; i++) {
				session.send("reply " + i);
			}
		}, UNLIMITED);
		try (DatagramPeer peer = peer(server)) {
			peer.send("go");
			for (int i = 0; i < 20; i++) {
				assertThat(peer.receive()).isEqualTo("reply " + i);
			}
		}
	}

}
