package dev.socketserver.engine.tap;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.tap.TapState.ENDED;
import static dev.socketserver.engine.tap.TapState.FULL;
import static dev.socketserver.engine.tap.TapState.RUNNING;

class TapStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(TapState.class)
			.on("full", (state) -> state.updateAndGet(TapState::full), Map.of(RUNNING, FULL))
			.on("end", (state) -> state.updateAndGet(TapState::ended), Map.of(RUNNING, ENDED, FULL, ENDED))
			.tests();
	}

}
