package dev.socketserver.engine.handlers;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.socketserver.engine.handlers.InvokerState.ENDED;
import static dev.socketserver.engine.handlers.InvokerState.LOST;
import static dev.socketserver.engine.handlers.InvokerState.LOST_STALLED;
import static dev.socketserver.engine.handlers.InvokerState.OPEN;
import static dev.socketserver.engine.handlers.InvokerState.STALLED;
import static org.assertj.core.api.Assertions.assertThat;

class InvokerStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(InvokerState.class)
			.on("stalled", (state) -> state.updateAndGet(InvokerState::stalled),
					Map.of(OPEN, STALLED, LOST, LOST_STALLED))
			.on("revived", (state) -> state.updateAndGet(InvokerState::revived),
					Map.of(STALLED, OPEN, LOST_STALLED, LOST))
			.on("disconnected", (state) -> state.updateAndGet(InvokerState::disconnected),
					Map.of(OPEN, LOST, STALLED, LOST_STALLED))
			.tests();
	}

	@ParameterizedTest
	@EnumSource
	void losesItsConnectionWhetherItIsStalledOrNot(InvokerState state) {
		assertThat(state.disconnected().isLost()).isTrue();
		assertThat(state.disconnected().isStalled()).isEqualTo(state.isStalled());
	}

}
