package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.process.LiveHeap;
import dev.socketserver.operator.ServerOperations;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Many peers of one address that say nothing, beside some that log in. */
class SilentPeersTests {

	private static final int SILENT = Rounds.of("socketserver.silent-peers", 500, 5_000);

	private static final int LOGINS = 100;

	/** So many sessions may not be logged in. */
	private static final int STRANGERS = 150;

	/** Besides what the test itself needs for each of its connections. */
	private static final double MOST_MEGABYTES = 4;

	private static final double MEGABYTES_A_CONNECTION = 0.002;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void allThatLogInAreServedAndTheHeapIsBounded() throws Exception {
		SessionHandler handler = (payload, session) -> {
			if (payload.equals("login")) {
				session.authenticate(() -> "meter");
			}
			return payload;
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("login", handler),
				(spec) -> spec.limits((limits) -> limits.sessions(2 * STRANGERS + LOGINS))
					.login((login) -> login.timeout(Duration.ofMinutes(5)).sessions(STRANGERS)));
		List<SocketChannel> silent = new ArrayList<>();
		List<Peer> logged = new ArrayList<>();
		double before = LiveHeap.bytes() / 1e6;
		try {
			for (int i = 0; i < SILENT; i++) {
				silent.add(silent(server));
				if (i % (SILENT / LOGINS) == 0) {
					Peer peer = new Peer(server, "127.0.2." + (1 + logged.size()));
					assertThat(peer.ask("hello")).isEqualTo("hello");
					logged.add(peer);
				}
				if (logged.size() > 1 && i % (SILENT / LOGINS) == 1) {
					assertThat(logged.get(logged.size() - 2).ask("login")).isEqualTo("login");
				}
			}
			for (Peer peer : logged) {
				assertThat(peer.ask("login")).isEqualTo("login");
			}
			Awaitility.await().until(() -> ServerOperations.of(server).unauthenticated() <= STRANGERS);
			assertThat(logged).hasSize(LOGINS);
			assertThat(server.statistics().rejected()).isEmpty();
			assertThat(LiveHeap.bytes() / 1e6 - before).as("megabytes")
				.isLessThan(MOST_MEGABYTES + MEGABYTES_A_CONNECTION * SILENT + 0.07 * LOGINS);
		}
		finally {
			Opened.closeAll(silent);
			Opened.closeAll(logged);
		}
	}

	private static SocketChannel silent(SocketServer server) throws IOException {
		SocketChannel channel = SocketChannel.open();
		channel.bind(new InetSocketAddress("127.0.1.1", 0));
		channel.connect(Objects.requireNonNull(server.localAddress()));
		return channel;
	}

}
