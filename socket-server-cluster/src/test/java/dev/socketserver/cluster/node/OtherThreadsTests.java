package dev.socketserver.cluster.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a thread of the bus or of a caller sees of a node while its clock changes that.
 */
class OtherThreadsTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final long SECOND = 1_000 * Simulation.MILLI;

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode sessions = new SimulatedNode(this.world, "other", true);

	private final InterruptedClock clock = new InterruptedClock(this.world.new NodeClock());

	/** What listeners find when nodes join and leave. */
	private final List<String> changes = new ArrayList<>();

	private final Membership membership;

	private final Claims claims;

	OtherThreadsTests() {
		NodeId id = new NodeId("a", "1");
		ThisNode node = new ThisNode(id,
				new ClusterSettings("a", Duration.ofSeconds(10), Duration.ofSeconds(2), true, null), this.clock,
				new ClusterListener() {

					@Override
					public void joined(ClusterNode node) {
						changed("joined", node);
					}

					@Override
					public void left(ClusterNode node) {
						changed("left", node);
					}

				});
		Simulation.Bus bus = this.world.new Bus(id, this.clock.clock);
		Directory directory = Directory.of(this.world.new Connection(id, this.clock.clock), node);
		NodeRequests requests = new NodeRequests(id, this.clock, bus, new MessageCodec(null), directory.time(),
				node.listener());
		Subscription subscription = new Subscription(node, bus, requests);
		ClaimCommands commands = new ClaimCommands(node, directory);
		this.membership = new Membership(node, directory, subscription, requests, commands, this.sessions);
		this.claims = new Claims(node, commands, requests, this.membership);
		subscription
			.receiver(new Incoming(node, requests, subscription, this.claims, this.membership, this.sessions)::receive);
	}

	private void changed(String how, ClusterNode node) {
		this.changes.add(how + ", alive: " + (this.membership.view().alive(node.name()) != null));
	}

	@BeforeEach
	void join() {
		this.membership.start(this.claims);
		this.world.run(2 * SECOND);
	}

	/** A renewal that comes between two looks at it must not give it back the lease. */
	@Test
	void aFormerOwnerIsFencedUntilItsClaimsAreSentAgain() {
		assertThat(this.membership.isFenced(1)).isFalse();
		this.world.directoryDown = true;
		this.world.run(20 * SECOND);
		assertThat(this.membership.isFenced(1)).isTrue();
		this.world.directoryDown = false;

		this.clock.meanwhile = this::renew;
		assertThat(this.membership.isFenced(1)).isTrue();
		assertThat(this.membership.isFenced(1)).isTrue();
	}

	private void renew() {
		while (this.membership.state() != Membership.State.UP) {
			this.world.run(Simulation.MILLI / 10);
		}
	}

	/** As a notice that has overtaken the answer, which is from before that session. */
	@Test
	void aYoungerSessionElsewhereStaysKnownWhenAnAnswerDoesNotNameIt() {
		SimulatedNode.Session session = this.sessions.open();
		CompletableFuture<Boolean> has = this.claims.bind(X, session, BindPolicy.ALLOW);
		this.world.run(SECOND);
		assertThat(has).isCompletedWithValue(true);
		HeldClaim claim = this.claims.book().newest(X.type(), X.id());
		this.claims.newerElsewhere(X, session.id);

		this.claims.reclaimed(claim, claim.token(),
				new ClaimResult(ClaimResult.Status.GRANTED, claim.token(), List.of(), List.of()));

		assertThat(claim.isNewerElsewhere()).isTrue();
	}

	@Test
	void aYoungerSessionElsewhereThatAnAnswerNamesIsKnownWithTheGrant() {
		SimulatedNode.Session session = this.sessions.open();
		this.claims.bind(X, session, BindPolicy.ALLOW);
		this.world.run(SECOND);
		// Of another server: it stays, and the claim keeps its token.
		Identity elsewhere = new Identity("mail", X.type(), X.id());
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(SECOND);
		CompletableFuture<Boolean> younger = other.open().bind(elsewhere, BindPolicy.ALLOW);
		this.world.run(SECOND);
		assertThat(younger).isCompletedWithValue(true);

		List<Boolean> seen = new ArrayList<>();
		session.whenGranted = () -> {
			HeldClaim claim = this.claims.book().newest(X.type(), X.id());
			seen.add(claim.token() != 0 && claim.isNewerElsewhere());
		};
		this.claims.bind(X, session, BindPolicy.REPLACE);
		this.world.run(SECOND);

		assertThat(seen).containsExactly(true);
	}

	@Test
	void aDirectoryThatIsLostIsNotTakenToBeAwaySinceItWasFound() {
		DirectoryStatus status = new DirectoryStatus(new NodeId("a", "1"), this.clock, SECOND);
		status.reached(true);
		this.world.run(3_600 * SECOND);

		List<Duration> seen = new ArrayList<>();
		this.clock.meanwhile = () -> seen.add(status.away());
		status.reached(false);

		assertThat(seen).containsExactly(Duration.ZERO);
		assertThat(status.isUp()).isFalse();
	}

	@Test
	void aNodeThatIsReportedToHaveJoinedIsAmongTheNodes() {
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(5 * SECOND);
		assertThat(this.changes).containsExactly("joined, alive: true");
		this.changes.clear();
		other.member.leave();
		this.world.run(5 * SECOND);
		assertThat(this.changes).containsExactly("left, alive: false");
	}

	/** Something else may happen before it tells the time. */
	private static final class InterruptedClock implements ClusterClock {

		private final Simulation.NodeClock clock;

		private Runnable meanwhile = () -> {
		};

		InterruptedClock(Simulation.NodeClock clock) {
			this.clock = clock;
		}

		@Override
		public long nanoTime() {
			Runnable first = this.meanwhile;
			this.meanwhile = () -> {
			};
			first.run();
			return this.clock.nanoTime();
		}

		@Override
		public void execute(Runnable task) {
			this.clock.execute(task);
		}

		@Override
		public void schedule(Runnable task, long delay) {
			this.clock.schedule(task, delay);
		}

		@Override
		public Executor callbacks() {
			return this.clock.callbacks();
		}

	}

}
