package dev.socketserver.netty.server;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class RunPhaseTests {

	@ParameterizedTest
	@CsvSource({ "OPEN, DRAINING", "OPEN, CLAIMED", "OPEN, STOPPING", "OPEN, CUT", "DRAINING, CLAIMED",
			"DRAINING, STOPPING", "DRAINING, CUT", "CLAIMED, STOPPING", "CLAIMED, CUT", "STOPPING, CUT" })
	void phaseIsLeftForALaterOneOnly(RunPhase early, RunPhase late) {
		assertThat(early.advance(late)).isEqualTo(late);
		assertThat(late.advance(early)).isEqualTo(late);
	}

	@ParameterizedTest
	@EnumSource
	void phaseIsNotReachedTwice(RunPhase phase) {
		assertThat(phase.advance(phase)).isEqualTo(phase);
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, false", "DRAINING, false", "CLAIMED, true", "STOPPING, true", "CUT, true" })
	void whoStopsTheSessionsIsSettledByTheFirstClaim(RunPhase phase, boolean claimed) {
		assertThat(phase.isClaimed()).isEqualTo(claimed);
		assertThat(phase.advance(RunPhase.CLAIMED) == phase).isEqualTo(claimed);
	}

}
