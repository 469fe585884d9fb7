package dev.socketserver.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.channel.SlowPeerTests;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Peers that are silent, drip, never end, do not read or are frozen, each against the
 * timeouts that concern it, on every transport. {@code SessionTimeoutsTests} has the
 * arithmetic of the clocks, {@link LifetimesTests} every mode of execution,
 * {@link SlowPeerTests} the bound on what waits, {@link MemoryLimitTests} many such
 * peers.
 */
@Tag("long")
class HostilePaceTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	/** More than kernels take: what is after it waits for the peer. */
	private static final int MUCH = 16 * 1024 * 1024;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Echoes lines, but for one that asks for much. */
	private SocketServer start(SocketTransport transport, UnaryOperator<ServerSpec.Builder> timeouts) {
		String much = "x".repeat(MUCH);
		return this.fixture.lines((line) -> line.equals("much") ? much : line,
				(spec) -> timeouts.apply(spec.transport(transport).timeouts((t) -> t.frame(null).write(null))));
	}

	private CloseReason nextReason() throws InterruptedException {
		return this.fixture.nextClosed().reason();
	}

	/** Sends drops until the session is closed. */
	private static void drip(Peer peer, SocketSession session) {
		Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Patience.limit()).until(() -> {
			if (session.info().closed() == null) {
				try {
					peer.send(".");
				}
				catch (IOException ex) {
					// Reset meanwhile.
				}
			}
			return session.info().closed() != null;
		});
	}

	// Silent

	@Every.Transport
	void silentFromTheStart(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.firstFrame(SHORT)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(nextReason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
	}

	@Every.Transport
	void silentWithinAFrame(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.frame(SHORT)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			assertThat(peer.send("half").rest()).isEmpty();
		}
		assertThat(nextReason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
	}

	/** However much it is sent: only what it sends itself counts. */
	@Every.Transport
	void silentWhileItIsSentTo(SocketTransport transport) throws Exception {
		// Sent to at once: on a busy machine it may end before the test sends something.
		SessionHandler ticking = TestHandler.quiet().opened((session) -> {
			session.send("tick");
			session.send("tick");
		});
		SocketServer server = this.fixture.start(ServerFixture.messages("ticking", ticking),
				(spec) -> spec.transport(transport).timeouts((t) -> t.idle(Duration.ofSeconds(1))));
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Patience.limit()).until(() -> {
				session.send("tick");
				return session.info().closed() != null;
			});
			assertThat(peer.rest()).startsWith("tick\ntick\n");
		}
		assertThat(nextReason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
	}

	// Dripping

	@Every.Transport
	void drippingItsFirstFrame(SocketTransport transport) throws Exception {
		SocketServer server = start(transport,
				(spec) -> spec.timeouts((t) -> t.firstFrame(SHORT).idle(Duration.ofMinutes(1))));
		try (Peer peer = new Peer(server)) {
			drip(peer, this.fixture.firstOpened());
		}
		assertThat(nextReason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
	}

	@Every.Transport
	void drippingAFrame(SocketTransport transport) throws Exception {
		SocketServer server = start(transport,
				(spec) -> spec.timeouts((t) -> t.frame(SHORT).idle(Duration.ofMinutes(1))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			drip(peer, this.fixture.firstOpened());
		}
		assertThat(nextReason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
	}

	/**
	 * One that reads by drips is slow and not stuck: what it takes counts, although the
	 * kernel reports room only when there is much. Its own kernel may ask for more only
	 * when it has read all that it has, which takes it a few drips.
	 */
	@Every.Transport
	void drippingWhatItReads(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.write(Duration.ofSeconds(2))));
		this.fixture.undisturbed(server, Duration.ofSeconds(1), () -> {
			try (Peer peer = new Peer(server, 16 * 1024)) {
				peer.send("much\n");
				long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
				Awaitility.await().pollInterval(Duration.ofMillis(100)).atMost(Patience.limit()).until(() -> {
					peer.bytes(16 * 1024);
					return System.nanoTime() > end;
				});
				assertThat(this.fixture.closed).isEmpty();
			}
		});
	}

	// Endless

	@Every.Transport
	void frameWithoutAnEnd(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.limits((l) -> l.frame(64 * 1024)));
		byte[] block = new byte[64 * 1024];
		Arrays.fill(block, (byte) 'x');
		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			try {
				for (int i = 0; i < 1024; i++) {
					peer.send(block);
				}
			}
			catch (IOException ex) {
				// As it should.
			}
			assertThat(nextReason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
			assertThat(session.info().messagesReceived()).isZero();
		}
		assertThat(this.fixture.servers.memoryUsed()).isZero();
	}

	/** It asks and asks, and reads no reply. */
	@Every.Transport
	void requestsWithoutAnEnd(SocketTransport transport) throws Exception {
		SocketServer server = start(transport,
				(spec) -> spec.timeouts((t) -> t.write(SHORT).idle(Duration.ofMinutes(1))));
		byte[] requests = ("x".repeat(1023) + "\n").repeat(64).getBytes(UTF_8);
		try (Peer peer = new Peer(server, 16 * 1024)) {
			Thread asking = new Thread(() -> {
				try {
					for (int i = 0; i < 16 * 1024; i++) {
						peer.send(requests);
					}
				}
				catch (IOException ex) {
					// As it should.
				}
			});
			asking.setDaemon(true);
			asking.start();
			assertThat(nextReason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
		}
		assertThat(this.fixture.servers.memoryUsed()).isZero();
	}

	/** It goes on sending after the end of our output, which it has seen. */
	@Every.OneTransport
	void talkingAfterTheEnd(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.idle(Duration.ofMinutes(1))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			SocketSession session = ServerFixture.session(server);
			session.close();
			assertThat(peer.rest()).isEmpty();
			Awaitility.await()
				.pollInterval(Duration.ofMillis(20))
				.between(Duration.ofSeconds(5), Patience.limit())
				.until(() -> {
					try {
						peer.send(".");
					}
					catch (IOException ex) {
						// As it should, in the end.
					}
					return session.closed().isDone();
				});
		}
		assertThat(nextReason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	// Not reading

	@Every.Transport
	void windowOfZero(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.write(SHORT)));
		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.send("much\n");
			assertThat(nextReason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
			assertThat(peer.sawReset()).isTrue();
		}
		assertThat(this.fixture.servers.memoryUsed()).isZero();
	}

	/** It does not end its silence by not reading. */
	@Every.Transport
	void windowOfZeroAndSilent(SocketTransport transport) throws Exception {
		SocketServer server = start(transport,
				(spec) -> spec.timeouts((t) -> t.idle(SHORT).write(Duration.ofSeconds(2))));
		// Where all stands still, both times are over when it goes on.
		this.fixture.undisturbed(server, Duration.ofMillis(500), () -> {
			try (Peer peer = new Peer(server, 4 * 1024)) {
				peer.send("much\n");
				assertThat(nextReason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
				assertThat(server.sessions()).as("the write's time ends it all the same").isEmpty();
			}
		});
	}

	// Frozen

	@Every.Transport
	void frozenWhileItIsSentTo(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.write(SHORT)));
		try (FrozenPeer peer = new FrozenPeer(server, "much\\n")) {
			assertThat(nextReason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
			peer.assertFrozen();
		}
	}

	@Every.Transport
	void frozenWithinAFrame(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.frame(SHORT)));
		try (FrozenPeer peer = new FrozenPeer(server, "once\\nhalf")) {
			assertThat(nextReason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
			peer.assertFrozen();
		}
	}

	@Every.Transport
	void frozenAndIdle(SocketTransport transport) throws Exception {
		SocketServer server = start(transport, (spec) -> spec.timeouts((t) -> t.idle(SHORT)));
		try (FrozenPeer peer = new FrozenPeer(server, "once\\n")) {
			assertThat(nextReason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
			peer.assertFrozen();
		}
	}

	/**
	 * A process that sends something and is stopped: its kernel goes on acknowledging for
	 * it, and nothing else.
	 */
	private static final class FrozenPeer implements AutoCloseable {

		private final Process process;

		FrozenPeer(SocketServer server, String text) throws Exception {
			assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is bash");
			this.process = new ProcessBuilder("/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/"
					+ server.localAddress().getPort() + "; printf '" + text + "' >&3; kill -STOP $$; cat <&3")
				.redirectErrorStream(true)
				.start();
		}

		void assertFrozen() {
			assertThat(this.process.isAlive()).isTrue();
		}

		@Override
		public void close() {
			this.process.destroyForcibly().onExit().join();
		}

	}

}
