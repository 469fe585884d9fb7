package dev.socketserver.cluster.node;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.fixtures.LogLines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages arrive in another order than they were made, or twice.
 */
class IncomingTests {

	private static final NodeId OTHER = new NodeId("b", "1");

	@RegisterExtension
	private final LogLines log = new LogLines(Incoming.class.getName());

	private final Simulation world = new Simulation(1, ModelDirectory.Mutation.NONE);

	private final SimulatedNode node = new SimulatedNode(this.world, "a", true);

	private final Simulation.Bus bus = this.world.new Bus(OTHER, this.world.new NodeClock());

	@BeforeEach
	void join() {
		this.node.start();
		this.world.run(1_000 * Simulation.MILLI);
	}

	private void receive(int kind, long id) {
		Fields fields = new Fields().with(Fields.SERVER, SimulatedNode.SERVER).with(Fields.PAYLOAD, new byte[1]);
		this.bus.publish(this.node.id,
				new MessageCodec(null).write(new Message(kind, id, OTHER, 0, fields), this.node.id),
				Message.Kind.isUrgent(kind));
		this.world.run(10 * Simulation.MILLI);
	}

	@Test
	void anUrgentMessageOvertakesAnyNumberOfOthers() {
		receive(Message.Kind.CHANGED, 20_000);
		receive(Message.Kind.BROADCAST, 11_000);
		assertThat(this.node.member.ignoredMessages()).isZero();
	}

	@Test
	void aRequestThatArrivesTwiceIsIgnoredOnce() {
		receive(Message.Kind.BROADCAST, 11_000);
		receive(Message.Kind.BROADCAST, 11_000);
		assertThat(this.node.member.ignoredMessages()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "FOREVER", "MILLENNIA" })
	void aPeerOfAnotherNodeIsAskedHoweverLongTheTimeoutIs(ChronoUnit timeout) {
		SimulatedNode asking = new SimulatedNode(this.world, "b", true);
		asking.start();
		SimulatedNode.Session session = this.node.open();
		session.bind(new Identity(SimulatedNode.SERVER, "device", "x"), BindPolicy.REPLACE);
		this.world.run(1_000 * Simulation.MILLI);

		CompletableFuture<String> reply = asking.member.ask("device", "x", (server) -> new byte[] { 'a' },
				timeout.getDuration(), (server, bytes) -> new String(bytes));
		this.world.run(1_000 * Simulation.MILLI);

		assertThat(reply).isCompletedWithValue("a");
	}

	private SimulatedNode.Session bound(String id) {
		SimulatedNode.Session session = this.node.open();
		session.bind(new Identity(SimulatedNode.SERVER, "device", id), BindPolicy.REPLACE);
		this.world.run(100 * Simulation.MILLI);
		return session;
	}

	private SimulatedNode other() {
		SimulatedNode other = new SimulatedNode(this.world, "b", true);
		other.start();
		this.world.run(1_000 * Simulation.MILLI);
		return other;
	}

	private CompletableFuture<Delivery> send(SimulatedNode from, String id, String text) {
		CompletableFuture<Delivery> sent = from.member.send("device", id, (server) -> text.getBytes());
		this.world.run(100 * Simulation.MILLI);
		return sent;
	}

	private <T> CompletableFuture<T> ask(SimulatedNode from, String id, String text, Function<byte[], T> reading) {
		CompletableFuture<T> reply = from.member.ask("device", id, (server) -> text.getBytes(), Duration.ofSeconds(1),
				(server, bytes) -> reading.apply(bytes));
		this.world.run(100 * Simulation.MILLI);
		return reply;
	}

	@Test
	void aReplyIsReadWhereCodeOfTheApplicationRuns() {
		SimulatedNode from = other();
		bound("x");
		AtomicBoolean there = new AtomicBoolean();
		from.clock.callbacks = (task) -> from.clock.execute(() -> {
			there.set(true);
			task.run();
			there.set(false);
		});
		assertThat(ask(from, "x", "1", (bytes) -> there.get())).isCompletedWithValue(true);
	}

	@Test
	void whatIsSentToOneDoesNotOvertakeABroadcast() {
		SimulatedNode from = other();
		SimulatedNode.Session session = bound("x");
		this.node.clock.late = 500 * Simulation.MILLI;
		CompletableFuture<?> all = from.member.broadcast(SimulatedNode.SERVER, null, "1".getBytes());
		CompletableFuture<Delivery> sent = send(from, "x", "2");
		this.world.run(1_000 * Simulation.MILLI);
		assertThat(all).isDone();
		assertThat(sent).isDone();
		assertThat(session.received).containsExactly("1", "2");
	}

	@Test
	void whatIsIgnoredIsCountedInOneLineAMinute() {
		for (int i = 0; i < 10; i++) {
			receive(Message.Kind.BROADCAST, 11_000);
		}
		assertThat(this.log.messages()).singleElement().asString().endsWith("received before; 1 messages so far");
		this.world.run(60_000 * Simulation.MILLI);
		assertThat(this.log.messages()).hasSize(2)
			.last()
			.asString()
			.endsWith("has ignored 8 more messages in a minute; 9 messages so far");
	}

}
