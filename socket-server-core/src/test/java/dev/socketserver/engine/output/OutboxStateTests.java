package dev.socketserver.engine.output;

import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.engine.TestSession;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.socketserver.engine.output.OutboxState.CLOSING;
import static dev.socketserver.engine.output.OutboxState.ENDED;
import static dev.socketserver.engine.output.OutboxState.OPEN;
import static dev.socketserver.engine.output.OutboxState.OUTPUT_ENDED;
import static dev.socketserver.engine.output.OutboxState.OUTPUT_ENDING;
import static dev.socketserver.engine.output.OutboxState.REPLYING;
import static org.assertj.core.api.Assertions.assertThat;

class OutboxStateTests {

	private static final Consumer<TestSession> NOTHING = (test) -> {
	};

	private static final Map<OutboxState, OutboxState> ALL_END = Map.of(OPEN, ENDED, REPLYING, ENDED, OUTPUT_ENDING,
			ENDED, OUTPUT_ENDED, ENDED, CLOSING, ENDED);

	private static TestSession session() {
		return new TestSession((spec) -> spec);
	}

	/** A session whose peer has not read yet what was sent. */
	private static TestSession sending() {
		TestSession test = session();
		test.send("in flight");
		test.run();
		return test;
	}

	private static Consumer<TestSession> writer(Consumer<SocketWriter> action) {
		return (test) -> action.accept(test.session.outbox().writer());
	}

	private static Consumer<TestSession> drained(Consumer<SocketWriter> action) {
		return writer(action).andThen(TestSession::drain);
	}

	@TestFactory
	Stream<DynamicTest> admissions() {
		return Transitions
			.of(OutboxState.class, OutboxStateTests::sending, (test) -> test.session.outbox().writer().state())
			.reached(OPEN, NOTHING)
			.reached(REPLYING, writer(SocketWriter::closeAfterReplies))
			.reached(OUTPUT_ENDING, writer(SocketWriter::shutdownOutput))
			.reached(OUTPUT_ENDED, drained(SocketWriter::shutdownOutput))
			.reached(CLOSING, writer(SocketWriter::close))
			.reached(ENDED, drained(SocketWriter::close))
			.on("shutdownOutput", writer(SocketWriter::shutdownOutput), Map.of(OPEN, OUTPUT_ENDING))
			.on("closeAfterReplies", writer(SocketWriter::closeAfterReplies), Map.of(OPEN, REPLYING))
			.on("repliesEnded", writer(SocketWriter::repliesEnded), Map.of(REPLYING, CLOSING))
			.on("close", writer(SocketWriter::close),
					Map.of(OPEN, CLOSING, REPLYING, CLOSING, OUTPUT_ENDING, CLOSING, OUTPUT_ENDED, CLOSING))
			.on("all has left", TestSession::drain, Map.of(OUTPUT_ENDING, OUTPUT_ENDED, CLOSING, ENDED))
			.on("abort", writer(SocketWriter::abort), ALL_END)
			.on("the connection is gone", writer(SocketWriter::closed), ALL_END)
			.tests();
	}

	@ParameterizedTest
	@EnumSource(OutboxState.class)
	void refusesWhateverTheOneBeforeRefuses(OutboxState state) {
		assertThat(state.refusesSends()).isEqualTo(state != OPEN);
		assertThat(state.refusesReplies()).isEqualTo(state.compareTo(REPLYING) > 0);
	}

}
