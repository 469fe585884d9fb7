package dev.socketserver.cluster.node;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A session is closing, and has an identity until it has ended.
 */
class ClosingSessionTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final Identity Y = new Identity(SimulatedNode.SERVER, "device", "y");

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
		return bind(session, X, BindPolicy.REJECT);
	}

	private CompletableFuture<Boolean> bind(SimulatedNode.Session session, Identity identity, BindPolicy policy) {
		CompletableFuture<Boolean> has = session.bind(identity, policy);
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

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void itTakesNothingFromOthers(boolean sameNode) {
		SimulatedNode.Session owner = sameNode ? this.next : otherNode().open();
		this.closing.closing = true;
		assertThat(bind(owner, X, BindPolicy.REPLACE)).isCompletedWithValue(true);
		assertThat(bind(this.closing, X, BindPolicy.REPLACE)).isCompletedWithValue(false);
		assertHas(owner, X);
	}

	@Test
	void itTakesNothingWhenTheDirectoryIsBackFromWhoGotItMeanwhile() {
		SimulatedNode.Session owner = otherNode().open();
		this.world.network.cutOff.add("a");
		this.world.run(10 * SECOND);
		assertThat(bind(this.closing, Y, BindPolicy.REPLACE)).isCompletedWithValue(true);
		this.closing.closing = true;
		assertThat(bind(owner, Y, BindPolicy.REPLACE)).isCompletedWithValue(true);
		this.world.network.cutOff.clear();
		assertHas(owner, Y);
	}

	private SimulatedNode otherNode() {
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(SECOND);
		return other;
	}

	private void assertHas(SimulatedNode.Session owner, Identity identity) {
		this.world.run(30 * SECOND);
		assertThat(owner.open).isTrue();
		assertThat(this.world.directory.owners(identity)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(owner.id));
	}

	@Test
	void theOlderOneThatIsOpenIsMeant() {
		assertThat(bind(this.next, Y, BindPolicy.ALLOW)).isCompletedWithValue(true);
		assertThat(bind(this.closing, Y, BindPolicy.ALLOW)).isCompletedWithValue(true);
		assertThat(found()).isEqualTo(this.closing.id);
		this.closing.closing = true;
		assertThat(found()).isEqualTo(this.next.id);
		CompletableFuture<Delivery> sent = this.node.member.send("device", "y", (server) -> new byte[1]);
		this.world.run(SECOND);
		assertThat(sent).isCompletedWithValue(Delivery.WRITTEN);
	}

	@Test
	void theOlderOneThatIsOpenOnAnotherNodeIsMeant() {
		SimulatedNode.Session there = otherNode().open();
		SimulatedNode.Session last = this.node.open();
		assertThat(bind(this.next, Y, BindPolicy.ALLOW)).isCompletedWithValue(true);
		assertThat(bind(there, Y, BindPolicy.ALLOW)).isCompletedWithValue(true);
		assertThat(bind(last, Y, BindPolicy.ALLOW)).isCompletedWithValue(true);
		last.closing = true;
		CompletableFuture<?> found = this.node.member.find("device", "y").thenAccept((session) -> {
			assertThat(session.orElseThrow().node()).isEqualTo("b");
			assertThat(session.orElseThrow().id()).isEqualTo(there.id);
		});
		this.world.run(SECOND);
		assertThat(found).isCompleted();
	}

	@Test
	void itIsNotFound() {
		this.closing.closing = true;
		CompletableFuture<Delivery> sent = this.node.member.send("device", "x", (server) -> new byte[1]);
		this.world.run(SECOND);
		assertThat(sent).isCompletedWithValue(Delivery.NO_SESSION);
	}

	private String found() {
		return this.node.member.find("device", "y").join().orElseThrow().id();
	}

}
