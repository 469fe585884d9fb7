package dev.socketserver.netty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.SessionOperations;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code resumeReads()} does with bytes that a handler has left unread. */
class ResumedReadsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(Session.class);

	private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

	/** Notes what it is called with, and takes one byte of it. */
	private Void takeOne(ByteBuffer data) {
		this.seen.add(StandardCharsets.US_ASCII.decode(data.duplicate()).toString());
		data.get();
		return null;
	}

	private String nextSeen() throws InterruptedException {
		return Patience.next(this.seen);
	}

	@Every.Way
	void handlerIsCalledAgainWithWhatItHasLeft(Way way) throws Exception {
		SocketServer server = this.fixture.connections((state, data, session) -> takeOne(data), way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("abc");
			assertThat(nextSeen()).isEqualTo("abc");
			SocketSession session = ServerFixture.session(server);
			session.resumeReads();
			assertThat(nextSeen()).isEqualTo("bc");
			session.pauseReads();
			session.resumeReads();
			assertThat(nextSeen()).isEqualTo("c");
			session.resumeReads();
			peer.send("d");
			assertThat(nextSeen()).as("not called with nothing").isEqualTo("d");
			assertThat(peer.endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.seen).isEmpty();
	}

	@Every.Way
	void handlerMayAskForItInItsCall(Way way) throws Exception {
		ConnectionHandler<Void> stepping = (state, data, session) -> {
			session.resumeReads();
			return takeOne(data);
		};
		SocketServer server = this.fixture.connections(stepping, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("abc");
			assertThat(nextSeen()).isEqualTo("abc");
			assertThat(nextSeen()).isEqualTo("bc");
			assertThat(nextSeen()).isEqualTo("c");
		}
	}

	@Every.Way
	void handlerThatTookNothingIsRevived(Way way) throws Exception {
		AtomicBoolean willing = new AtomicBoolean();
		ConnectionHandler<Void> reluctant = (state, data, session) -> {
			if (willing.get()) {
				session.send(data);
				data.position(data.limit());
			}
			else {
				this.seen.add("nothing");
			}
			return null;
		};
		SocketServer server = this.fixture.connections(reluctant, (spec) -> way.spec().apply(spec).readBuffer(4));

		try (Peer peer = new Peer(server)) {
			peer.send("abcd");
			assertThat(nextSeen()).isEqualTo("nothing");
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().until(() -> session.info().state() == SessionInfo.State.STALLED);
			peer.send("efgh");
			session.resumeReads();
			assertThat(nextSeen()).as("still unwilling").isEqualTo("nothing");
			assertThat(session.info().state()).isEqualTo(SessionInfo.State.STALLED);
			willing.set(true);
			session.resumeReads();
			assertThat(peer.bytes(8)).asString().isEqualTo("abcdefgh");
			assertThat(peer.send("ij").bytes(2)).asString().isEqualTo("ij");
			Awaitility.await().until(() -> session.info().state() == SessionInfo.State.OPEN);
			byte[] much = "0123456789".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
			Thread sender = new Thread(() -> {
				try {
					peer.send(much);
				}
				catch (Exception ex) {
					// The other side reports it.
				}
			});
			sender.start();
			assertThat(peer.bytes(much.length)).isEqualTo(much);
			sender.join();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.seen).isEmpty();
		assertThat(this.log.messages(Level.INFO)).hasSize(1);
	}

	@Test
	void handlerIsRevivedAfterTheEndOfTheInput() throws Exception {
		AtomicBoolean willing = new AtomicBoolean();
		ConnectionHandler<Void> deciding = new ConnectionHandler<>() {

			@Override
			public Void received(Void state, ByteBuffer data, SocketSession session) {
				ResumedReadsTests.this.seen.add(StandardCharsets.US_ASCII.decode(data.duplicate()).toString());
				if (willing.get()) {
					data.position(data.limit());
				}
				return null;
			}

			@Override
			public Void inputEnded(Void state, SocketSession session) {
				ResumedReadsTests.this.seen.add("end");
				return null;
			}

		};
		SocketServer server = this.fixture.connections(deciding, (spec) -> spec.readBuffer(4));

		try (Peer peer = new Peer(server)) {
			peer.send("abcd");
			assertThat(nextSeen()).isEqualTo("abcd");
			SocketSession session = ServerFixture.session(server);
			peer.endOutput();
			assertThat(nextSeen()).isEqualTo("end");
			willing.set(true);
			session.resumeReads();
			assertThat(nextSeen()).isEqualTo("abcd");
			session.close();
			assertThat(peer.rest()).isEmpty();
		}
	}

	@Test
	void operatorsPauseComesFirst() throws Exception {
		SocketServer server = this.fixture.connections((state, data, session) -> takeOne(data), (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			peer.send("abc");
			assertThat(nextSeen()).isEqualTo("abc");
			SocketSession session = ServerFixture.session(server);
			SessionOperations.of(session).hold();
			session.resumeReads();
			assertThat(this.seen.poll(200, TimeUnit.MILLISECONDS)).isNull();
			SessionOperations.of(session).release();
			assertThat(nextSeen()).isEqualTo("bc");
		}
	}

	/** The frames that wait are handled after it. */
	@Test
	void whatWasLeftComesBeforeTheNextFrame() throws Exception {
		ConnectionHandler<Void> twoHalves = (state, data, session) -> {
			takeOne(data);
			if (this.seen.size() == 1) {
				session.pauseReads();
			}
			return null;
		};
		SocketServer server = this.fixture.connections(twoHalves, (spec) -> spec.framing(Framing.fixed(2)));

		try (Peer peer = new Peer(server)) {
			peer.send("abcd");
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().until(() -> session.info().readsPaused());
			session.resumeReads();
			Awaitility.await().until(() -> this.seen.size() == 3);
			assertThat(this.seen).containsExactly("ab", "b", "cd");
		}
	}

}
