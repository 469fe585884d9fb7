package dev.socketserver.netty.settings;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Settings that change while a run of the server begins, which has taken a part of them.
 */
class ChangesDuringAStartTests {

	private static final Runnable NOTHING = () -> {
	};

	/** The loop that a session keeps busy binds nothing. */
	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@Test
	void areRefusedAndTheirVersionIsNot() throws Exception {
		CountDownLatch kept = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		SocketServer busy = this.fixture.lines((line) -> {
			kept.countDown();
			Patience.hold(go);
			return line;
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		ServerSpec before = spec(UnaryOperator.identity());
		ServerSpec denying = spec((spec) -> spec.limits((l) -> l.deny(List.of(Cidr.of("127.0.0.0/8")))));
		SocketServer server = this.fixture.servers.register(before);
		FutureTask<?> start = new FutureTask<>(server::start, null);
		Thread starter = new Thread(start);
		try (Peer keeper = new Peer(busy)) {
			keeper.send("x\n");
			Patience.await(kept);
			starter.start();
			Awaitility.await().until(() -> starter.getState() == Thread.State.WAITING);
			assertThat(server.state()).isEqualTo(ServerState.STARTING);

			assertThatIllegalStateException().isThrownBy(() -> ServerOperations.of(server).reconfigure(denying, 2))
				.withMessage("Server 'starting' is STARTING: its settings can be changed when that is over");

			assertThat(server.spec()).isSameAs(before);
			ServerOperations.of(server).reconfigure(before, 3);
		}
		finally {
			go.countDown();
		}
		Patience.await(start);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(server.sessions()).allMatch((session) -> session.settingsVersion() == 3);
		}
		ServerOperations.of(server).reconfigure(denying, 4);
		assertThat(Peer.isRefused(server)).isTrue();
	}

	private static ServerSpec spec(UnaryOperator<ServerSpec.Builder> settings) {
		return settings
			.apply(ServerSpec.builder("starting")
				.handler(ServerHandler.function("upper", PayloadConverter.text(UTF_8), String::toUpperCase)))
			.build();
	}

	/** As when an operator restarts it while a bundle is read. */
	@Test
	void areThoseOfARunThatHasBegunSinceTheyWereMade() throws Exception {
		AtomicReference<Runnable> meanwhile = new AtomicReference<>(NOTHING);
		TlsMaterial material = Certificates.TRUSTED.material("localhost", () -> meanwhile.getAndSet(NOTHING).run());
		ChangingServer changing = ChangingServer.upper(this.fixture,
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		SocketServer server = changing.server();
		Tls next = Certificates.patient(new TlsBundle("next", material));
		meanwhile.set(() -> {
			server.stop();
			server.start();
		});

		long version = changing.change((spec) -> spec.limits((l) -> l.sessions(1)).tls(next));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(server.sessions()).allMatch((session) -> session.settingsVersion() == version);
			assertThat(Peer.isRefused(server)).isTrue();
		}
	}

}
