package dev.socketserver.cluster.node;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A claim is granted, and another node takes the identity before the first node has the
 * directory's answer.
 */
class OvertakenClaimTests {

	private static final Identity X = new Identity(SimulatedNode.SERVER, "device", "x");

	private static final Identity BOTH = new Identity(SimulatedNode.SERVER, "device", "both");

	private static final long SECOND = 1_000 * Simulation.MILLI;

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode one = new SimulatedNode(this.world, "1", true);

	private final SimulatedNode two = new SimulatedNode(this.world, "2", true);

	private final SimulatedNode.Session replaced = this.two.open();

	private final SimulatedNode.Session overtaken = this.two.open();

	private final SimulatedNode.Session last = this.one.open();

	@BeforeEach
	void oneSessionHasTheIdentity() {
		this.one.start();
		this.two.start();
		this.world.run(SECOND);
		CompletableFuture<Boolean> has = this.replaced.bind(X, BindPolicy.REPLACE);
		this.world.run(50 * Simulation.MILLI);
		assertThat(has).isCompletedWithValue(true);
	}

	private CompletableFuture<Boolean> overtake() {
		CompletableFuture<Boolean> has = this.overtaken.bind(X, BindPolicy.REPLACE);
		this.world.run(10 * Simulation.MILLI);
		assertThat(has).isNotDone();
		assertThat(this.last.bind(X, BindPolicy.REPLACE)).isNotDone();
		this.world.run(10 * Simulation.MILLI);
		return has;
	}

