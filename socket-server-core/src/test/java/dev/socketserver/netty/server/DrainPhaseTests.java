package dev.socketserver.netty.server;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.server.DrainPhase.DELAYED;
import static dev.socketserver.netty.server.DrainPhase.ENDING;
import static dev.socketserver.netty.server.DrainPhase.OVER;

class DrainPhaseTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(DrainPhase.class)
			.on("the delay is over", (state) -> state.updateAndGet(DrainPhase::ends), Map.of(DELAYED, ENDING))
			.on("all have ended, or a stop", (state) -> state.updateAndGet(DrainPhase::over),
					Map.of(DELAYED, OVER, ENDING, OVER))
			.tests();
	}

}
