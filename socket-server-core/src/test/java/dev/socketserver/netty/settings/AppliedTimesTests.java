package dev.socketserver.netty.settings;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.junit.Undisturbed;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.Timeouts;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Times that hold for open sessions, too, from the last byte or the beginning of a
 * session on.
 */
class AppliedTimesTests {

	/** Nothing on this machine takes so long. */
	private static final Duration LONG = Duration.ofHours(1);

	private static final Duration SHORT = Duration.ofMillis(100);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Else times are over too soon, and what ends at once ends late. */
	@RegisterExtension
	final Undisturbed undisturbed = new Undisturbed(SHORT.dividedBy(2), () -> {
		this.fixture.remove("test");
		this.fixture.customizers.clear();
	});

	private ChangingServer server(UnaryOperator<Timeouts> times) {
		return ChangingServer.upper(this.fixture,
				(spec) -> spec.timeouts((t) -> times.apply(t.frame(null).write(null))));
	}

	/** Returns when nothing has come from the peers for longer than a short time. */
	private static void beSilent() {
		long end = System.nanoTime() + 2 * SHORT.toNanos();
		Patience.within(() -> assertThat(System.nanoTime()).isGreaterThan(end));
	}

	/** Changes something because of which a peer sees the end of its connection. */
	private static void ends(Peer peer, Runnable change) throws Exception {
		Duration passed = Patience.timed(() -> {
			change.run();
			return peer.rest();
		});
		assertThat(passed).isLessThan(Duration.ofMillis(100));
	}

