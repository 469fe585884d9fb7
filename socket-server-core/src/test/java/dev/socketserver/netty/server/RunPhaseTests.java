package dev.socketserver.netty.server;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.socketserver.netty.server.RunPhase.ABORTING;
import static dev.socketserver.netty.server.RunPhase.CLAIMED;
import static dev.socketserver.netty.server.RunPhase.DRAINING;
import static dev.socketserver.netty.server.RunPhase.OPEN;
import static dev.socketserver.netty.server.RunPhase.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

class RunPhaseTests {

	@TestFactory
	Stream<DynamicTest> phaseIsLeftForALaterOneOnly() {
		return Transitions.of(RunPhase.class)
			.on("nothing", (phase) -> phase.updateAndGet((before) -> before.advance(OPEN)), Map.of())
			.on("drain", (phase) -> phase.updateAndGet((before) -> before.advance(DRAINING)), Map.of(OPEN, DRAINING))
			.on("claim", (phase) -> phase.updateAndGet((before) -> before.advance(CLAIMED)),
					Map.of(OPEN, CLAIMED, DRAINING, CLAIMED))
			.on("stop", (phase) -> phase.updateAndGet((before) -> before.advance(STOPPING)),
					Map.of(OPEN, STOPPING, DRAINING, STOPPING, CLAIMED, STOPPING))
			.on("the time is over", (phase) -> phase.updateAndGet((before) -> before.advance(ABORTING)),
					Map.of(OPEN, ABORTING, DRAINING, ABORTING, CLAIMED, ABORTING, STOPPING, ABORTING))
			.tests();
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, false", "DRAINING, false", "CLAIMED, true", "STOPPING, true", "ABORTING, true" })
	void whoStopsTheSessionsIsSettledByTheFirstClaim(RunPhase phase, boolean claimed) {
		assertThat(phase.isClaimed()).isEqualTo(claimed);
		assertThat(phase.advance(RunPhase.CLAIMED) == phase).isEqualTo(claimed);
	}

}
