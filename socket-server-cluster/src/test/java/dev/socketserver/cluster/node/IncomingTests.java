package dev.socketserver.cluster.node;

import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.cluster.spi.Identity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages arrive in another order than they were made, or twice.
 */
class IncomingTests {

	private static final NodeId OTHER = new NodeId("b", "1");

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

}
