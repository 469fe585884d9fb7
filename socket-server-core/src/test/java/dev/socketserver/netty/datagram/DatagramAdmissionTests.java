package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.DatagramDrop;
import dev.socketserver.RejectReason;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.settings.ChangingServer;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.ExecutionMode;
import io.netty.util.concurrent.AbstractEventExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.netty.datagram.Datagrams.awaitDropped;
import static dev.socketserver.netty.datagram.Datagrams.dropped;
import static dev.socketserver.netty.datagram.Datagrams.peer;
import static dev.socketserver.netty.datagram.Datagrams.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** Which peers of UDP get a session, and who has to go for them. */
class DatagramAdmissionTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final ServerFixture small = new ServerFixture((spec) -> spec.memoryLimit(1_000_000));

	@RegisterExtension
	final LogLines failedTasks = new LogLines(AbstractEventExecutor.class);

	@RegisterExtension
	final ServerFixture oneLoop = new ServerFixture(1);

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	@Test
	void thoseWhoAreDeniedGetNoAnswer() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.deny(List.of(Cidr.of("127.0.0.0/8")))));
		try (DatagramPeer peer = peer(server)) {
			peer.send("one").send("two");
			awaitDropped(server, DatagramDrop.REJECTED, 2);
			assertThat(peer.hasReceived()).isFalse();
		}
		assertThat(server.statistics().rejected()).containsEntry(RejectReason.DENIED, 2L);
	}

	@Test
	void anAddressHasSoManySessions() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.sessionsPerAddress(2)));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server); DatagramPeer three = peer(server)) {
			one.ask("1");
			two.ask("2");
			three.send("3");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_ADDRESS, 1L);
			server.sessions().findFirst().orElseThrow().close();
			// The place is given back after the session is counted.
			await().until(() -> ((ManagedServer) server).admission().taken() == 1);
			assertThat(three.ask("3")).isEqualTo("3");
		}
	}

	/** Anybody could have the address of another refused. */
	@Test
	void nobodyIsBanned() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.ban((ban) -> ban.offences(1).exempt(List.of())));
		try (DatagramPeer peer = peer(server); DatagramPeer other = peer(server)) {
			peer.ask("1");
			server.sessions().findFirst().orElseThrow().offence("guessed");
			assertThat(other.ask("2")).isEqualTo("2");
		}
		AddressBans bans = ServerOperations.of(server).bans();
		assertThat(bans.count()).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> bans.ban(InetAddress.getLoopbackAddress(), null))
			.withMessageContaining("datagram");
	}

	@Test
	void moreThanTheRateAreDropped() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec.limits((limits) -> limits.acceptRate(5)));
		List<DatagramPeer> peers = new ArrayList<>();
		long begun = System.nanoTime();
		try {
			for (int i = 0; i < 20; i++) {
				peers.add(peer(server).send("hello"));
			}
			await().until(() -> server.statistics().datagrams().received() == 20);
			// A burst of one second, and what the time has added.
			long added = (System.nanoTime() - begun) * 5 / TimeUnit.SECONDS.toNanos(1);
			assertThat(server.statistics().opened()).isBetween(5L, 6 + added);
			long refused = dropped(server, DatagramDrop.REJECTED);
			assertThat(server.statistics().opened() + refused).isEqualTo(20);
			assertThat(this.log.messages()).filteredOn((line) -> line.contains("has refused a connection from"))
				.hasSize((int) Math.min(refused, 10))
				.allMatch((line) -> line.endsWith(": limits.accept-rate"));
		}
		finally {
			peers.forEach(DatagramPeer::close);
		}
	}

	@Test
	void aNewPeerHasThePlaceWhileListenersAreNotifiedOfTheEndOfTheOther() throws Exception {
		CountDownLatch closed = new CountDownLatch(2);
		CountDownLatch served = new CountDownLatch(1);
		this.fixture.listeners.add(new SocketServerListener() {

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				closed.countDown();
				Patience.hold(served);
			}

		});
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.sessions(1).sessionsPerAddress(1)));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server); DatagramPeer three = peer(server)) {
			one.ask("1");
			assertThat(two.ask("2")).as("displaces the first").isEqualTo("2");
			server.sessions().findFirst().orElseThrow().close();
			Patience.await(closed);
			assertThat(server.statistics().active()).isZero();
			assertThat(server.listeners().get(0).sessions()).isZero();
			assertThat(three.ask("3")).isEqualTo("3");
		}
		finally {
			served.countDown();
		}
		assertThat(server.statistics().rejected()).isEmpty();
	}

	@Test
	void aNewPeerDisplacesTheStrangerThatWasSilentForLongest() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec.limits((limits) -> limits.sessions(3)));
		try (DatagramPeer one = peer(server);
				DatagramPeer two = peer(server);
				DatagramPeer three = peer(server);
				DatagramPeer four = peer(server)) {
			one.ask("1");
			two.ask("2");
			three.ask("3");
			one.ask("1 again");
			assertThat(four.ask("4")).isEqualTo("4");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
			assertThat(status.detail()).isEqualTo("evicted");
			assertThat(server.sessions().map(SocketSession::remoteAddress)).containsExactlyInAnyOrder(one.address(),
					three.address(), four.address());
		}
		assertThat(server.statistics().datagrams().dropped()).isEmpty();
	}

	/** Each takes memory, also if it has no bytes. */
	@Test
	void onlySoManyDatagramsOfANewPeerWait() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		SocketServer server = holding(busy, 1).server();
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			// A session whose call has not begun would go at once.
			one.ask("hold");
			for (int i = 1; i <= 2_000; i++) {
				two.send(new byte[0]);
				if (i % 50 == 0) {
					long sent = i;
					await().until(() -> server.statistics().datagrams().received() > sent);
				}
			}
			assertThat(dropped(server, DatagramDrop.REJECTED)).isBetween(1_000L, 1_999L);
		}
		finally {
			busy.countDown();
		}
	}

	@Test
	void whatWaitsOfANewPeerIsCharged() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		SocketServer server = holding(busy, 1).server();
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			// A session whose call has not begun would go at once.
			one.ask("hold");
			long before = this.fixture.servers.memoryUsed();
			two.send(new byte[30_000]).send(new byte[30_000]);
			await().until(() -> this.fixture.servers.memoryUsed() >= before + 50_000);
			busy.countDown();
			await().until(() -> server.statistics().opened() == 2);
			await().untilAsserted(() -> assertThat(this.fixture.servers.memoryUsed()).isLessThan(30_000));
			server.stop(Duration.ZERO);
			await().untilAsserted(() -> assertThat(this.fixture.servers.memoryUsed()).isZero());
		}
		finally {
			busy.countDown();
		}
	}

	/** Else anybody could have the sessions of others end with forged addresses. */
	@Test
	void whatWaitsOfAllNewPeersIsAPartOfTheMemory() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(20);
		SocketServer server = this.small.calls((line, session) -> {
			held.countDown();
			busy.await();
		}, udp((spec) -> spec.limits((limits) -> limits.sessions(20))));
		List<DatagramPeer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < 20; i++) {
				peers.add(peer(server).send("hold"));
			}
			Patience.await(held);
			for (int i = 0; i < 20; i++) {
				peers.add(peer(server).send(new byte[60_000]));
				// The kernel has not much room.
				long sent = 20L + i;
				await().until(() -> server.statistics().datagrams().received() > sent);
			}
			awaitDropped(server, DatagramDrop.REJECTED, 16);
			assertThat(this.small.servers.memoryUsed()).isBetween(240_000L, 250_000L);
			assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.LIMIT_SESSIONS, 16L));
		}
		finally {
			busy.countDown();
			peers.forEach(DatagramPeer::close);
		}
	}

	/** The loop gets to the end of the server only behind that. */
	@Test
	void whoWaitsIsRefusedOnceTheServerIsStopping() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(2);
		SocketServer server = this.oneLoop.calls((line, session) -> {
			held.countDown();
			busy.await();
		}, udp((spec) -> spec.limits((limits) -> limits.sessions(2))));
		CountDownLatch stuck = new CountDownLatch(1);
		CountDownLatch goesOn = new CountDownLatch(1);
		SocketServer other = this.oneLoop.echo("other",
				(spec) -> spec.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))
					.handler(ServerFixture.messages((payload, session) -> {
						stuck.countDown();
						goesOn.await();
						return payload;
					})));
		try (DatagramPeer one = peer(server);
				DatagramPeer two = peer(server);
				DatagramPeer three = peer(server);
				DatagramPeer four = peer(server);
				Peer blocking = new Peer(other)) {
			one.send("hold");
			two.send("hold");
			Patience.await(held);
			three.send("waits");
			four.send("waits");
			await().until(() -> server.statistics().accepted() == 4);
			blocking.send("x\n");
			Patience.await(stuck);
			busy.countDown();
			await().until(() -> server.statistics().active() == 0);
			ServerOperations.of(server).beginStop(Duration.ZERO);
			goesOn.countDown();
			assertThat(server.stopped()).succeedsWithin(Patience.limit());
			assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.LIMIT_SESSIONS, 2L));
			assertThat(blocking.line()).isEqualTo("x");
		}
		finally {
			busy.countDown();
			goesOn.countDown();
		}
		assertThat(server.statistics().opened()).isEqualTo(2);
		assertThat(this.failedTasks.messages()).isEmpty();
	}

	/** Else anybody could keep the loop busy with forged addresses. */
	@Test
	void thoseWhoStayAreNotLookedAtForEachNewPeer() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("bind me")) {
				session.bind("user", session.id(), BindPolicy.REPLACE);
				session.send(line);
			}
		}, udp((spec) -> spec.limits((limits) -> limits.sessions(4_000))
			.udp((udp) -> udp.sessionTimeout(Duration.ofHours(1)))));
		try (DatagramPeer known = peer(server); DatagramPeer stranger = peer(server)) {
			known.ask("bind me");
			while (server.statistics().active() < 4_000) {
				// One whose port was that of another has its session.
				try (DatagramPeer other = peer(server)) {
					other.ask("bind me");
				}
			}
			assertThat(shortest(server, stranger)).isLessThan(20 * shortest(server, known));
			assertThat(dropped(server, DatagramDrop.REJECTED)).isEqualTo(500);
			assertThat(server.statistics().active()).isEqualTo(4_000);
		}
	}

	/** Returns how long it takes to receive 100 datagrams, in nanoseconds. */
	private static long shortest(SocketServer server, DatagramPeer peer) throws IOException {
		long shortest = Long.MAX_VALUE;
		for (int round = 0; round < 5; round++) {
			long before = server.statistics().datagrams().received();
			long begun = System.nanoTime();
			for (int i = 0; i < 100; i++) {
				peer.send("anything");
			}
			await().pollInterval(Duration.ofMillis(1))
				.until(() -> server.statistics().datagrams().received() == before + 100);
			shortest = Math.min(shortest, System.nanoTime() - begun);
		}
		return shortest;
	}

	@Test
	void whoIsBoundNoMoreCanBeDisplaced() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("bind")) {
				session.bind("user", session.id(), BindPolicy.REPLACE);
			}
			else if (line.equals("unbind")) {
				session.unbind("user", session.id());
			}
			session.send(line);
		}, udp((spec) -> spec.limits((limits) -> limits.sessions(3))));
		try (DatagramPeer one = peer(server);
				DatagramPeer two = peer(server);
				DatagramPeer three = peer(server);
				DatagramPeer four = peer(server)) {
			for (DatagramPeer each : List.of(one, two, three)) {
				each.ask("bind");
			}
			four.send("me");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			two.ask("unbind");
			assertThat(four.ask("me again")).isEqualTo("me again");
			assertThat(server.sessions().map(SocketSession::remoteAddress)).containsExactlyInAnyOrder(one.address(),
					three.address(), four.address());
			for (DatagramPeer each : List.of(one, three, four)) {
				assertThat(each.ask("there?")).isEqualTo("there?");
			}
		}
	}

	@Test
	void whoIsBoundOrAuthenticatedStays() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.startsWith("bind")) {
				session.bind("user", line, BindPolicy.REPLACE);
			}
			else if (line.startsWith("login")) {
				session.authenticate(() -> line);
			}
			session.send(line);
		}, udp((spec) -> spec.limits((limits) -> limits.sessions(2))));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server); DatagramPeer three = peer(server)) {
			one.ask("bind me");
			two.ask("login me");
			three.send("me");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_SESSIONS, 1L);
			assertThat(one.ask("on")).isEqualTo("on");
			assertThat(two.ask("on")).isEqualTo("on");
		}
	}

	@Test
	void withoutEvictionANewPeerIsRejected() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.sessions(1)).udp((udp) -> udp.evict(false)));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			one.ask("1");
			two.send("2");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			assertThat(one.ask("on")).isEqualTo("on");
		}
	}

	/** The session of one is in a call, and ends behind it. */
	@Test
	void nobodyElseGoesForANewPeerOnceEvictionIsOff() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		ChangingServer changing = holding(busy, 2);
		SocketServer server = changing.server();
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server); DatagramPeer three = peer(server)) {
			one.ask("hold");
			two.ask("bind");
			three.send("3");
			await().until(() -> this.fixture.opened.get(0).info().state() == SessionInfo.State.CLOSING);
			changing.change((spec) -> spec.udp((udp) -> udp.evict(false)));
			two.ask("unbind");
			changing.change((spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofMillis(500))));
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.detail()).startsWith("nothing came or left");
		}
		finally {
			busy.countDown();
		}
	}

	@Test
	void aNewPeerThatWaitsGetsNoSessionInAPause() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		SocketServer server = holding(busy, 1).server();
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			one.ask("hold");
			two.send("2");
			await().until(() -> this.fixture.opened.get(0).info().state() == SessionInfo.State.CLOSING);
			server.pause();
			busy.countDown();
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			assertThat(server.statistics().opened()).isEqualTo(1);
			assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_SESSIONS, 1L);
			server.resume();
			assertThat(two.ask("2 again")).isEqualTo("2 again");
		}
		finally {
			busy.countDown();
		}
	}

	/**
	 * Starts a server of so many sessions that answers, and has the call of a word last.
	 */
	private ChangingServer holding(CountDownLatch busy, int sessions) {
		return new ChangingServer(this.fixture, ServerFixture.messages((line, session) -> {
			if (line.equals("bind")) {
				session.bind("user", "2", BindPolicy.REPLACE);
			}
			else if (line.equals("unbind")) {
				session.unbind("user", "2");
			}
			session.send(line);
			if (line.equals("hold")) {
				busy.await();
			}
			return null;
		}), udp((spec) -> spec.limits((limits) -> limits.sessions(sessions))
			.udp((udp) -> udp.sessionTimeout(Duration.ofHours(1)))));
	}

	@Test
	void onlyThoseWhoAreAllowedGetASession() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.allow(List.of(Cidr.of("127.0.0.2")))));
		try (DatagramPeer other = peer(server);
				DatagramPeer allowed = new DatagramPeer(server.localAddress(), InetAddress.getByName("127.0.0.2"))) {
			other.send("one");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			assertThat(allowed.ask("two")).isEqualTo("two");
			assertThat(other.hasReceived()).isFalse();
		}
		assertThat(server.statistics().rejected()).containsExactly(Map.entry(RejectReason.DENIED, 1L));
	}

	@Test
	void tenRefusalsAreLogged() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.deny(List.of(Cidr.of("127.0.0.0/8")))));
		try (DatagramPeer peer = peer(server)) {
			for (int i = 0; i < 30; i++) {
				peer.send("x");
			}
			awaitDropped(server, DatagramDrop.REJECTED, 30);
			assertThat(this.log.messages()).filteredOn((line) -> line.contains("has refused a connection from"))
				.hasSize(10);
			assertThat(this.log.messages())
				.anyMatch((line) -> line.contains("127.0.0.1:" + peer.address().getPort()) && line.contains("DENIED"));
		}
	}

	@Test
	void aPeerWithANewPortTakesItsIdentityWithIt() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.bind("device", line, BindPolicy.REPLACE);
			session.send(line);
		}, Datagrams.UDP);
		try (DatagramPeer before = peer(server); DatagramPeer after = peer(server)) {
			before.ask("4711");
			after.ask("4711");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.REPLACED);
			await().until(() -> server.statistics().active() == 1);
			assertThat(server.sessions().map(SocketSession::remoteAddress)).containsExactly(after.address());
			assertThat(server.find("device", "4711")).hasSize(1);
		}
	}

	/** All sessions share the socket of their server. */
	@Test
	void sessionsNeedNoDescriptors() {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.limits((limits) -> limits.sessions(9_999_999)));
		assertThat(server.statistics().maxSessions()).isEqualTo(9_999_999);
	}

}
