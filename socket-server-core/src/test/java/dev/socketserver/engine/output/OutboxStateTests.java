package dev.socketserver.engine.output;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class OutboxStateTests {

	@ParameterizedTest
	@CsvSource({ "OPEN, REPLYING, REPLYING", "OPEN, OUTPUT_ENDING, OUTPUT_ENDING", "OPEN, CLOSING, CLOSING",
			"REPLYING, CLOSING, CLOSING", "OUTPUT_ENDING, CLOSING, CLOSING", "OUTPUT_ENDED, CLOSING, CLOSING" })
	void isLeftForALaterState(OutboxState from, OutboxState wanted, OutboxState to) {
		assertThat(from.advance(wanted)).isEqualTo(to);
	}

	@ParameterizedTest
	@CsvSource({ "REPLYING, OUTPUT_ENDING", "OUTPUT_ENDED, OUTPUT_ENDING", "CLOSING, OUTPUT_ENDING",
			"CLOSE_BEGUN, CLOSING", "ABORTED, CLOSING", "CLOSED, ABORTED" })
	void isNotLeftForAnEarlierStateNorForTheEndOfTheOutputAfterReplies(OutboxState from, OutboxState wanted) {
		assertThat(from.advance(wanted)).isEqualTo(from);
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, OPEN", "REPLYING, REPLYING", "OUTPUT_ENDING, OUTPUT_ENDED", "OUTPUT_ENDED, OUTPUT_ENDED",
			"CLOSING, CLOSE_BEGUN", "CLOSE_BEGUN, CLOSE_BEGUN" })
	void endsTheOutputWhenAllHasLeft(OutboxState from, OutboxState to) {
		assertThat(from.allLeft()).isEqualTo(to);
	}

	@ParameterizedTest
	@EnumSource(OutboxState.class)
	void refusesWhateverTheOneBeforeRefuses(OutboxState state) {
		assertThat(state.isRefusing()).isEqualTo(state != OutboxState.OPEN);
		assertThat(state.isRefusingReplies()).isEqualTo(state.compareTo(OutboxState.REPLYING) > 0);
		assertThat(state.isSilent()).isEqualTo(state == OutboxState.ABORTED || state == OutboxState.CLOSED);
	}

}
