package dev.socketserver.netty.settings;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.spec.gate.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How soon a change is in force where there are many sessions; with the profile
 * {@code soak}, as many as the descriptors of one process allow.
 */
class ManySessionsTests {

	private static final int COUNT = Rounds.of("settings.sessions", 1_000, 9_500);

	private static final Duration AT_ONCE = Duration.ofMillis(100);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void changesAreInForceAtOnce() throws Exception {
		ChangingServer changing = ChangingServer.upper(this.fixture,
				(spec) -> spec.limits((l) -> l.sessions(20_000)).timeouts((t) -> t.frame(null).write(null)));
		SocketServer server = changing.server();
		List<SocketChannel> peers = new ArrayList<>();
		try {
			for (int i = 0; i < COUNT; i++) {
				SocketChannel peer = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()));
				peers.add(peer);
				peer.write(ByteBuffer.wrap(new byte[] { 'a', '\n' }));
			}
			Patience.within(() -> assertThat(server.statistics().messagesReceived()).isEqualTo(COUNT));
			List<Duration> passed = new ArrayList<>();
			for (int round = 0; round < 3; round++) {
				passed.add(end(changing, (spec) -> spec.timeouts((t) -> t.firstFrame(Duration.ofMillis(1)))));
				changing.change((spec) -> spec.timeouts((t) -> t.firstFrame(null)));
			}
			// The others may have waited for a processor.
			assertThat(Collections.min(passed)).isLessThan(AT_ONCE);
			isRated(changing);
			assertThat(server.sessions()).hasSize(COUNT);
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	/** Ends one of the peers, which is overdue, and returns how long that has taken. */
	private static Duration end(ChangingServer changing, UnaryOperator<ServerSpec.Builder> change) throws Exception {
		Duration passed;
		try (Peer overdue = new Peer(changing.server())) {
			Patience.within(() -> assertThat(changing.server().sessions()).hasSize(COUNT + 1));
			changing.change(change);
			passed = Patience.timed(overdue::rest);
		}
		Patience.within(() -> assertThat(changing.server().sessions()).hasSize(COUNT));
		return passed;
	}

	private static void isRated(ChangingServer changing) throws Exception {
		changing.change((spec) -> spec.rate((rate) -> rate.messages(Rate.messages("7/s"))));
		Patience.within(AT_ONCE, () -> assertThat(changing.server().sessions())
			.allMatch((session) -> SessionOperations.of(session).rate() != null));
	}

}