	private void answerLate(long millis) {
		this.world.network.answers.put("2", new Simulation.Answers(millis * Simulation.MILLI, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(longs = { 30, 300, 1_900 })
	void itAndWhatItHasReplacedCloseAtOnceHoweverLateTheAnswerIs(long late) {
		answerLate(late);
		assertThat(overtake()).isCompletedWithValue(false);
		assertThat(this.overtaken.open).isFalse();
		assertThat(this.replaced.open).isFalse();
		this.world.run(5 * SECOND);
		assertThat(this.last.bound).contains(X);
		assertThat(this.world.directory.owners(X)).singleElement()
			.satisfies((entry) -> assertThat(entry.session()).isEqualTo(this.last.id));
	}

	@Test
	void itAndWhatItHasReplacedCloseWhenTheAnswerIsLost() {
		this.world.network.answers.put("2", new Simulation.Answers(0, 0, 1));
		assertThat(overtake()).isCompletedWithValue(false);
		assertThat(this.overtaken.open).isFalse();
		assertThat(this.replaced.open).isFalse();
	}

	@Test
	void whatItHasReplacedClosesWithTheAnswerWhenTheNoticeIsLost() {
		answerLate(300);
		CompletableFuture<Boolean> has = this.overtaken.bind(X, BindPolicy.REPLACE);
		this.world.run(10 * Simulation.MILLI);
		this.world.network.lost = 1;
		this.last.bind(X, BindPolicy.REPLACE);
		this.world.run(20 * Simulation.MILLI);
		assertThat(this.replaced.open).isTrue();
		this.world.run(300 * Simulation.MILLI);
		assertThat(this.replaced.open).isFalse();
		this.world.network.lost = 0;
		this.world.run(10 * SECOND);
		assertThat(has).isDone();
		assertThat(this.overtaken.open).isFalse();
	}

	@Test
	void aSessionThatIsGrantedAnIdentityAnewStaysWhenANoticeOfTheFormerGrantArrives() {
		this.world.network.answers.put("1", new Simulation.Answers(20 * Simulation.MILLI, 0, 0));
		answerLate(300);
		this.last.bind(X, BindPolicy.REPLACE);
		this.world.run(5 * Simulation.MILLI);
		this.replaced.unbind(X);
		CompletableFuture<Boolean> has = this.replaced.bind(X, BindPolicy.REPLACE);
		this.world.run(SECOND);
		assertThat(has).isCompletedWithValue(true);
		assertThat(this.replaced.open).isTrue();
		assertThat(this.last.open).isFalse();
		CompletableFuture<Delivery> sent = this.one.member.send("device", "x", (server) -> new byte[1]);
		this.world.run(SECOND);
		assertThat(sent).isCompletedWithValue(Delivery.WRITTEN);
	}

	/** The directory has answered before it knew the younger one. */
	@Test
	void aYoungerSessionBesideItIsFoundWhenItsNoticeOvertakesTheAnswer() {
		answerLate(300);
		CompletableFuture<Boolean> has = this.overtaken.bind(BOTH, BindPolicy.ALLOW);
		this.world.run(10 * Simulation.MILLI);
		CompletableFuture<Boolean> younger = this.last.bind(BOTH, BindPolicy.ALLOW);
		this.world.run(20 * Simulation.MILLI);
		assertThat(younger).isCompletedWithValue(true);
		assertThat(has).isNotDone();
		this.world.run(SECOND);
		assertThat(has).isCompletedWithValue(true);

		CompletableFuture<Optional<ClusterSession>> found = this.two.member.find("device", "both");
		this.world.run(SECOND);
		assertThat(found.join()).hasValueSatisfying((one) -> assertThat(one.node()).isEqualTo("1"));
	}

	/** Until its claims are sent again, what the directory has lost is listed nowhere. */
	@Test
	void aSessionThatTheDirectoryHasLostIsFoundOnItsNodeOnceAYoungerOneHasEnded() {
		SimulatedNode.Session older = this.two.open();
		SimulatedNode.Session younger = bothHave(older);
		younger.end();
		this.world.run(SECOND);
		this.world.directory.wipe();

		assertThat(sentByTwo()).isCompletedWithValue(Delivery.WRITTEN);
	}

	@Test
	void aSessionIsFoundOnItsNodeWhileAYoungerOneThatHasEndedThereIsListed() {
		SimulatedNode.Session older = this.two.open();
		SimulatedNode.Session younger = bothHave(older);
		younger.end();
		SimulatedNode.Session youngest = youngestOfTwo();
		youngest.end();

		assertThat(sentByTwo()).isCompletedWithValue(Delivery.WRITTEN);
	}

	@Test
	void theYoungestThatIsLeftIsFoundWhileAYoungerOneThatHasEndedIsListed() {
		SimulatedNode.Session older = this.two.open();
		SimulatedNode.Session younger = bothHave(older);
		SimulatedNode.Session youngest = youngestOfTwo();
		youngest.end();

		CompletableFuture<Optional<ClusterSession>> found = this.two.member.find(BOTH.type(), BOTH.id());
		this.world.run(SECOND);
		assertThat(found).isCompletedWithValueMatching(
				(one) -> one.orElseThrow().id().equals(younger.id) && one.orElseThrow().node().equals("1"));
	}

	/** A session of node 2 has the identity, and knows that a younger one has it too. */
	private SimulatedNode.Session bothHave(SimulatedNode.Session older) {
		SimulatedNode.Session younger = this.one.open();
		CompletableFuture<Boolean> first = older.bind(BOTH, BindPolicy.ALLOW);
		this.world.run(SECOND);
		CompletableFuture<Boolean> second = younger.bind(BOTH, BindPolicy.ALLOW);
		this.world.run(SECOND);
		assertThat(first).isCompletedWithValue(true);
		assertThat(second).isCompletedWithValue(true);
		return younger;
	}

	private SimulatedNode.Session youngestOfTwo() {
		SimulatedNode.Session youngest = this.two.open();
		CompletableFuture<Boolean> has = youngest.bind(BOTH, BindPolicy.ALLOW);
		this.world.run(SECOND);
		assertThat(has).isCompletedWithValue(true);
		return youngest;
	}

	private CompletableFuture<Delivery> sentByTwo() {
		CompletableFuture<Delivery> sent = this.two.member.send(BOTH.type(), BOTH.id(), (server) -> new byte[1]);
		this.world.run(SECOND);
		return sent;
	}

}
