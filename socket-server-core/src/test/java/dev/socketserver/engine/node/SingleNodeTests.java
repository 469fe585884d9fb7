package dev.socketserver.engine.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A node that has no other.
 */
class SingleNodeTests {

	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final SocketCluster cluster = this.fixture.servers.cluster();

	@Test
	void reachesTheSessionThatWasBoundLast() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);
		try (Peer older = new Peer(server)) {
			SocketSession first = this.fixture.firstOpened();
			first.bind("device", "7", BindPolicy.ALLOW);
			try (Peer newer = new Peer(server)) {
				assertThat(newer.ask("there")).isEqualTo("there");
				SocketSession second = this.fixture.opened.get(1);
				second.bind("device", "7", BindPolicy.ALLOW);

				assertThat(this.cluster.find("device", "7").join())
					.hasValueSatisfying((found) -> assertThat(found).isEqualTo(new ClusterSession(this.cluster.node(),
							second.id(), server.name(), second.token("device", "7").orElseThrow())));
				assertThat(this.cluster.send("device", "7", "hello").join()).isEqualTo(Delivery.WRITTEN);
				assertThat(newer.line()).isEqualTo("hello");
				assertThat(this.cluster.close("device", "7").join()).isEqualTo(Delivery.WRITTEN);
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.OPERATOR_CLOSED);
			}
			assertThat(older.ask("still here")).isEqualTo("still here");
		}
	}

	@Test
	void asksAPeer() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			this.fixture.firstOpened().bind("device", "8");

			CompletableFuture<byte[]> reply = this.cluster.ask("device", "8", "how much?", byte[].class, LONG);

			assertThat(peer.line()).isEqualTo("how much?");
			peer.send("42\n");
			assertThat(reply.join()).asString().isEqualTo("42");
		}
	}

	@Test
	void aPeerThatDoesNotReadIsNotWaitedFor() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(4)));
		try (Peer peer = new Peer(server, 8 * 1024)) {
			SocketSession session = this.fixture.firstOpened();
			session.bind("device", "10");
			while (!ServerFixture.isFull(session) || session.info().pendingWrites() < 4) {
				session.trySend("x".repeat(32 * 1024));
			}

			assertThat(this.cluster.ask("device", "10", "?", byte[].class, LONG)).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(DeliveryException.class)
				.withMessageContaining("outbound.capacity");
			assertThat(peer.localPort()).isPositive();
		}
	}

	/** Also what has not left before that. */
	@Test
	void aSessionThatEndsBecauseOfWhatIsSentIsGone() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.CLOSE).capacity(4)));
		for (String id : List.of("11", "12")) {
			try (Peer peer = new Peer(server, 8 * 1024)) {
				assertThat(peer.ask("there")).isEqualTo("there");
				this.fixture.opened.get(this.fixture.opened.size() - 1).bind("device", id);
				List<CompletableFuture<Delivery>> sent = new ArrayList<>();
				while (this.fixture.closed.isEmpty()) {
					sent.add(id.equals("11") ? this.cluster.send("device", id, "x".repeat(32 * 1024)) : asked(id));
				}
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SLOW_CONSUMER);
				Set<Delivery> outcomes = EnumSet.noneOf(Delivery.class);
				for (CompletableFuture<Delivery> each : sent) {
					outcomes.add(Patience.await(each));
				}
				assertThat(outcomes).contains(Delivery.GONE).doesNotContain(Delivery.REFUSED);
			}
		}
	}

	/** Asks, and returns why there is no reply. */
	private CompletableFuture<Delivery> asked(String id) {
		return this.cluster.ask("device", id, "x".repeat(32 * 1024), byte[].class, LONG)
			.handle((reply, failure) -> ((DeliveryException) LoggedFailure.cause(failure)).delivery());
	}

	@Test
	void tellsThatNobodyHasAnIdentity() {
		assertThat(this.cluster.find("device", "9").join()).isEmpty();
		assertThat(this.cluster.send("device", "9", "x").join()).isEqualTo(Delivery.NO_SESSION);
		assertThat(this.cluster.close("device", "9").join()).isEqualTo(Delivery.NO_SESSION);
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> this.cluster.ask("device", "9", "x", byte[].class, LONG).join())
			.withCauseInstanceOf(DeliveryException.class);
	}

}
