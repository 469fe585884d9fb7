package dev.socketserver.cluster.node;

import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.fixtures.LogLines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is logged of a directory that is lost and found again.
 */
class DirectoryStatusTests {

	private static final long SECOND = 1_000 * Simulation.MILLI;

	@RegisterExtension
	private final LogLines log = new LogLines(DirectoryStatus.class.getPackageName());

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode node = new SimulatedNode(this.world, "a", true);

	@BeforeEach
	void join() {
		this.node.start();
		this.world.run(61 * SECOND);
		this.log.clear();
	}

	private List<String> lines() {
		return this.log.messages();
	}

	private void goesAndComesBack() {
		this.world.directoryDown = true;
		this.world.run(5 * SECOND);
		assertThat(this.node.member.isDirectoryUp()).isFalse();
		this.world.directoryDown = false;
		this.world.run(5 * SECOND);
		assertThat(this.node.member.isDirectoryUp()).isTrue();
	}

	@Test
	void eachChangeIsOneLine() {
		goesAndComesBack();
		assertThat(lines()).hasSize(2);
		assertThat(lines().get(0)).startsWith("The directory of the cluster cannot be reached");
		assertThat(lines().get(1)).startsWith("Node 'a' is up in the cluster");
	}

	/** Whatever the time of day is set to meanwhile: by the clock of leases. */
	@Test
	void forHowLongItIsAwayIsMeasuredByTheClock() {
		assertThat(this.node.member.directoryAway()).isZero();
		this.world.directoryDown = true;
		this.world.run(3_600 * SECOND);
		assertThat(this.node.member.directoryAway()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
		this.world.directoryDown = false;
		this.world.run(5 * SECOND);
		assertThat(this.node.member.directoryAway()).isZero();
	}

	@Test
	void isNotAwayBeforeItIsNeeded() {
		this.world.directoryDown = true;
		SimulatedNode late = new SimulatedNode(this.world, "b", true);
		this.world.run(3_600 * SECOND);
		late.start();
		this.world.run(SECOND);
		assertThat(late.member.directoryAway()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
	}

	@Test
	void renewalsThatFailNowAndThenAreOneLineAMinute() {
		for (int i = 0; i < 60; i++) {
			goesAndComesBack();
		}
		assertThat(lines()).hasSizeBetween(10, 15);
		assertThat(lines().get(lines().size() - 1)).startsWith("The directory of the cluster comes and goes");
		assertThat(this.log.messages(Level.INFO)).hasSize(2);
	}

	@Test
	void oneThatStaysAwayInTheEndIsLogged() {
		goesAndComesBack();
		goesAndComesBack();
		this.world.directoryDown = true;
		this.world.run(120 * SECOND);
		assertThat(lines()).hasSize(5);
		assertThat(lines().get(4)).contains("1 more changes").endsWith("node 'a' can use it now: no");
	}

	@Test
	void aNodeThatJoinsDrainsAndLeavesIsOneLineEach() {
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(5 * SECOND);
		this.log.clear();
		other.member.draining(true);
		this.world.run(5 * SECOND);
		assertThat(lines()).contains("Node 'b' of the cluster is DRAINING").hasSize(2);
		this.log.clear();
		other.member.draining(false);
		this.world.run(5 * SECOND);
		assertThat(lines()).contains("Node 'b' of the cluster is UP").hasSize(2);
		this.log.clear();
		other.kill();
		this.world.run(30 * SECOND);
		assertThat(lines()).containsExactly("Node 'b' has left the cluster");
	}

	/** What moves is not known to both at the same time. */
	@Test
	void identitiesThatMoveAllTheTimeAreNoReasonToTellAllAgain() {
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(5 * SECOND);
		for (int i = 0; i < 30_000; i++) {
			SimulatedNode node = (i % 2 == 0) ? this.node : other;
			node.open().bind(new Identity(SimulatedNode.SERVER, "device", "" + i / 2 % 20), BindPolicy.REPLACE);
			node.sessions.values().removeIf((session) -> !session.open);
			this.world.run(2 * Simulation.MILLI);
		}
		this.world.run(5 * SECOND);
		assertThat(lines()).noneMatch((line) -> line.contains("tells its claims again"));
		assertThat(this.node.sessions.values().stream().filter((session) -> session.open).count()
				+ other.sessions.values().stream().filter((session) -> session.open).count())
			.isEqualTo(20);
	}

	@Test
	void nodesThatALostDirectoryDoesNotKnowYetHaveNotLeft() {
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(5 * SECOND);
		this.log.clear();
		for (int i = 0; i < 10; i++) {
			this.world.directory.wipe();
			long end = this.world.now() + 15 * SECOND;
			while (this.world.now() < end) {
				this.world.run(100 * Simulation.MILLI);
				assertThat(this.node.member.nodes()).hasSize(2);
				assertThat(other.member.nodes()).hasSize(2);
			}
		}
		assertThat(lines()).noneMatch((line) -> line.contains("has left") || line.contains("has joined"));
		this.world.directory.wipe();
		other.kill();
		this.world.run(30 * SECOND);
		assertThat(this.node.member.nodes()).hasSize(1);
	}

}
