package dev.socketserver.engine.blocking;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.blocking.BlockingState.ENDED;
import static dev.socketserver.engine.blocking.BlockingState.LOST;
import static dev.socketserver.engine.blocking.BlockingState.OPEN;
import static dev.socketserver.engine.blocking.BlockingState.RETURNED;
import static dev.socketserver.engine.blocking.BlockingState.UNSERVED;

class BlockingStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(BlockingState.class)
			.on("the call returns", (state) -> state.updateAndGet(BlockingState::returned),
					Map.of(OPEN, RETURNED, LOST, ENDED))
			.on("no thread", (state) -> state.updateAndGet(BlockingState::unserved),
					Map.of(OPEN, UNSERVED, LOST, ENDED))
			.on("the connection is gone", (state) -> state.updateAndGet(BlockingState::disconnected),
					Map.of(OPEN, LOST, RETURNED, ENDED, UNSERVED, ENDED))
			.tests();
	}

}
