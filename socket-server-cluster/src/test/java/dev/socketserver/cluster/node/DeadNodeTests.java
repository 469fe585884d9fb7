package dev.socketserver.cluster.node;

import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the others know of a node that is killed.
 */
class DeadNodeTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final long SECOND = 1_000 * Simulation.MILLI;

	private static final long LEASE = 10 * SECOND;

	static LongStream seeds() {
		return LongStream.range(0, 50);
	}

	/** The nodes renew at other times each time. */
	@ParameterizedTest
	@MethodSource("seeds")
	void isDeadToWhoeverIsGrantedWhatItHad(long seed) {
		Simulation world = new Simulation(seed, ModelDirectory.Mutation.NONE);
		SimulatedNode node = new SimulatedNode(world, "a", true);
		SimulatedNode other = new SimulatedNode(world, "b", true);
		node.start();
		world.run((long) (world.random.nextDouble() * LEASE));
		other.start();
		world.run(2 * SECOND);
		other.open().bind(X, BindPolicy.REJECT);
		world.run(LEASE);
		other.kill();

		CompletableFuture<Boolean> has;
		do {
			has = node.open().bind(X, BindPolicy.REJECT);
			while (!has.isDone()) {
				world.run(Simulation.MILLI / 10);
			}
		}
		while (!has.join());

		assertThat(state(node, "b")).isEqualTo(ClusterNode.State.DEAD);
	}

	/** The others cost nothing more while all renew. */
	@Test
	void isDeadWhenItsLeaseIsOver() {
		Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);
		SimulatedNode node = new SimulatedNode(world, "a", true);
		SimulatedNode other = new SimulatedNode(world, "b", true);
		node.start();
		world.run(2 * SECOND);
		other.start();
		world.run(60 * SECOND);
		long before = world.renewals;
		world.run(10 * LEASE);
		assertThat(world.renewals - before).isEqualTo(60);
		other.kill();
		world.run(LEASE + 10 * Simulation.MILLI);
		assertThat(state(node, "b")).isEqualTo(ClusterNode.State.DEAD);
		CompletableFuture<Delivery> sent = node.member.send("device", "x", (server) -> new byte[1]);
		world.run(SECOND);
		assertThat(sent).isCompletedWithValue(Delivery.NO_SESSION);
	}

	private static ClusterNode.State state(SimulatedNode of, String node) {
		return of.member.nodes().stream().filter((one) -> one.name().equals(node)).findFirst().orElseThrow().state();
	}

}
