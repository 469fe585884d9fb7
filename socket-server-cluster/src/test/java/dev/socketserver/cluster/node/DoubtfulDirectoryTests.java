package dev.socketserver.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node that has just lost its connection, or stood still, claims from a directory that
 * answers others.
 */
class DoubtfulDirectoryTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final long SECOND = 1_000 * Simulation.MILLI;

	private static final long LEASE = 10 * SECOND;

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode node = new SimulatedNode(this.world, "a", true);

	private final SimulatedNode other = new SimulatedNode(this.world, "b", true);

	@BeforeEach
	void join() {
		this.node.start();
		this.other.start();
		this.world.run(2 * SECOND);
	}

	private void untilRenewalIsUnderWay() {
		long before = this.world.renewals;
		while (this.world.renewals == before) {
			this.world.run(Simulation.MILLI / 10);
		}
	}

	private void bind() {
		CompletableFuture<Boolean> has = this.node.open().bind(X, BindPolicy.REJECT);
		while (!has.isDone()) {
			this.world.run(Simulation.MILLI / 10);
		}
		assertThat(has).isCompletedWithValue(true);
	}

	private CompletableFuture<Delivery> sendFromOther() {
		CompletableFuture<Delivery> sent = this.other.member.send("device", "x", (server) -> new byte[1]);
		this.world.run(SECOND);
		return sent;
	}

	@Test
	void aBindWaitsForAnotherConnection() {
		untilRenewalIsUnderWay();
		this.world.breakConnections(1);
		this.world.run(5 * Simulation.MILLI);
		bind();
		assertThat(sendFromOther()).isCompletedWithValue(Delivery.WRITTEN);
	}

	@Test
	void aBindOfANodeThatHasStoodStillWhileItRenewedItsLeaseIsFoundByOthers() {
		untilRenewalIsUnderWay();
		this.node.freeze();
		this.world.run(LEASE * 8 / 5);
		assertThat(this.other.member.nodes()).as("the other takes it for dead")
			.anyMatch((one) -> one.name().equals("a") && one.state().name().equals("DEAD"));
		this.node.thaw();
		bind();
		assertThat(sendFromOther()).isCompletedWithValue(Delivery.WRITTEN);
	}

	@Test
	void aBindIsDecidedHereWhenTheDirectoryIsAwayForAsLongAsARequestMayTake() {
		this.world.directoryDown = true;
		untilRenewalIsUnderWay();
		this.world.run(5 * Simulation.MILLI);
		CompletableFuture<Boolean> has = this.node.open().bind(X, BindPolicy.REPLACE);
		this.world.run(SECOND);
		assertThat(has).isNotDone();
		this.world.run(SECOND);
		assertThat(has).isCompletedWithValue(true);
		CompletableFuture<Boolean> next = this.node.open().bind(X, BindPolicy.REPLACE);
		this.world.run(Simulation.MILLI);
		assertThat(next).as("at once").isCompletedWithValue(true);
	}

	@Test
	void aSessionThatBindsAgainIsReachedOnItsNodeWhileTheDirectoryIsAway() {
		SimulatedNode.Session session = this.node.open();
		session.bind(X, BindPolicy.REPLACE);
		this.world.run(SECOND);
		long token = found().orElseThrow().token();
		this.world.directoryDown = true;
		untilRenewalIsUnderWay();
		this.world.run(5 * Simulation.MILLI);
		CompletableFuture<Boolean> again = session.bind(X, BindPolicy.REPLACE);
		this.world.run(Simulation.MILLI);
		CompletableFuture<Delivery> sent = this.node.member.send("device", "x", (server) -> new byte[1]);
		this.world.run(5 * Simulation.MILLI);
		assertThat(again).isNotDone();
		assertThat(sent).isCompletedWithValue(Delivery.WRITTEN);
		assertThat(found()).hasValueSatisfying((one) -> {
			assertThat(one.id()).isEqualTo(session.id);
			assertThat(one.token()).isEqualTo(token).isPositive();
		});
	}

	private Optional<ClusterSession> found() {
		CompletableFuture<Optional<ClusterSession>> found = this.node.member.find("device", "x");
		this.world.run(Simulation.MILLI);
		return found.join();
	}

	/** They are more than are sent at once, and its lease is renewed meanwhile. */
	@Test
	void aNodeHasNotClaimedAgainBeforeAllItsClaimsAreThere() {
		List<Identity> all = IntStream.range(0, 3_000)
			.mapToObj((i) -> new Identity(SimulatedNode.SERVER, "device", "" + i))
			.toList();
		all.forEach((identity) -> this.node.open().bind(identity, BindPolicy.REJECT));
		this.world.run(5 * SECOND);
		this.world.directory.wipe();
		untilRenewalIsUnderWay();
		List<CompletableFuture<Boolean>> others = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			this.node.member.draining(i % 2 == 0);
			others.add(this.other.open().bind(all.get(i * 15), BindPolicy.REJECT));
			this.world.run(Simulation.MILLI / 2);
		}
		this.world.run(20 * SECOND);
		assertThat(others).allMatch((has) -> !has.getNow(true));
		assertThat(this.node.sessions.values()).allMatch((session) -> session.open);
	}

}
