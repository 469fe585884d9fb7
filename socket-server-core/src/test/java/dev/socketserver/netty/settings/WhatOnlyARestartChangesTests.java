package dev.socketserver.netty.settings;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Settings that a running server refuses, and one that is stopped takes.
 */
class WhatOnlyARestartChangesTests {

	private static final ServerHandler HANDLER = ServerHandler.function("upper", PayloadConverter.text(UTF_8),
			String::toUpperCase);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	private final LogLines ports = new LogLines(KeptPort.class);

	@ParameterizedTest
	@EnumSource
	void isRefusedByNameAndChangesNothing(Fixed fixed) throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture, HANDLER, (spec) -> spec.farewell("bye"));
		ServerSpec before = changing.server().spec();
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> changing.change((spec) -> fixed.change.apply(spec.farewell("never"))))
			.withMessageContaining(", but can only be changed by a restart: it is ")
			.extracting(InvalidSpecException::component)
			.isEqualTo(fixed.component);
		assertThat(changing.server().spec()).isSameAs(before);
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(changing.server().sessions()).allMatch((session) -> session.settingsVersion() == 1);
		}
	}

	@Test
	void isTakenByAServerThatIsStopped() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture, HANDLER, UnaryOperator.identity());
		SocketServer server = changing.server();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
		}
		server.stop();
		int port = Ports.free();
		long version = changing.change((spec) -> spec.transport(SocketTransport.NIO)
			.port(port)
			.listener("second", (second) -> second.port(0))
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(server.listeners()).extracting(ListenerStatus::state).containsOnly(ListenerState.CLOSED);
		server.start();
		assertThat(server.port()).isEqualTo(port);
		assertThat(server.transport()).isEqualTo(SocketTransport.NIO);
		assertThat(server.listeners()).extracting(ListenerStatus::name).containsExactly("main", "second");
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(server.sessions()).allMatch((session) -> session.settingsVersion() == version);
		}
		assertThat(server.statistics().accepted()).isEqualTo(2);
	}

	@Test
	void nameIsThatOfAnotherServer() {
		SocketServer server = this.fixture.lines(String::toUpperCase, UnaryOperator.identity());
		ServerSpec other = ServerSpec.builder("other").handler(HANDLER).build();
		server.stop();
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ServerOperations.of(server).reconfigure(other, 2))
			.withMessage("name is other, but is that of another server: this one is 'test'");
	}

	@Test
	void drawnPortIsKeptWhereverItListens() throws Exception {
		Ports.untaken(this.ports, this::keepsItsPortWhereverItListens);
	}

	private void keepsItsPortWhereverItListens() throws Exception {
		this.fixture.servers.remove("test");
		ChangingServer changing = new ChangingServer(this.fixture, HANDLER, UnaryOperator.identity());
		SocketServer server = changing.server();
		int drawn = server.port();
		List<UnaryOperator<ServerSpec.Builder>> changes = List.of((spec) -> spec.farewell("bye"),
				(spec) -> spec.backlog(7), (spec) -> spec.address("any"), (spec) -> spec.transport(SocketTransport.NIO),
				(spec) -> spec.port(0).listener("second", (second) -> second.port(0)));
		for (UnaryOperator<ServerSpec.Builder> change : changes) {
			server.stop();
			changing.change(change);
			server.start();
			assertThat(server.port()).isEqualTo(drawn);
		}
	}

	@Test
	void drawnPortIsTakenAgainAfterAnother() throws Exception {
		Ports.untaken(this.ports, this::takesItsPortAgainAfterAnother);
	}

	private void takesItsPortAgainAfterAnother() throws Exception {
		this.fixture.servers.remove("test");
		ChangingServer changing = new ChangingServer(this.fixture, HANDLER, UnaryOperator.identity());
		SocketServer server = changing.server();
		int drawn = server.port();
		server.stop();
		changing.change((spec) -> spec.port(Ports.free()));
		server.start();
		assertThat(server.port()).isNotEqualTo(drawn);
		server.stop();
		changing.change((spec) -> spec.port(0));
		server.start();
		assertThat(server.port()).isEqualTo(drawn);
	}

	@Test
	void listenerThatComesBackHasItsPortAgainAndItsCounters() throws Exception {
		Ports.untaken(this.ports, this::listenerHasItsPortAgainAndItsCounters);
	}

	private void listenerHasItsPortAgainAndItsCounters() throws Exception {
		this.fixture.servers.remove("test");
		UnaryOperator<ServerSpec.Builder> two = (spec) -> spec.port(0).listener("second", (second) -> second.port(0));
		SocketServer server = this.fixture.servers.register(spec(two));
		server.start();
		List<Integer> ports = ports(server);
		try (Peer peer = new Peer(ports.get(1), 0)) {
			assertThat(peer.ask("a")).isEqualTo("A");
		}
		for (UnaryOperator<ServerSpec.Builder> change : List.of(UnaryOperator.<ServerSpec.Builder>identity(), two)) {
			server.stop();
			ServerOperations.of(server).reconfigure(spec(change), 2);
			server.start();
		}
		assertThat(ports(server)).isEqualTo(ports);
		assertThat(server.listeners()).extracting(ListenerStatus::accepted).containsExactly(0L, 1L);
	}

	private static ServerSpec spec(UnaryOperator<ServerSpec.Builder> settings) {
		return settings.apply(ServerSpec.builder("test").handler(HANDLER)).build();
	}

	private static List<Integer> ports(SocketServer server) {
		return server.listeners().stream().map(ListenerStatus::port).toList();
	}

	@Test
	void restartHasTheSettingsThatAreInForce() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture, HANDLER,
				(spec) -> spec.limits((l) -> l.sessions(1)));
		changing.change((spec) -> spec.limits((l) -> l.sessions(2)));
		changing.server().restart(Duration.ofSeconds(20));
		Patience.within(() -> assertThat(changing.server().state()).isEqualTo(ServerState.RUNNING));
		assertThat(changing.server().statistics().maxSessions()).isEqualTo(2);
		try (Peer first = new Peer(changing.server()); Peer second = new Peer(changing.server())) {
			assertThat(first.ask("a")).isEqualTo("A");
			assertThat(second.ask("b")).isEqualTo("B");
		}
	}

	@Test
	void pausedServerStaysPausedAndTakesOthers() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture, HANDLER, UnaryOperator.identity());
		assertThat(changing.server().pause()).isTrue();
		changing.handler(ServerHandler.function("lower", PayloadConverter.text(UTF_8), String::toLowerCase));
		assertThat(changing.server().state()).isEqualTo(ServerState.PAUSED);
		try (Peer waits = new Peer(changing.server())) {
			assertThat(changing.server().resume()).isTrue();
			assertThat(waits.ask("A")).isEqualTo("a");
		}
	}

	/** What only a restart can change. */
	enum Fixed {

		PORT("port", (spec) -> spec.port(1)),

		ADDRESS("address", (spec) -> spec.address("any")),

		BACKLOG("backlog", (spec) -> spec.backlog(7)),

		PROTOCOL("protocol", (spec) -> spec.udp((udp) -> udp)),

		UNIX("domainSocket", (spec) -> spec.domainSocket((socket) -> socket.path("@changed"))),

		LISTENERS("listeners", (spec) -> spec.port(0).listener("second", (second) -> second.port(0))),

		TRANSPORT("transport", (spec) -> spec.transport(SocketTransport.NIO)),

		THREADS("threads", (spec) -> spec.threads((threads) -> threads.name("other {name}"))),

		EXECUTION("execution", (spec) -> spec.execution((execution) -> execution.threads(3))),

		TLS("ssl", (spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))),

		REUSE_PORT("options.reusePort", (spec) -> spec.options((options) -> options.reusePort(true))),

		BUFFER("options.receiveBuffer", (spec) -> spec.options((options) -> options.receiveBuffer(10_000)));

		private final String component;

		private final UnaryOperator<ServerSpec.Builder> change;

		Fixed(String component, UnaryOperator<ServerSpec.Builder> change) {
			this.component = component;
			this.change = change;
		}

	}

}
