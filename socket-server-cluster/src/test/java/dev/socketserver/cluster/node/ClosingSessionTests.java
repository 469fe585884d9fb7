package dev.socketserver.cluster.node;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A session is closing, and has an identity until it has ended.
 */
class ClosingSessionTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final long SECOND = 1_000 * Simulation.MILLI;

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode node = new SimulatedNode(this.world, "a", true);

	private final SimulatedNode.Session closing = this.node.open();

	private final SimulatedNode.Session next = this.node.open();

	@BeforeEach
	void aSessionHasTheIdentity() {
		this.node.start();
		this.world.run(SECOND);
		assertThat(bind(this.closing)).isCompletedWithValue(true);
	}

	private CompletableFuture<Boolean> bind(SimulatedNode.Session session) {
		CompletableFuture<Boolean> has = session.bind(X, BindPolicy.REJECT);
		this.world.run(50 * Simulation.MILLI);
		return has;
	}

	@Test
	void itsIdentityIsFreeOnItsNode() {
		assertThat(bind(this.next)).isCompletedWithValue(false);
		this.closing.closing = true;
		assertThat(bind(this.next)).isCompletedWithValue(true);
		this.closing.end();
		this.world.run(30 * SECOND);
		assertThat(this.world.directory.owners(X)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(this.next.id));
		assertThat(this.next.open).isTrue();
	}

	@Test
	void itsIdentityIsFreeOnItsNodeWhileTheDirectoryIsAway() {
		this.world.directoryDown = true;
		this.world.run(10 * SECOND);
		this.closing.closing = true;
		assertThat(bind(this.next)).isCompletedWithValue(true);
		this.closing.end();
		this.world.directoryDown = false;
		this.world.run(30 * SECOND);
		assertThat(this.next.open).isTrue();
		assertThat(this.world.directory.owners(X)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(this.next.id));
	}

	@Test
	void itsIdentityIsFreeIfItEndsWhileTheDirectoryIsAway() {
		this.world.directoryDown = true;
		this.world.run(10 * SECOND);
		this.closing.end();
		assertThat(bind(this.next)).isCompletedWithValue(true);
		this.world.directoryDown = false;
		this.world.run(30 * SECOND);
		assertThat(this.next.open).isTrue();
		assertThat(this.world.directory.owners(X)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(this.next.id));
	}

}
