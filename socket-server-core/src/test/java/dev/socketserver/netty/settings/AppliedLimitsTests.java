package dev.socketserver.netty.settings;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.address.Cidr;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.OnFull;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits for connections that arrive: nobody who is connected is cut by a smaller one.
 */
class AppliedLimitsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private ChangingServer server(UnaryOperator<ServerSpec.Builder> first) {
		return ChangingServer.upper(this.fixture, first);
	}

	private static List<Peer> connect(ChangingServer changing, int count) throws IOException {
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Peer peer = new Peer(changing.server());
			peers.add(peer);
			assertThat(peer.ask("a")).isEqualTo("A");
		}
		return peers;
	}

	private static void goOn(List<Peer> peers) throws IOException {
		for (Peer peer : peers) {
			assertThat(peer.ask("b")).isEqualTo("B");
		}
	}

	private static void isRefused(ChangingServer changing, RejectReason reason) throws Exception {
		ServerStatistics statistics = changing.server().statistics();
		long before = statistics.rejected().getOrDefault(reason, 0L);
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.sawReset()).isTrue();
		}
		catch (SocketException ex) {
			// It was refused before it could be set up.
		}
		assertThat(statistics.rejected()).containsEntry(reason, before + 1);
	}

	@Test
	void sessionsMayBeFewerOrMore() throws Exception {
		ChangingServer changing = server((spec) -> spec.limits((l) -> l.sessions(100)));
		List<Peer> peers = connect(changing, 5);
		changing.change((spec) -> spec.limits((l) -> l.sessions(3)));
		assertThat(changing.server().statistics().maxSessions()).isEqualTo(3);
		isRefused(changing, RejectReason.LIMIT_SESSIONS);
		goOn(peers);
		Opened.closeAll(peers.subList(0, 3));
		awaitTaken(changing, 2);
		List<Peer> third = connect(changing, 1);
		isRefused(changing, RejectReason.LIMIT_SESSIONS);
		changing.change((spec) -> spec.limits((l) -> l.sessions(4)));
		third.addAll(connect(changing, 1));
		isRefused(changing, RejectReason.LIMIT_SESSIONS);
		Opened.closeAll(third);
		Opened.closeAll(peers);
		isLevel(changing);
	}

	@Test
	void whoWaitsForRoomIsAcceptedWhenThereMayBeMore() throws Exception {
		ChangingServer changing = server((spec) -> spec.limits((l) -> l.sessions(2).onFull(OnFull.WAIT)));
		List<Peer> peers = connect(changing, 2);
		try (Peer waits = new Peer(changing.server()); Peer later = new Peer(changing.server())) {
			waits.send("c\n");
			later.send("d\n");
			changing.change((spec) -> spec.limits((l) -> l.sessions(3)));
			assertThat(waits.line()).isEqualTo("C");
			changing.change((spec) -> spec.limits((l) -> l.onFull(OnFull.REJECT)));
			assertThat(later.sawReset()).isTrue();
			changing.change((spec) -> spec.limits((l) -> l.onFull(OnFull.WAIT)));
			try (Peer again = new Peer(changing.server())) {
				again.send("e\n");
				peers.get(0).close();
				assertThat(again.line()).isEqualTo("E");
			}
		}
		Opened.closeAll(peers);
		isLevel(changing);
	}

	@Test
	void sessionsOfAnAddressAreCountedThatWereThereBefore() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		List<Peer> peers = connect(changing, 3);
		changing.change((spec) -> spec.limits((l) -> l.sessionsPerAddress(2)));
		isRefused(changing, RejectReason.LIMIT_ADDRESS);
		try (Peer other = new Peer(changing.server(), "127.0.0.2")) {
			assertThat(other.ask("a")).isEqualTo("A");
		}
		goOn(peers);
		Opened.closeAll(peers.subList(0, 2));
		awaitTaken(changing, 1);
		List<Peer> second = connect(changing, 1);
		isRefused(changing, RejectReason.LIMIT_ADDRESS);
		changing.change((spec) -> spec.limits((l) -> l.sessionsPerAddress(0)));
		second.addAll(connect(changing, 3));
		changing.change((spec) -> spec.limits((l) -> l.sessionsPerAddress(5)));
		isRefused(changing, RejectReason.LIMIT_ADDRESS);
		Opened.closeAll(peers);
		Opened.closeAll(second);
		isLevel(changing);
	}

	/** They are those of an earlier run. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void sessionsOfAnAddressAreCountedThatWereKept(boolean listensAgain) throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		List<Peer> kept = connect(changing, 1);
		changing.server().closeListener();
		if (listensAgain) {
			changing.server().start();
			kept.addAll(connect(changing, 1));
		}
		changing.change((spec) -> spec.limits((l) -> l.sessionsPerAddress(kept.size() + 1)));
		changing.server().start();
		List<Peer> second = connect(changing, 1);
		isRefused(changing, RejectReason.LIMIT_ADDRESS);
		goOn(kept);
		Opened.closeAll(kept);
		awaitTaken(changing, 1);
		second.addAll(connect(changing, kept.size()));
		isRefused(changing, RejectReason.LIMIT_ADDRESS);
		Opened.closeAll(second);
		isLevel(changing);
	}

	@Test
	void newRulesForAddressesCutNobody() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		List<Peer> peers = connect(changing, 2);
		changing.change((spec) -> spec.limits((l) -> l.deny(List.of(Cidr.of("127.0.0.1/32")))));
		isRefused(changing, RejectReason.DENIED);
		goOn(peers);
		changing.change((spec) -> spec.limits((l) -> l.deny(List.of()).allow(List.of(Cidr.of("127.0.0.2/32")))));
		isRefused(changing, RejectReason.DENIED);
		try (Peer other = new Peer(changing.server(), "127.0.0.2")) {
			assertThat(other.ask("a")).isEqualTo("A");
		}
		changing.change((spec) -> spec.limits((l) -> l.allow(List.of())));
		goOn(connect(changing, 1));
		goOn(peers);
	}

	@Test
	void paceOfAcceptingIsTheNewOneAtOnce() throws Exception {
		ChangingServer changing = server((spec) -> spec.limits((l) -> l.acceptRate(1)));
		List<Peer> peers = connect(changing, 1);
		changing.change((spec) -> spec.limits((l) -> l.acceptRate(100_000)));
		Duration passed = Patience.timed(() -> connect(changing, 20));
		assertThat(passed).isLessThan(Duration.ofSeconds(1));
		changing.change((spec) -> spec.limits((l) -> l.acceptRate(0)));
		goOn(peers);
		changing.change((spec) -> spec.place((place) -> place.acceptRate(1)));
		connect(changing, 1);
		changing.change((spec) -> spec.place((place) -> place.acceptRate(0)));
		assertThat(Patience.timed(() -> connect(changing, 20))).isLessThan(Duration.ofSeconds(1));
	}

	@Test
	void alarmIsRaisedByTheNewLimit() throws Exception {
		ChangingServer changing = server((spec) -> spec.limits((l) -> l.sessions(100)));
		connect(changing, 4);
		assertThat(this.fixture.alarms).isEmpty();
		changing.change((spec) -> spec.limits((l) -> l.sessions(5)));
		Patience
			.within(() -> assertThat(this.fixture.alarms).extracting(Alarm::kind).containsExactly(Alarm.Kind.SESSIONS));
		changing.change((spec) -> spec.farewell("bye"));
		connect(changing, 1);
		assertThat(this.fixture.alarms).hasSize(1);
	}

	/** Those that are kept alone are as many. */
	@Test
	void alarmIsRaisedOnceByAllRuns() throws Exception {
		ChangingServer changing = server((spec) -> spec.limits((l) -> l.sessions(100)));
		List<Peer> kept = connect(changing, 4);
		changing.server().closeListener();
		changing.server().start();

		changing.change((spec) -> spec.limits((l) -> l.sessions(5)));

		// Each alarm is passed on after those before.
		((ManagedServer) changing.server()).context()
			.alarms()
			.raise(new Alarm(Alarm.Kind.REJECTIONS, "the last", null));
		Patience.within(() -> assertThat(this.fixture.alarms).extracting(Alarm::kind)
			.containsExactly(Alarm.Kind.SESSIONS, Alarm.Kind.REJECTIONS));
		goOn(kept);
	}

	private static void awaitTaken(ChangingServer changing, int count) {
		Patience.within(() -> assertThat(((ManagedServer) changing.server()).admission().taken()).isEqualTo(count));
	}

	private static void isLevel(ChangingServer changing) {
		Patience.within(() -> assertThat(changing.server().sessions()).isEmpty());
		Patience.within(() -> assertThat(((ManagedServer) changing.server()).admission()).isNotNull()
			.matches(Admission::isIdle, "no place is taken"));
	}

}
