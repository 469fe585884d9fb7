package dev.socketserver.cluster.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.fixtures.ReliabilityPage;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.log.SilencedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes, a directory and a bus under a virtual clock, with what may go wrong between
 * them. Each schedule is that of a seed, and can be run again alone: with
 * {@code -Dcluster.first} and {@code -Dcluster.schedules}.
 */
class ClusterSimulationTests {

	private static final int SCHEDULES = Rounds.of("cluster.schedules", 600, 100_000);

	private static final long FIRST = Long.getLong("cluster.first", 0);

	/**
	 * A session that had ended while it claimed had replaced one that was not notified.
	 */
	private static final long[] FOUND = { 1_655 };

	/** A send to a dead node waited for a renewal that had begun another. */
	private static final long[] FOUND_IN_TROUBLE = { 1_965 };

	/** The first three have one owner, the last has several. */
	private static final List<Identity> IDENTITIES = List.of(identity("1"), identity("2"), identity("3"),
			identity("all"));

	private static final long SECOND = 1_000 * Simulation.MILLI;

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(Membership.class.getPackageName());

	private static Identity identity(String id) {
		return new Identity(SimulatedNode.SERVER, "device", id);
	}

	@Test
	void eachIdentityHasOneOwnerWhateverGoesWrong() throws IOException {
		long simulated = 0;
		long calls = 0;
		for (long seed : LongStream.concat(LongStream.of(FOUND_IN_TROUBLE), LongStream.range(FIRST, FIRST + SCHEDULES))
			.toArray()) {
			Schedule schedule = new Schedule(seed, ModelDirectory.Mutation.NONE, Trouble.ANY);
			List<String> violations = schedule.run();
			assertThat(violations).as("seed %d", seed).isEmpty();
			simulated += schedule.world.now();
			calls += schedule.world.history.calls();
		}
		ReliabilityPage.write("cluster",
				"%,d schedules of three nodes with %,d sends, %.1f days by their clock, 0 failures."
					.formatted(SCHEDULES, calls, simulated / (86_400.0 * SECOND)));
	}

	@Test
	void whenNothingGoesWrongABindIsDecidedForAllNodesAtOnce() {
		LongStream.concat(LongStream.of(FOUND), LongStream.range(0, SCHEDULES / 3)).forEach((seed) -> {
			List<String> violations = new Schedule(seed, ModelDirectory.Mutation.NONE, Trouble.NONE).run();
			assertThat(violations).as("seed %d", seed).isEmpty();
		});
	}

