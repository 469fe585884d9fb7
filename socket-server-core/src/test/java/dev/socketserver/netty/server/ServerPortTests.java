package dev.socketserver.netty.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ListenerSpec;
import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.server.ServerRun;
import dev.socketserver.engine.server.ServerRun.RunEvents;
import dev.socketserver.engine.server.ServerStarter;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where servers listen: free ports, ports in use, and addresses.
 */
@Tag("virtual-threads")
class ServerPortTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines ports = new LogLines(KeptPort.class);

	@Every.DefaultTransport
	void restartsOnTheSamePortAgainAndAgainUnderLiveClients(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(port).transport(transport));

		for (int i = 0; i < 50; i++) {
			InetSocketAddress address = server.localAddress();
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("up")).isEqualTo("UP");
				assertThat(ServerOperations.of(server).beginStop(Duration.ofSeconds(10))).isTrue();
				assertThat(peer.rest()).isEmpty();
			}
			Patience.await(server.stopped());
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(server.localAddress()).isNull();
			assertThat(ServerLifecycleTests.refuses(address)).isTrue();
			server.start();
		}

		assertThat(this.fixture.opened).hasSize(50);
		assertThat(this.fixture.opened.get(49).id()).isEqualTo("test-50");
		assertThat(server.statistics().closed()).containsExactly(java.util.Map.entry(CloseReason.SERVER_STOPPED, 50L));
	}

	@Test
	void whoAsksForTheKindOfTheFirstSocketWhileItIsReplacedHasAnAnswer() {
		ServerSpec one = listening("b");
		ServerSpec other = listening("a", "b");
		ServerStart start = new ServerStart(one, new EventLoops(new DaemonThreads(), 1, List::of));
		List<Protocol> answers = new ArrayList<>();
		CompletableFuture<ManagedServer> server = new CompletableFuture<>();
		server.complete(new ManagedServer(one, ManualEngine.with(new ManualTimer()), new SessionRegistry("test"),
				new ServerStarter() {

					@Override
					public ServerRun begin(ServerContext server, RunEvents owner, List<Admission> earlier) {
						throw new IllegalStateException("Nobody starts it");
					}

					@Override
					public void reconfigure(ServerSpec now) {
						answers.add(server.join().protocol());
						start.reconfigure(now);
						answers.add(server.join().protocol());
					}

					@Override
					public Protocol protocol(ListenerSpec listener) {
						return start.protocol(listener);
					}

				}));

		server.join().reconfigure(other, 2);
		server.join().reconfigure(one, 3);

		assertThat(answers).containsOnly(Protocol.TCP).hasSize(4);
	}

	private static ServerSpec listening(String... names) {
		ServerSpec.Builder spec = ServerSpec.builder("test")
			.handler(ServerHandler.function("upper", PayloadConverter.text(UTF_8), String::toUpperCase));
		for (String name : names) {
			spec.listener(name, (listener) -> listener.port(0));
		}
		return spec.build();
	}

	/** Also for those who do not try again, other programs say. */
	@Every.DefaultTransport
	void aFreePortIsDrawnOnce(SocketTransport transport) throws Exception {
		Ports.untaken(this.ports, () -> keepsItsPort(transport));
	}

	private void keepsItsPort(SocketTransport transport) throws Exception {
		this.fixture.servers.remove("test");
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(0).transport(transport));
		int port = ServerLifecycleTests.port(server);

		for (int i = 0; i < 10; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("x")).isEqualTo("X");
				if (i % 2 == 0) {
					server.restart(Duration.ZERO);
				}
				else {
					server.stop(Duration.ZERO);
					server.start();
				}
			}
			assertThat(ServerLifecycleTests.port(server)).isEqualTo(port);
		}
		assertThat(this.ports.messages()).isEmpty();
	}

	@Every.DefaultTransport
	void aFreePortThatIsTakenMeanwhileIsReplaced(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(0).transport(transport));
		int port;
		try (ServerSocket other = takePortOf(server)) {
			port = other.getLocalPort();
			server.start();
			assertThat(ServerLifecycleTests.port(server)).isNotEqualTo(port);
		}

		assertThat(this.ports.messages(Level.WARN)).last()
			.isEqualTo("Server 'test' gets another free port, " + ServerLifecycleTests.port(server) + ": " + port
					+ " has been taken meanwhile");
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("X");
		}
		Ports.untaken(this.ports, () -> {
			int moved = ServerLifecycleTests.port(server);
			server.restart(Duration.ZERO);
			assertThat(ServerLifecycleTests.port(server)).isEqualTo(moved);
		});
	}

	/** Stops a server and takes its port, unless another program was faster. */
	private static ServerSocket takePortOf(SocketServer server) throws IOException {
		while (true) {
			int port = ServerLifecycleTests.port(server);
			server.stop();
			try {
				return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
			}
			catch (BindException ex) {
				server.start();
			}
		}
	}

	@Every.DefaultTransport
	void portIsFreeWhenTheStopReturns(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(port).transport(transport));
		for (int i = 0; i < 200; i++) {
			server.stop();
			try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				assertThat(other.isBound()).isTrue();
			}
			server.start();
		}
	}

	@Every.DefaultTransport
	void portInUseSaysSoAndTheServerCanBeStartedLater(SocketTransport transport) throws Exception {
		SocketServer server;
		try (ServerSocket taken = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress())) {
			server = this.fixture.servers.register(ServerSpec.builder("taken")
				.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
				.port(taken.getLocalPort())
				.transport(transport)
				.build());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start)
				.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.PORT_IN_USE))
				.withMessageStartingWith("Server 'taken' cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ");
			assertThat(server.state()).isEqualTo(ServerState.FAILED);
			assertThat(server.failure()).isNotNull();
		}

		server.start();

		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.failure()).isNull();
	}

	@Every.DefaultTransport
	void addressesThatAreNotOursAndUnknownHostsAreDistinguished(SocketTransport transport) {
		ServerSpec.Builder spec = ServerSpec.builder("elsewhere")
			.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
			.transport(transport);
		// RFC 5737: an address for documentation belongs to no host.
		SocketServer elsewhere = this.fixture.servers.register(spec.address("192.0.2.1").build());
		assertThatExceptionOfType(ServerStartException.class).isThrownBy(elsewhere::start)
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.ADDRESS_NOT_AVAILABLE));
		this.fixture.servers.remove("elsewhere");
		SocketServer unknown = this.fixture.servers.register(spec.address("no-such-host.invalid").build());
		assertThatExceptionOfType(ServerStartException.class).isThrownBy(unknown::start)
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.UNKNOWN_HOST));
	}

	@Test
	void listensOnEveryInterfaceOnlyWhenAsked() {
		SocketServer loopback = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());
		assertThat(loopback.localAddress().getAddress().isLoopbackAddress()).isTrue();
		this.fixture.servers.remove("test");
		SocketServer any = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.address(ServerSpec.ANY_HOST));
		assertThat(any.localAddress().getAddress().isAnyLocalAddress()).isTrue();
	}

}
