package dev.socketserver.cluster.node;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.cluster.node.DirectoryStatus.State;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.cluster.node.DirectoryStatus.State.AWAY;
import static dev.socketserver.cluster.node.DirectoryStatus.State.AWAY_REFUSING;
import static dev.socketserver.cluster.node.DirectoryStatus.State.REFUSING;
import static dev.socketserver.cluster.node.DirectoryStatus.State.UP;

class DirectoryStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(State.class)
			.on("reached", (state) -> state.updateAndGet(State::reached), Map.of(AWAY, UP, AWAY_REFUSING, REFUSING))
			.on("away", (state) -> state.updateAndGet(State::away), Map.of(UP, AWAY, REFUSING, AWAY_REFUSING))
			.on("refuses", (state) -> state.updateAndGet(State::refuses), Map.of(UP, REFUSING, AWAY, AWAY_REFUSING))
			.on("takes claims", (state) -> state.updateAndGet(State::takesClaims),
					Map.of(REFUSING, UP, AWAY_REFUSING, AWAY))
			.tests();
	}

}
