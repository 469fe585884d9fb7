package dev.socketserver.netty.tls;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import dev.socketserver.tls.TlsMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class TlsReloadTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	private static final int CONNECTIONS = Rounds.of("tls.connections", 80, 2_000);

	private static final int RELOADS = Rounds.SOAK ? 100 : 8;

	private static final Runnable NOTHING = () -> {
	};

	private final List<Alarm> alarms = new CopyOnWriteArrayList<>();

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void alarm(SocketServer server, Alarm alarm) {
			TlsReloadTests.this.alarms.add(alarm);
		}

	}));

	@AfterEach
	void stop() {
		this.servers.close();
	}

	private SocketServer start(String name, Tls tls) {
		SocketServer server = register(name, tls, 0);
		server.start();
		return server;
	}

	private SocketServer register(String name, Tls tls, int port) {
		return this.servers.register(ServerSpec.builder(name)
			.handler(ServerHandler.function("same", PayloadConverter.text(UTF_8), UnaryOperator.identity()))
			.tls(tls)
			.port(port)
			.build());
	}

	private static String subject(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
			return peer.tls().getPeerPrincipal().getName();
		}
	}

	@Test
	void openSessionsLiveAndNewOnesSeeTheNewCertificate() throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("n0");
		SocketServer first = start("first", Tls.of(bundle));
		SocketServer second = start("second", Tls.of(bundle));
		List<Peer> open = new ArrayList<>();
		try {
			for (int i = 1; i <= RELOADS; i++) {
				open.add(new Peer(first));
				bundle.replace(AUTHORITY.server("n" + i));
				assertThat(subject(first)).isEqualTo("CN=n" + i);
				assertThat(subject(second)).isEqualTo("CN=n" + i);
			}
			for (Peer peer : open) {
				assertThat(peer.ask("still here")).isEqualTo("still here");
			}
		}
		finally {
			Opened.closeAll(open);
		}
		assertThat(this.alarms).isEmpty();
	}

	/**
	 * A handshake takes what is there when its ClientHello was received, and keeps it:
	 * none fails because of a reload, whatever is in between.
	 */
	@Test
	void noHandshakeFailsThoughReloadsNeverEnd() throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("n0");
		SocketServer server = start("first", Tls.of(bundle, ClientAuth.WANT));
		List<TlsMaterial> materials = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			materials.add(AUTHORITY.server("n" + i, AUTHORITY));
		}
		// Trusts no one, which cannot be used here.
		materials.add(AUTHORITY.server("untrusting"));
		AtomicBoolean over = new AtomicBoolean();
		Thread reloads = new Thread(() -> {
			for (int i = 0; !over.get(); i++) {
				bundle.replace(materials.get(i % materials.size()));
			}
		});
		reloads.start();
		try {
			ExecutorService peers = Executors.newFixedThreadPool(4);
			List<Future<?>> asked = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				asked.add(peers.submit(() -> {
					assertThat(subject(server)).startsWith("CN=n");
					return null;
				}));
			}
			peers.shutdown();
			for (Future<?> each : asked) {
				Patience.await(each);
			}
		}
		finally {
			over.set(true);
			reloads.join();
		}
		assertThat(server.statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.SUCCESS, (long) CONNECTIONS));
		bundle.replace(materials.get(2));
		assertThat(subject(server)).isEqualTo("CN=n2");
	}

	@Test
	void whatCannotBeUsedIsReportedOnceAndDoesNotReplaceWhatCan() throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("good");
		SocketServer server = start("first", Tls.of(bundle, ClientAuth.WANT));

		bundle.reloadFailed(new IllegalStateException("no such file"));
		bundle.reloadFailed(new IllegalStateException("no such file"));
		bundle.replace(AUTHORITY.server("untrusting"));

		assertThat(subject(server)).isEqualTo("CN=good");
		await().untilAsserted(() -> assertThat(this.alarms).singleElement().satisfies((alarm) -> {
			assertThat(alarm.kind()).isEqualTo(Alarm.Kind.TLS);
			assertThat(alarm.detail()).contains("SSL bundle 'good'", "no such file");
			assertThat(alarm.cause()).hasMessage("no such file");
		}));
		bundle.replace(AUTHORITY.server("better", AUTHORITY));
		assertThat(subject(server)).isEqualTo("CN=better");
		bundle.reloadFailed(new IllegalStateException("again"));
		await().untilAsserted(() -> assertThat(this.alarms).hasSize(2));
	}

	@Test
	void stoppedServerIsNotNotifiedAndStartsWithTheNewest() throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("old");
		SocketServer server = start("first", Tls.of(bundle));
		server.stop();

		bundle.reloadFailed(new IllegalStateException("not needed"));
		bundle.replace(AUTHORITY.server("new"));
		server.start();

		assertThat(this.alarms).isEmpty();
		assertThat(subject(server)).isEqualTo("CN=new");
	}

	private void assertNotifiedOfReloadsFromNowOn(TlsBundle bundle) {
		bundle.reloadFailed(new IllegalStateException("no such file"));

		await().until(() -> !this.alarms.isEmpty());
		assertThat(this.alarms).extracting((alarm) -> String.valueOf(alarm.cause()))
			.containsExactly("java.lang.IllegalStateException: no such file");
	}

	@Test
	void serverThatCouldNotStartIsNotNotified() throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("old");
		SocketServer server;
		try (ServerSocket taken = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress())) {
			server = register("first", Tls.of(bundle), taken.getLocalPort());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start);
		}
		bundle.reloadFailed(new IllegalStateException("not needed"));

		server.start();
		assertNotifiedOfReloadsFromNowOn(bundle);
	}

	/** As when somebody stops it while other bundles are just put in force. */
	@Test
	void serverThatIsStoppedWhileItTakesOtherBundlesIsNotNotified() throws Exception {
		AtomicReference<Runnable> made = new AtomicReference<>(NOTHING);
		AtomicReference<Runnable> inForce = new AtomicReference<>(NOTHING);
		TlsMaterial first = AUTHORITY.material("first", () -> made.getAndSet(NOTHING).run());
		TlsMaterial second = AUTHORITY.material("second", () -> inForce.getAndSet(NOTHING).run());
		TlsBundle replaced = new TlsBundle("replaced", first);
		TlsBundle other = AUTHORITY.bundle("other");
		SocketServer server = this.servers.register(spec(AUTHORITY.bundle("old"), AUTHORITY.bundle("old")));
		server.start();
		ServerSpec next = spec(replaced, other);
		made.set(() -> replaced.replace(second));
		inForce.set(server::stop);

		ServerOperations.of(server).reconfigure(next, 2);

		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		for (TlsBundle each : List.of(replaced, other)) {
			AtomicInteger asked = new AtomicInteger();
			TlsMaterial third = AUTHORITY.material("third", asked::incrementAndGet);
			asked.set(0);
			each.replace(third);
			assertThat(asked).as(each.name()).hasValue(0);
		}
	}

	private static ServerSpec spec(TlsBundle main, TlsBundle second) {
		return ServerSpec.builder("two")
			.handler(ServerHandler.function("same", PayloadConverter.text(UTF_8), UnaryOperator.identity()))
			.port(0)
			.tls(Tls.of(main))
			.listener("second", (listener) -> listener.port(0).tls(Tls.of(second)))
			.build();
	}

	@ParameterizedTest
	@EnumSource
	void sessionsThatAreKeptHaveNobodyNotifiedOfReloads(TlsMode mode) throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("old");
		SocketServer server = start("first", Objects.requireNonNull(Tls.with(Tls.of(bundle), (tls) -> tls.mode(mode))));
		try (Peer kept = new Peer(server)) {
			assertThat(kept.ask("x")).isEqualTo("x");
			server.closeListener();
			bundle.reloadFailed(new IllegalStateException("not needed"));

			server.start();
			assertNotifiedOfReloadsFromNowOn(bundle);
			assertThat(kept.ask("y")).isEqualTo("y");
		}
	}

}
