package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.events.CompositeListener;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.threads.Background;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.engine.threads.KeepAlive;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.resources.LoopThread;
import dev.socketserver.netty.server.ServerStart;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.netty.datagram.Datagrams.UDP;
import static dev.socketserver.netty.datagram.Datagrams.awaitDropped;
import static dev.socketserver.netty.datagram.Datagrams.peer;
import static dev.socketserver.netty.datagram.Datagrams.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How sessions of UDP end, and their servers. */
class DatagramEndTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void aSilentSessionEndsAndTheNextDatagramOpensAnother() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofMillis(300))));
		try (DatagramPeer peer = peer(server)) {
			// Its reply may come too late.
			peer.send("one");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
			assertThat(status.detail()).isEqualTo("nothing came or left for 300 ms");
			peer.send("two");
			await().until(() -> server.statistics().opened() == 2);
		}
	}

	/** It counts what the kernel has dropped, on a thread of the background. */
	@Test
	void aSilentSessionEndsAlsoIfThereWasNoThreadWhenThePortWasChecked() throws Exception {
		CountDownLatch refused = new CountDownLatch(1);
		DaemonThreads threads = new DaemonThreads();
		ScheduledExecutorService timer = threads.timer("test");
		Background background = new Background(threads.workers("test"), (task) -> new Thread(task) {

			@Override
			public void start() {
				if (Thread.currentThread() instanceof LoopThread && refused.getCount() > 0) {
					refused.countDown();
					throw new OutOfMemoryError("no thread left");
				}
				super.start();
			}

		}, timer);
		background.endIdle();
		SharedResources engine = new SharedResources(threads, background, timer, new KeepAlive(threads),
				MemoryBudget.unlimited(), new CompositeListener(List::of, timer), () -> null, false, NanoTime.SYSTEM,
				(stack) -> "");
		ServerSpec spec = ServerSpec.builder("test")
			.handler(ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes))
			.udp((udp) -> udp.sessionTimeout(Duration.ofSeconds(1)))
			.build();
		SocketServer server = new ManagedServer(spec, engine, new SessionRegistry("test"),
				new ServerStart(spec, new EventLoops(threads, 1, List::of)));
		server.start();
		try (DatagramPeer peer = peer(server)) {
			peer.send("one");
			Patience.hold(refused);
			await().until(() -> server.statistics().closed().containsKey(CloseReason.IDLE_TIMEOUT));
		}
		finally {
			server.stop();
		}
	}

	@Test
	void aSessionThatIsSentToIsNotSilent() throws Exception {
		CountDownLatch stop = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			// One that was silent for too long ends, and is tried again.
			while (session.info().state() == SessionInfo.State.OPEN && !stop.await(50, TimeUnit.MILLISECONDS)) {
				session.send("tick");
			}
		}, udp((spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofMillis(1_000)).amplification(0))));
		try {
			this.fixture.undisturbed(server, Duration.ofMillis(500), () -> isKept(server));
		}
		finally {
			stop.countDown();
		}
	}

	private void isKept(SocketServer server) throws Exception {
		try (DatagramPeer peer = peer(server)) {
			peer.send("go");
			long begun = System.nanoTime();
			while (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(1_500)) {
				assertThat(peer.receive()).isEqualTo("tick");
			}
			assertThat(this.fixture.closed).isEmpty();
		}
	}

	@Test
	void aHandlerClosesAndTheNextDatagramOpensAnother() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.send("bye " + line);
			session.close();
		}, UDP);
		try (DatagramPeer peer = peer(server)) {
			for (int i = 0; i < 20; i++) {
				assertThat(peer.ask("" + i + " padding")).isEqualTo("bye " + i + " padding");
				// What comes before the handler has closed is lost with the session.
				await().until(() -> server.statistics().active() == 0);
			}
		}
		assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.HANDLER_CLOSED);
		assertThat(server.statistics().opened()).isEqualTo(20);
	}

	@Test
	void aStopSendsAFarewellAndFreesThePort() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				udp((spec) -> spec.port(Ports.free()).farewell("bye")));
		InetSocketAddress address = server.localAddress();
		try (DatagramPeer peer = peer(server)) {
			peer.ask("hello");
			server.stop();
			assertThat(peer.receive()).isEqualTo("bye");
		}
		assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.SERVER_STOPPED);
		assertThat(server.localAddress()).isNull();
		server.start();
		assertThat(server.localAddress()).isEqualTo(address);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
		}
	}

	@Test
	void aDrainServesItsSessionsAndRefusesOthers() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("hold")) {
				called.countDown();
				held.await();
			}
			session.send("done " + line);
		}, udp((spec) -> spec.udp((udp) -> udp.amplification(0))));
		CompletableFuture<?> drained;
		try (DatagramPeer known = peer(server); DatagramPeer late = peer(server)) {
			known.send("hold");
			// What comes later is not handled.
			Patience.await(called);
			drained = server.drain(Duration.ofHours(1));
			late.send("me too");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			held.countDown();
			assertThat(known.receive()).isEqualTo("done hold");
			assertThat(drained).isNotDone();
			server.sessions().forEach(SocketSession::close);
			Patience.await(drained);
			assertThat(late.hasReceived()).isFalse();
		}
	}

	@Test
	void aPausedServerServesItsSessionsOnly() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec);
		try (DatagramPeer known = peer(server); DatagramPeer other = peer(server)) {
			known.ask("one");
			server.pause();
			other.send("two");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			assertThat(known.ask("three")).isEqualTo("three");
			server.resume();
			assertThat(other.ask("four")).isEqualTo("four");
		}
	}

	@Test
	void anAbortIsAClose() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec);
		try (DatagramPeer peer = peer(server)) {
			peer.ask("one");
			server.sessions().findFirst().orElseThrow().abort();
			await().until(() -> server.statistics().active() == 0);
			assertThat(peer.hasReceived()).isFalse();
			assertThat(peer.ask("two")).isEqualTo("two");
		}
		assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.HANDLER_CLOSED);
		assertThat(server.statistics().opened()).isEqualTo(2);
	}

	/** An ICMP message says so, which anybody could forge. */
	@Every.DefaultTransport
	void aSessionDoesNotEndBecauseNobodyIsThere(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, udp((spec) -> spec.transport(transport)));
		InetSocketAddress gone = new InetSocketAddress("127.0.0.1", Ports.free());
		try (DatagramPeer peer = new DatagramPeer(server.localAddress(), gone)) {
			assertThat(peer.ask("a long line")).isEqualTo("A LONG LINE");
		}
		SocketSession session = server.sessions().findFirst().orElseThrow();
		for (int i = 0; i < 3; i++) {
			assertThat(session.send("x").toCompletableFuture()).succeedsWithin(Patience.limit());
		}
		try (DatagramPeer peer = new DatagramPeer(server.localAddress(), gone)) {
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
		}
		assertThat(server.statistics().opened()).isOne();
		assertThat(server.statistics().closed()).isEmpty();
	}

}
