package dev.socketserver.engine.server;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.engine.server.Ending.Phase;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.socketserver.engine.server.Ending.Phase.ABORTING;
import static dev.socketserver.engine.server.Ending.Phase.CLAIMED;
import static dev.socketserver.engine.server.Ending.Phase.LEFT_ALONE;
import static dev.socketserver.engine.server.Ending.Phase.OPEN;
import static dev.socketserver.engine.server.Ending.Phase.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

class EndingTests {

	@TestFactory
	Stream<DynamicTest> phaseIsLeftForALaterOneOnly() {
		return Transitions.of(Phase.class)
			.on("nothing", (phase) -> phase.updateAndGet((before) -> before.advance(OPEN)), Map.of())
			.on("drain", (phase) -> phase.updateAndGet((before) -> before.advance(LEFT_ALONE)),
					Map.of(OPEN, LEFT_ALONE))
			.on("claim", (phase) -> phase.updateAndGet((before) -> before.advance(CLAIMED)),
					Map.of(OPEN, CLAIMED, LEFT_ALONE, CLAIMED))
			.on("stop", (phase) -> phase.updateAndGet((before) -> before.advance(STOPPING)),
					Map.of(OPEN, STOPPING, LEFT_ALONE, STOPPING, CLAIMED, STOPPING))
			.on("the time is over", (phase) -> phase.updateAndGet((before) -> before.advance(ABORTING)),
					Map.of(OPEN, ABORTING, LEFT_ALONE, ABORTING, CLAIMED, ABORTING, STOPPING, ABORTING))
			.tests();
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, false", "LEFT_ALONE, false", "CLAIMED, true", "STOPPING, true", "ABORTING, true" })
	void whoStopsTheSessionsIsSettledByTheFirstClaim(Phase phase, boolean claimed) {
		assertThat(phase.isClaimed()).isEqualTo(claimed);
		assertThat(phase.advance(Phase.CLAIMED) == phase).isEqualTo(claimed);
	}

}