	@Test
	void idleTimeThatIsNewCountsFromTheLastByte() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		Peer silent = new Peer(changing.server());
		try (Peer busy = new Peer(changing.server())) {
			assertThat(silent.ask("a")).isEqualTo("A");
			beSilent();
			assertThat(busy.ask("a")).isEqualTo("A");
			ends(silent, () -> changing.change((spec) -> spec.timeouts((t) -> t.idle(Duration.ofMillis(190)))));
			silent.close();
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
			assertThat(status.detail()).isEqualTo("nothing received for 190 ms");
			assertThat(this.fixture.nextClosed().reason()).as("the other, later").isEqualTo(CloseReason.IDLE_TIMEOUT);
		}
	}

	/** What it gives up by itself, the system gives no less time than writes have. */
	@Test
	void writeTimeThatIsLongerIsThatOfTheSystem() throws Exception {
		AtomicReference<Channel> connection = new AtomicReference<>();
		this.fixture.customizers.add((pipeline, spec) -> connection.set(pipeline.channel()));
		ChangingServer changing = server((t) -> t.write(Duration.ofSeconds(30)));
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			Channel channel = connection.get();
			assumeTrue(channel instanceof EpollSocketChannel);
			assertThat(userTimeout(channel)).isEqualTo(120_000);
			changing.change((spec) -> spec.timeouts((t) -> t.write(Duration.ofMinutes(5))));
			Patience.within(() -> assertThat(userTimeout(channel)).isEqualTo(300_000));
			changing.change((spec) -> spec.timeouts((t) -> t.write(Duration.ofSeconds(30))));
			changing.change((spec) -> spec.timeouts((t) -> t.write(null)));
			Patience.within(() -> assertThat(userTimeout(channel)).isZero());
		}
	}

	@Test
	void writeTimeThatChangesBeforeTheSessionBeginsIsThatOfTheSystem() throws Exception {
		AtomicReference<Channel> connection = new AtomicReference<>();
		this.fixture.customizers.add((pipeline, spec) -> connection.set(pipeline.channel()));
		ChangingServer changing = ChangingServer
			.upper(this.fixture, (spec) -> spec.timeouts((t) -> t.write(Duration.ofSeconds(30)))
				.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.0/30")))));
		try (Peer peer = new Peer(changing.server())) {
			Patience.within(() -> assertThat(changing.server().statistics().pending()).isOne());
			changing.change((spec) -> spec.timeouts((t) -> t.write(Duration.ofMinutes(5))));
			assertThat(peer.send("PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\r\n").ask("a")).isEqualTo("A");
			Channel channel = connection.get();
			assumeTrue(channel instanceof EpollSocketChannel);
			Patience.within(() -> assertThat(userTimeout(channel)).isEqualTo(300_000));
		}
	}

	private static int userTimeout(Channel channel) {
		return channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT);
	}

	@Test
	void idleTimeThatIsShorterEndsWhoIsOverdue() throws Exception {
		ChangingServer changing = server((t) -> t.idle(LONG));
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			beSilent();
			ends(peer, () -> changing.change((spec) -> spec.timeouts((t) -> t.idle(SHORT))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
		}
	}

	@Test
	void idleTimeThatIsLongerOrNoneSparesWhoIsSilent() throws Exception {
		ChangingServer changing = server((t) -> t.idle(Duration.ofSeconds(1)));
		try (Peer silent = new Peer(changing.server())) {
			assertThat(silent.ask("a")).isEqualTo("A");
			changing.change((spec) -> spec.timeouts((t) -> t.idle(LONG)));
			long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
			Patience.within(() -> assertThat(System.nanoTime()).isGreaterThan(end));
			assertThat(silent.ask("b")).isEqualTo("B");
			changing.change((spec) -> spec.timeouts((t) -> t.idle(null)));
			assertThat(silent.ask("c")).isEqualTo("C");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void ageCountsFromTheBeginning() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			beSilent();
			ends(peer, () -> changing.change((spec) -> spec.timeouts((t) -> t.session(SHORT))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SESSION_TIMEOUT);
		}
	}

	@Test
	void firstFrameCountsFromTheBeginning() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer peer = new Peer(changing.server())) {
			ServerFixture.session(changing.server());
			beSilent();
			ends(peer, () -> changing.change((spec) -> spec.timeouts((t) -> t.firstFrame(SHORT))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
		}
	}

	@Test
	void frameCountsFromTheLastByte() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer peer = new Peer(changing.server())) {
			peer.send("half");
			Patience.within(() -> assertThat(changing.server().sessions())
				.allMatch((session) -> session.info().bytesReceived() == 4)
				.hasSize(1));
			beSilent();
			ends(peer, () -> changing.change((spec) -> spec.timeouts((t) -> t.frame(SHORT))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
		}
	}

	@Test
	void frameThatIsUnderWayHasTheShorterTime() throws Exception {
		ChangingServer changing = server((t) -> t.frame(LONG).firstFrame(LONG).idle(LONG));
		try (Peer peer = new Peer(changing.server())) {
			peer.send("half");
			Patience.still(() -> changing.server().statistics().bytesReceived());
			beSilent();
			ends(peer, () -> changing.change((spec) -> spec.timeouts((t) -> t.frame(SHORT))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
		}
	}

	@Test
	void writeThatIsStuckHasTheNewTime() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		changing.change((spec) -> spec.outbound((out) -> out.bytes(100_000_000)));
		try (Peer peer = new Peer(changing.server(), 4096)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			ServerFixture.session(changing.server()).send("x".repeat(20_000_000));
			beSilent();
			changing.change((spec) -> spec.timeouts((t) -> t.write(SHORT)));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
		}
	}

	@Test
	void callsThatAreUnderWayAreReportedByTheNewTime() throws Exception {
		CountDownLatch returns = new CountDownLatch(1);
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("stuck", PayloadConverter.text(UTF_8), (line) -> {
					Patience.hold(returns);
					return line;
				}), (spec) -> spec.timeouts((t) -> t.handler(LONG)));
		try (Peer peer = new Peer(changing.server())) {
			peer.send("a\n");
			Patience.within(() -> assertThat(changing.server().statistics().messagesReceived()).isOne());
			assertThat(changing.server().statistics().stuckSessions()).isZero();
			changing.change((spec) -> spec.timeouts((t) -> t.handler(SHORT)));
			Patience.within(() -> assertThat(changing.server().statistics().stuckSessions()).isOne());
			changing.change((spec) -> spec.timeouts((t) -> t.handler(null)));
			returns.countDown();
			assertThat(peer.line()).isEqualTo("a");
			Patience.within(() -> assertThat(changing.server().statistics().stuckSessions()).isZero());
		}
	}

}
