package dev.socketserver.cluster.node;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A directory that renews leases and fails claims, as one whose memory is just at its
 * limit.
 */
class ClaimRetryTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final long SECOND = 1_000 * Simulation.MILLI;

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode node = new SimulatedNode(this.world, "a", true);

	private void join() {
		this.node.start();
		this.world.run(SECOND);
		assertThat(this.node.member.isDirectoryUp()).isTrue();
	}

	private long claimsIn(long nanos) {
		this.world.claimsAt.clear();
		this.world.run(nanos);
		return this.world.claimsAt.size();
	}

	@Test
	void aClaimThatFailsIsTriedAgainLessAndLessOften() {
		join();
		this.world.claimsFail = true;
		SimulatedNode.Session session = this.node.open();
		assertThat(session.bind(X, BindPolicy.REPLACE)).isNotDone();
		assertThat(claimsIn(2 * SECOND)).isBetween(2L, 20L);
		assertThat(session.bound).as("decided here").contains(X);
		assertThat(claimsIn(60 * SECOND)).isBetween(10L, 60L);
		List<Long> at = this.world.claimsAt;
		for (int i = 1; i < at.size(); i++) {
			assertThat(at.get(i) - at.get(i - 1)).isGreaterThan(500 * Simulation.MILLI);
		}
	}

	@Test
	void aClaimThatHasFailedOftenIsGrantedSoonAfterTheDirectoryTakesIt() {
		join();
		this.world.claimsFail = true;
		SimulatedNode.Session session = this.node.open();
		session.bind(X, BindPolicy.REPLACE);
		this.world.run(60 * SECOND);
		this.world.claimsFail = false;
		this.world.run(5 * SECOND);
		assertThat(this.world.directory.owners(X)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(session.id));
	}

	@Test
	void aDirectoryThatTakesNoClaimsIsDownUntilItDoes() {
		join();
		this.world.claimsFail = true;
		this.node.open().bind(X, BindPolicy.REPLACE);
		this.world.run(SECOND);
		assertThat(this.node.member.isDirectoryUp()).as("may be a broken connection").isTrue();
		this.world.run(9 * SECOND);
		assertThat(this.node.member.isDirectoryUp()).isFalse();
		assertThat(this.node.member.send("device", "other", (server) -> new byte[1])).isNotDone();
		this.world.claimsFail = false;
		this.world.run(9 * SECOND);
		assertThat(this.node.member.isDirectoryUp()).isTrue();
	}

	@Test
	void aDirectoryIsUpWhenNobodyWaitsForAClaimAnyMore() {
		join();
		this.world.claimsFail = true;
		SimulatedNode.Session session = this.node.open();
		session.bind(X, BindPolicy.REPLACE);
		this.world.run(10 * SECOND);
		assertThat(this.node.member.isDirectoryUp()).isFalse();
		session.end();
		this.world.run(9 * SECOND);
		assertThat(this.node.member.isDirectoryUp()).isTrue();
	}

	@Test
	void aDirectoryThatRenewsTheLeaseNowAndThenAndTakesNoClaimsStaysDown() {
		join();
		this.world.claimsFail = true;
		this.node.open().bind(X, BindPolicy.REPLACE);
		this.world.run(10 * SECOND);
		Instant since = this.node.member.since();
		for (int i = 0; i < 20; i++) {
			this.world.directoryDown = !this.world.directoryDown;
			this.world.run(4 * SECOND);
			assertThat(this.node.member.isDirectoryUp()).isFalse();
			assertThat(this.node.member.since()).isEqualTo(since);
		}
	}

	@Test
	void aBindIsDecidedHereAtOnceWhileClaimsAreNotTaken() {
		join();
		this.world.claimsFail = true;
		this.node.open().bind(X, BindPolicy.REPLACE);
		this.world.run(10 * SECOND);
		SimulatedNode.Session next = this.node.open();
		CompletableFuture<Boolean> has = next.bind(X, BindPolicy.REPLACE);
		this.world.run(10 * Simulation.MILLI);
		assertThat(has).isCompletedWithValue(true);
		this.world.claimsFail = false;
		this.world.run(5 * SECOND);
		assertThat(this.world.directory.owners(X)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(next.id));
	}

	@Test
	void aSessionThatEndsWhileItBindsOnceMoreLeavesNothing() {
		SimulatedNode strict = new SimulatedNode(this.world, "b", false);
		strict.start();
		this.world.run(SECOND);
		SimulatedNode.Session session = strict.open();
		session.bind(X, BindPolicy.REPLACE);
		this.world.run(SECOND);
		assertThat(this.world.directory.owners(X)).hasSize(1);
		this.world.claimsFail = true;
		CompletableFuture<Boolean> again = session.bind(X, BindPolicy.REPLACE);
		this.world.run(10 * Simulation.MILLI);
		assertThat(again).isNotDone();
		session.end();
		this.world.run(5 * SECOND);
		assertThat(again).isCompletedWithValue(false);
		this.world.claimsFail = false;
		this.world.run(30 * SECOND);
		assertThat(this.world.directory.owners(X)).isEmpty();
	}

}
