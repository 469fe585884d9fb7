package dev.socketserver.engine.handlers;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.socketserver.engine.handlers.CallState.CLOSED;
import static dev.socketserver.engine.handlers.CallState.CLOSING;
import static dev.socketserver.engine.handlers.CallState.NONE;
import static dev.socketserver.engine.handlers.CallState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

class CallStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(CallState.class)
			.on("begins", (state) -> state.updateAndGet(CallState::begins), Map.of(NONE, RUNNING, CLOSED, CLOSING))
			.on("returns", (state) -> state.updateAndGet(CallState::returns), Map.of(RUNNING, NONE, CLOSING, CLOSED))
			.on("closes", (state) -> state.updateAndGet(CallState::closes), Map.of(RUNNING, CLOSING))
			.on("replies sent", (state) -> state.updateAndGet(CallState::repliesEnded),
					Map.of(CLOSED, NONE, CLOSING, RUNNING))
			.tests();
	}

	@ParameterizedTest
	@EnumSource
	void saysWhetherTheHandlerIsInACallAndHasClosedTheSession(CallState state) {
		assertThat(state.isRunning()).isEqualTo(state == RUNNING || state == CLOSING);
		assertThat(state.isClosed()).isEqualTo(state == CLOSING || state == CLOSED);
	}

}
