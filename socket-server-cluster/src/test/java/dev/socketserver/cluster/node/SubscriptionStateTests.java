package dev.socketserver.cluster.node;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.cluster.node.Subscription.State;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.cluster.node.Subscription.State.ASKED;
import static dev.socketserver.cluster.node.Subscription.State.CLOSED;
import static dev.socketserver.cluster.node.Subscription.State.DEAF;
import static dev.socketserver.cluster.node.Subscription.State.HEARS;
import static dev.socketserver.cluster.node.Subscription.State.SENT;

class SubscriptionStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(State.class)
			.on("asked", (state) -> state.updateAndGet(State::asked), Map.of(HEARS, ASKED, SENT, ASKED))
			.on("the message has left", (state) -> state.updateAndGet(State::sent), Map.of(ASKED, SENT))
			.on("echo", (state) -> state.updateAndGet(State::echo), Map.of(DEAF, HEARS, ASKED, HEARS, SENT, HEARS))
			.on("another subscription", (state) -> state.updateAndGet(State::anew),
					Map.of(HEARS, DEAF, ASKED, DEAF, SENT, DEAF))
			.on("close", (state) -> state.updateAndGet(State::closed),
					Map.of(DEAF, CLOSED, HEARS, CLOSED, ASKED, CLOSED, SENT, CLOSED))
			.tests();
	}

}
