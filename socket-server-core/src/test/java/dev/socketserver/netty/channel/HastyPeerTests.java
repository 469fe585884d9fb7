package dev.socketserver.netty.channel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.HalfClosedHandler;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that are gone when what they sent is read.
 */
class HastyPeerTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Transport
	void resetAfterBytesThatAreNotReadYetEndsTheSession(SocketTransport transport) throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		// On the loop, which sees neither the bytes nor the reset before it returns.
		SocketServer server = this.fixture
			.start(ServerHandler.function("silent", PayloadConverter.text(UTF_8), (line) -> {
				called.countDown();
				Patience.hold(go);
				return null;
			}), (spec) -> spec.transport(transport).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		try (Peer peer = new Peer(server)) {
			peer.send("wait\n");
			Patience.await(called);
			peer.send("x");
			peer.reset();
		}
		finally {
			go.countDown();
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
		assertThat(server.statistics().active()).isZero();
	}

	/** It resets the connection when it gets the reply, after its orderly end. */
	@Every.Transport
	void peerThatClosesAndReadsNoRepliesHasAllOfItHandled(SocketTransport transport) throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		List<String> handled = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.lines((line) -> {
			handled.add(line);
			called.countDown();
			Patience.hold(go);
			return line.equals("wait") ? "a reply" : null;
		}, (spec) -> spec.transport(transport).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		try (Peer peer = new Peer(server)) {
			peer.send("wait\n");
			Patience.await(called);
			peer.send("a\nb\nlast");
		}
		finally {
			go.countDown();
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(handled).containsExactly("wait", "a", "b", "last");
	}

	/** Nothing is read any more, and nothing is written. */
	@Every.Transport
	void resetOfAHalfClosedConnectionEndsASessionThatOnlyListens(SocketTransport transport) throws Exception {
		HalfClosedHandler handler = new HalfClosedHandler(2);
		SocketServer server = this.fixture.connections(handler, (spec) -> spec.transport(transport));
		try (Peer staying = new Peer(server); Peer leaving = new Peer(server)) {
			staying.send("x").endOutput();
			leaving.send("x").endOutput();
			Patience.await(handler.ended);

			leaving.reset();

			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
			// The other one still exists, and is not taken for lost.
			SocketSession session = ServerFixture.session(server);
			assertThat(session.info().closed()).isNull();
			session.send("y".getBytes(UTF_8));
			session.close();
			assertThat(staying.rest()).isEqualTo("y");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

}