	@Test
	void aBindIsDecidedForAllNodesAtOnceHoweverLateOneOfThemIsAnswered() {
		for (long seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
			List<String> violations = new Schedule(seed, ModelDirectory.Mutation.NONE, Trouble.LATE_ANSWERS).run();
			assertThat(violations).as("seed %d", seed).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(value = ModelDirectory.Mutation.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void mutantIsCaught(ModelDirectory.Mutation mutation) {
		long seed = LongStream.range(0, SCHEDULES)
			.filter((one) -> !new Schedule(one, mutation, (one % 2 == 0) ? Trouble.ANY : Trouble.NONE).run().isEmpty())
			.findFirst()
			.orElse(-1);
		assertThat(seed).isNotNegative();
	}

	/** What goes wrong in a run. */
	private enum Trouble {

		NONE,

		/** One node gets the directory's answers late and out of order. */
		LATE_ANSWERS,

		/** Whatever may. */
		ANY

	}

	/** One run. */
	private static final class Schedule {

		private final Simulation world;

		private final Random random;

		private final Trouble trouble;

		private final boolean local;

		private final boolean stepsBack;

		private final List<SimulatedNode> nodes = new ArrayList<>();

		private Object snapshot;

		Schedule(long seed, ModelDirectory.Mutation mutation, Trouble trouble) {
			this.world = new Simulation(seed, mutation);
			this.random = new Random(~seed);
			this.trouble = trouble;
			this.local = this.random.nextBoolean();
			this.stepsBack = this.random.nextInt(4) == 0;
			this.snapshot = this.world.directory.snapshot();
			for (String name : List.of("a", "b", "c")) {
				start(name);
			}
		}

		private void start(String name) {
			SimulatedNode node = new SimulatedNode(this.world, name, this.local);
			this.nodes.add(node);
			node.start();
		}

		List<String> run() {
			this.world.run(SECOND);
			if (this.trouble == Trouble.LATE_ANSWERS) {
				answerLate(anyNode(), 200, 0);
			}
			for (int step = 0; step < 40; step++) {
				act();
				if (this.trouble == Trouble.ANY && this.random.nextInt(4) == 0) {
					fail();
				}
				this.world.run((this.random.nextInt(3) == 0) ? this.random.nextInt(3_000) * Simulation.MILLI
						: this.random.nextInt(20) * Simulation.MILLI);
			}
			heal();
			this.world.run(60 * SECOND);
			check();
			bury();
			return this.world.history.violations();
		}

		private SimulatedNode anyNode() {
			return this.nodes.get(this.random.nextInt(this.nodes.size()));
		}

		private void act() {
			SimulatedNode node = anyNode();
			Identity identity = IDENTITIES.get(this.random.nextInt(IDENTITIES.size()));
			switch (this.random.nextInt(6)) {
				case 0, 1, 2 -> bind(node, identity);
				case 3 -> node.sessions.values()
					.stream()
					.filter((session) -> session.open)
					.skip(this.random.nextInt(1 + node.sessions.size()))
					.findFirst()
					.ifPresent(SimulatedNode.Session::end);
				default -> send(node, identity);
			}
		}

		private void bind(SimulatedNode node, Identity identity) {
			boolean several = identity.id().equals("all");
			BindPolicy policy = several ? BindPolicy.ALLOW
					: (this.random.nextInt(3) == 0) ? BindPolicy.REJECT : BindPolicy.REPLACE;
			SimulatedNode.Session session = node.open();
			CompletableFuture<Boolean> has = session.bind(identity, policy);
			if (this.trouble != Trouble.ANY && !several) {
				has.thenAccept((bound) -> {
					if (bound && session.bound.contains(identity) && isNewest(session, identity)) {
						List<SimulatedNode.Session> holders = holders(identity);
						if (holders.size() != 1) {
							this.world.history.violated("After " + policy + " of " + session + " " + holders + " have "
									+ identity + " at " + this.world.now());
						}
					}
				});
			}
			if (!several) {
				// Real sessions end when they are not let in.
				has.thenAccept((bound) -> {
					if (!bound) {
						session.end();
					}
				});
			}
		}

		/** Whether no other session has claimed the identity since. */
		private boolean isNewest(SimulatedNode.Session session, Identity identity) {
			return this.world.directory.owners(identity)
				.stream()
				.allMatch((entry) -> entry.session().equals(session.id) && entry.node().equals(session.node().id));
		}

		private List<SimulatedNode.Session> holders(Identity identity) {
			return this.nodes.stream().flatMap((node) -> node.holders(identity).stream()).toList();
		}

		private void send(SimulatedNode node, Identity identity) {
			if (node.frozen) {
				return;
			}
			String frame = "" + this.world.history.calls();
			long at = this.world.now();
			this.world.history.called(node.id.toString(), frame, this.world.order());
			node.member.send(identity.type(), identity.id(), (server) -> frame.getBytes())
				.whenComplete((delivery, failure) -> {
					this.world.history.outcome(frame, (delivery != null) ? delivery.name() : null);
					if (failure != null) {
						this.world.history.violated("A call failed with " + failure);
					}
					long took = this.world.now() - at;
					if (took > 5 * SECOND && !node.wasFrozen) {
						this.world.history.violated("A call took " + took / Simulation.MILLI + " ms");
					}
				});
		}

		private void answerLate(SimulatedNode node, int longest, double lost) {
			this.world.network.answers.put(node.id.name(), new Simulation.Answers(
					this.random.nextInt(longest) * Simulation.MILLI, this.random.nextDouble() / 2, lost));
		}

		private void fail() {
			SimulatedNode node = anyNode();
			switch (this.random.nextInt(13)) {
				case 0 -> this.world.network.lost = this.random.nextDouble() / 2;
				case 1 -> this.world.network.twice = this.random.nextDouble() / 2;
				case 2 -> this.world.network.reordered = this.random.nextDouble() / 2;
				case 3 -> this.world.network.delay = (1 + this.random.nextInt(700)) * Simulation.MILLI;
				case 4 -> this.world.breakConnections(this.random.nextDouble());
				case 5 -> this.world.breakSubscriptions(this.random.nextDouble());
				case 6 -> {
					if (!this.stepsBack) {
						this.world.directory.wipe();
					}
				}
				case 7 -> {
					if (this.stepsBack) {
						// Back by less than a lease; only a directory that remembers can
						// do with that.
						this.world.directoryStep -= this.random.nextInt(5_000_000);
					}
					else if (this.random.nextBoolean()) {
						this.snapshot = this.world.directory.snapshot();
					}
					else {
						this.world.directory.restore(this.snapshot);
						this.world.breakConnections(1);
					}
				}
				case 8 -> {
					this.world.directoryDown = !this.world.directoryDown;
					this.world.breakConnections(1);
				}
				case 9 -> {
					if (!this.world.network.cutOff.remove(node.id.name())) {
						this.world.network.cutOff.add(node.id.name());
					}
				}
				case 10 -> {
					node.wasFrozen = true;
					if (node.frozen) {
						node.thaw();
					}
					else {
						node.freeze();
					}
				}
				case 11 -> {
					if (this.world.network.answers.remove(node.id.name()) == null) {
						answerLate(node, 3_000, this.random.nextDouble() / 4);
					}
				}
				default -> {
					node.kill();
					this.nodes.remove(node);
					start(node.id.name());
				}
			}
		}

		private void heal() {
			this.world.directoryDown = false;
			this.world.network.lost = 0;
			this.world.network.twice = 0;
			this.world.network.reordered = 0;
			this.world.network.delay = 2 * Simulation.MILLI;
			this.world.network.cutOff.clear();
			this.world.network.answers.clear();
			this.nodes.forEach((node) -> {
				if (node.frozen) {
					node.thaw();
				}
			});
		}

		private void check() {
			for (Identity identity : IDENTITIES) {
				List<String> holders = new ArrayList<>();
				this.nodes.forEach(
						(node) -> node.holders(identity).forEach((session) -> holders.add(node.id + " " + session.id)));
				List<String> owners = new ArrayList<>();
				for (DirectoryEntry entry : this.world.directory.owners(identity)) {
					owners.add(entry.node() + " " + entry.session());
				}
				if (!new HashSet<>(owners).equals(new HashSet<>(holders))) {
					this.world.history
						.violated("The directory has " + owners + " of " + identity + ", the nodes " + holders);
				}
				if (!identity.id().equals("all")) {
					this.world.history.held(identity.toString(), holders);
				}
				checkReject(identity, !holders.isEmpty());
			}
			if (this.nodes.stream().anyMatch((node) -> node.member.nodes().size() != 3)) {
				this.world.history.violated("A node knows of "
						+ Arrays.toString(this.nodes.stream().map((node) -> node.member.nodes().toString()).toArray()));
			}
		}

		/** A node dies for good: what it had can be had by others. */
		private void bury() {
			this.nodes.remove(0).kill();
			this.world.run(30 * SECOND);
			IDENTITIES.forEach((identity) -> checkReject(identity, !holders(identity).isEmpty()));
		}

		private void checkReject(Identity identity, boolean taken) {
			SimulatedNode.Session session = anyNode().open();
			CompletableFuture<Boolean> has = session.bind(identity, BindPolicy.REJECT);
			this.world.run(SECOND);
			if (has.getNow(taken) == taken) {
				this.world.history
					.violated("REJECT of " + identity + " says " + has.getNow(null) + ", taken: " + taken);
			}
			session.end();
			this.world.run(SECOND);
		}

	}

}
