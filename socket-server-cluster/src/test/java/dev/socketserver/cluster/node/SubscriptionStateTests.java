package dev.socketserver.cluster.node;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.cluster.node.Subscription.State;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.cluster.node.Subscription.State.ACTIVE;
import static dev.socketserver.cluster.node.Subscription.State.CLOSED;
import static dev.socketserver.cluster.node.Subscription.State.PENDING;
import static dev.socketserver.cluster.node.Subscription.State.PINGED;
import static dev.socketserver.cluster.node.Subscription.State.PINGING;

class SubscriptionStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(State.class)
			.on("asked", (state) -> state.updateAndGet(State::asked), Map.of(ACTIVE, PINGING, PINGED, PINGING))
			.on("the message has left", (state) -> state.updateAndGet(State::sent), Map.of(PINGING, PINGED))
			.on("echo", (state) -> state.updateAndGet(State::echo),
					Map.of(PENDING, ACTIVE, PINGING, ACTIVE, PINGED, ACTIVE))
			.on("another subscription", (state) -> state.updateAndGet(State::anew),
					Map.of(ACTIVE, PENDING, PINGING, PENDING, PINGED, PENDING))
			.on("close", (state) -> state.updateAndGet(State::closed),
					Map.of(PENDING, CLOSED, ACTIVE, CLOSED, PINGING, CLOSED, PINGED, CLOSED))
			.tests();
	}

}
