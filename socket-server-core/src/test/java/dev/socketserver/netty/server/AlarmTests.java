package dev.socketserver.netty.server;

import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for alarms about sessions and refused connections.
 */
@Tag("virtual-threads")
class AlarmTests {

	private final BlockingQueue<String> alarms = new LinkedBlockingQueue<>();

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void alarm(SocketServer server, Alarm alarm) {
			String where = (Thread.currentThread() instanceof IoThread) ? " on an I/O thread" : "";
			AlarmTests.this.alarms.add(alarm.kind() + " " + alarm.detail() + where);
		}

	}));

	private final Deque<Peer> peers = new ArrayDeque<>();

	@AfterEach
	void stop() throws Exception {
		while (!this.peers.isEmpty()) {
			this.peers.pop().close();
		}
		this.servers.close();
	}

	@Every.Way
	void manySessionsAlarmOnceAndAgainAfterTheyWereFewer(ServerFixture.Way way) throws Exception {
		SocketServer server = lines((spec) -> way.spec().apply(spec).limits((l) -> l.sessions(10)));

		open(server, 7);
		assertThat(this.alarms).isEmpty();
		open(server, 1);
		assertThat(next())
			.isEqualTo("SESSIONS 8 of 10 sessions (limits.sessions) are open" + (way.tls() ? " or pending" : ""));
		open(server, 2);
		closeTo(server, 6);
		open(server, 2);
		// Far below the mark: the places of the last to go may be given back late.
		closeTo(server, 1);
		assertThat(this.alarms).isEmpty();
		open(server, 7);
		assertThat(next()).startsWith("SESSIONS 8 of 10");
		assertThat(this.alarms).isEmpty();
	}

	/** Nobody must look for sessions where there are only places that are taken. */
	@Test
	void connectionsThatAreNotSessionsYetAlarmAsSuch() throws Exception {
		SocketServer server = lines((spec) -> spec.limits((l) -> l.sessions(2))
			.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.1")))));

		this.peers.push(new Peer(server));
		this.peers.push(new Peer(server));

		assertThat(next()).isEqualTo("SESSIONS 2 of 2 sessions (limits.sessions) are open or pending");
		assertThat(server.statistics().active()).isZero();
	}

	@Test
	void theMarkIsChosen() throws Exception {
		SocketServer server = lines((spec) -> spec.limits((l) -> l.sessions(3).alarm(50)));

		open(server, 2);

		assertThat(next()).startsWith("SESSIONS 2 of 3");
	}

	@Test
	void thereIsNoAlarmWithoutAMarkNorForAOneShot() throws Exception {
		SocketServer server = lines((spec) -> spec.limits((l) -> l.sessions(2).onFull(OnFull.WAIT).alarm(0)));
		open(server, 2);
		this.servers.remove("test");
		SocketServer shot = lines((spec) -> spec.oneShot(true));
		open(shot, 1);
		shot.stop();

		assertThat(this.alarms).isEmpty();
	}

	@Test
	void manyRefusedConnectionsAlarmOnce() throws Exception {
		SocketServer server = lines((spec) -> spec.limits((l) -> l.sessions(1).alarm(0)));
		open(server, 1);

		refused(server, 99);
		assertThat(this.alarms).isEmpty();
		refused(server, 1);
		assertThat(next())
			.isEqualTo("REJECTIONS 100 connections were refused within 60 s, the last with LIMIT_SESSIONS");
		refused(server, 150);
		assertThat(this.alarms).isEmpty();
	}

	private SocketServer lines(UnaryOperator<ServerSpec.Builder> spec) {
		SocketServer server = this.servers.register(spec.apply(ServerSpec.builder("test")
			.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> line))).build());
		server.start();
		return server;
	}

	private void open(SocketServer server, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			Peer peer = new Peer(server);
			assertThat(peer.ask("x")).isEqualTo("x");
			this.peers.push(peer);
		}
	}

	private void closeTo(SocketServer server, int left) throws Exception {
		while (this.peers.size() > left) {
			this.peers.pop().close();
		}
		await().until(() -> server.sessions().count() == left);
		// The place is given back after that.
		await().until(() -> ((ManagedServer) server).admission().sessions().taken() == left);
	}

	private void refused(SocketServer server, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.sawReset()).isTrue();
			}
			catch (SocketException ex) {
				assertThat(ex).as("before connect returned").isNotNull();
			}
		}
	}

	private String next() throws InterruptedException {
		return Patience.next(this.alarms);
	}

}
