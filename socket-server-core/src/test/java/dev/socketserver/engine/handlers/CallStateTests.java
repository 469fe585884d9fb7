package dev.socketserver.engine.handlers;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CallStateTests {

	@ParameterizedTest
	@CsvSource({ "NONE, RUNNING", "CLOSED, CLOSING" })
	void begins(CallState from, CallState to) {
		assertThat(from.begins()).isEqualTo(to);
		assertThat(to.isRunning()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "RUNNING, NONE", "CLOSING, CLOSED" })
	void returns(CallState from, CallState to) {
		assertThat(from.returns()).isEqualTo(to);
		assertThat(to.isRunning()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "RUNNING, CLOSING", "CLOSING, CLOSING" })
	void closes(CallState from, CallState to) {
		assertThat(from.closes()).isEqualTo(to);
		assertThat(to.isClosed()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "CLOSED, NONE", "CLOSING, RUNNING" })
	void hasSentItsReplies(CallState from, CallState to) {
		assertThat(from.repliesEnded()).isEqualTo(to);
		assertThat(to.isClosed()).isFalse();
	}

}
