package dev.socketserver.engine.output;

import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import dev.socketserver.engine.TestSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.socketserver.engine.output.LoopTurn.IDLE;
import static dev.socketserver.engine.output.LoopTurn.IN_FLIGHT;
import static dev.socketserver.engine.output.LoopTurn.SCHEDULED;
import static dev.socketserver.engine.output.OutboxState.ABORTED;
import static dev.socketserver.engine.output.OutboxState.CLOSED;
import static dev.socketserver.engine.output.OutboxState.CLOSE_BEGUN;
import static dev.socketserver.engine.output.OutboxState.CLOSING;
import static dev.socketserver.engine.output.OutboxState.OPEN;
import static dev.socketserver.engine.output.OutboxState.OUTPUT_ENDED;
import static dev.socketserver.engine.output.OutboxState.OUTPUT_ENDING;
import static dev.socketserver.engine.output.OutboxState.REPLYING;
import static org.assertj.core.api.Assertions.assertThat;

class OutboxStateTests {

	private static final Consumer<TestSession> NOTHING = (test) -> {
	};

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

	private static Consumer<TestSession> outbox(Consumer<Outbox> action) {
		return (test) -> action.accept(test.session.outbox());
	}

	private static Consumer<TestSession> drained(Consumer<Outbox> action) {
		return outbox(action).andThen(TestSession::drain);
	}

	@TestFactory
	Stream<DynamicTest> admissions() {
		return Transitions.of(OutboxState.class, OutboxStateTests::sending, (test) -> test.session.outbox().state)
			.reached(OPEN, NOTHING)
			.reached(REPLYING, outbox(Outbox::closeAfterReplies))
			.reached(OUTPUT_ENDING, outbox(Outbox::shutdownOutput))
			.reached(OUTPUT_ENDED, drained(Outbox::shutdownOutput))
			.reached(CLOSING, outbox(Outbox::close))
			.reached(CLOSE_BEGUN, drained(Outbox::close))
			.reached(ABORTED, outbox(Outbox::abort))
			.reached(CLOSED, outbox(Outbox::closed))
			.on("shutdownOutput", outbox(Outbox::shutdownOutput), Map.of(OPEN, OUTPUT_ENDING))
			.on("closeAfterReplies", outbox(Outbox::closeAfterReplies), Map.of(OPEN, REPLYING))
			.on("repliesEnded", outbox(Outbox::repliesEnded), Map.of(REPLYING, CLOSING))
			.on("close", outbox(Outbox::close),
					Map.of(OPEN, CLOSING, REPLYING, CLOSING, OUTPUT_ENDING, CLOSING, OUTPUT_ENDED, CLOSING))
			.on("all has left", TestSession::drain, Map.of(OUTPUT_ENDING, OUTPUT_ENDED, CLOSING, CLOSE_BEGUN))
			.on("abort", outbox(Outbox::abort),
					Map.of(OPEN, ABORTED, REPLYING, ABORTED, OUTPUT_ENDING, ABORTED, OUTPUT_ENDED, ABORTED, CLOSING,
							ABORTED, CLOSE_BEGUN, ABORTED))
			.on("the connection is gone", outbox(Outbox::closed),
					Map.of(OPEN, CLOSED, REPLYING, CLOSED, OUTPUT_ENDING, CLOSED, OUTPUT_ENDED, CLOSED, CLOSING, CLOSED,
							CLOSE_BEGUN, CLOSED, ABORTED, CLOSED))
			.tests();
	}

	@TestFactory
	Stream<DynamicTest> turnsOfTheLoop() {
		return Transitions.of(LoopTurn.class, OutboxStateTests::session, (test) -> test.session.outbox().turn)
			.reached(IDLE, NOTHING)
			.reached(SCHEDULED, (test) -> test.send("one"))
			.reached(IN_FLIGHT, (test) -> {
				test.send("one");
				test.run();
			})
			.on("something was admitted", (test) -> test.send("two"), Map.of(IDLE, SCHEDULED))
			.on("the loop comes", (test) -> test.connection.runLoop(), Map.of(SCHEDULED, IN_FLIGHT))
			.on("the loop comes, and nothing is there", (test) -> {
				test.session.outbox().closed();
				test.connection.runLoop();
			}, Map.of(SCHEDULED, IDLE))
			.on("the connection has taken the batch",
					(test) -> test.connection.pending.forEach((write) -> write.done(null, 0)), Map.of(IN_FLIGHT, IDLE))
			.tests();
	}

	@ParameterizedTest
	@EnumSource(OutboxState.class)
	void refusesWhateverTheOneBeforeRefuses(OutboxState state) {
		assertThat(state.isRefusing()).isEqualTo(state != OPEN);
		assertThat(state.isRefusingReplies()).isEqualTo(state.compareTo(REPLYING) > 0);
		assertThat(state.isSilent()).isEqualTo(state == ABORTED || state == CLOSED);
	}

}
