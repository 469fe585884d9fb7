package dev.socketserver.engine.handlers;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class InvokerStateTests {

	@ParameterizedTest
	@CsvSource({ "OPEN, STALLED", "STALLED, STALLED", "LOST, LOST_STALLED", "LOST_STALLED, LOST_STALLED",
			"ENDED, ENDED" })
	void stalls(InvokerState from, InvokerState to) {
		assertThat(from.stalled()).isEqualTo(to);
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, LOST", "STALLED, LOST_STALLED", "LOST, LOST", "LOST_STALLED, LOST_STALLED", "ENDED, ENDED" })
	void losesItsConnection(InvokerState from, InvokerState to) {
		assertThat(from.disconnected()).isEqualTo(to);
		assertThat(to.isLost()).isTrue();
		assertThat(to.isStalled()).isEqualTo(from.isStalled());
	}

}
