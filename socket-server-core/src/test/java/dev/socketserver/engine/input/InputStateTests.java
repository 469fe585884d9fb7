package dev.socketserver.engine.input;

import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

import dev.socketserver.engine.TestSession;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.input.InputState.DISCARDING;
import static dev.socketserver.engine.input.InputState.FULL;
import static dev.socketserver.engine.input.InputState.MATCHING;
import static dev.socketserver.engine.input.InputState.PAUSED;
import static dev.socketserver.engine.input.InputState.READING;

class InputStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(InputState.class, Subject::new, (subject) -> subject.deframer.state())
			.reached(READING, (subject) -> {
			})
			.reached(FULL, Subject::fill)
			.reached(PAUSED, Subject::pause)
			.reached(MATCHING, Subject::receiveReplies)
			.reached(DISCARDING, (subject) -> subject.deframer.discard())
			.on("frames", Subject::receive, Map.of())
			.on("no room", Subject::fill, Map.of(READING, FULL))
			.on("room again", (subject) -> {
				subject.fill();
				subject.test.run();
			}, Map.of(FULL, READING))
			.on("room again, in a pause", (subject) -> {
				subject.pause();
				subject.deframer.roomAgain();
			}, Map.of(READING, PAUSED, FULL, PAUSED))
			.on("a request, beyond the room", (subject) -> {
				subject.expects = true;
				subject.deframer.resume();
			}, Map.of(FULL, READING))
			.on("a pause", Subject::pause, Map.of(READING, PAUSED))
			.on("no pause", Subject::resume, Map.of(PAUSED, READING, FULL, READING))
			.on("replies in a batch", Subject::receiveReplies, Map.of(READING, MATCHING))
			.on("all were matched", Subject::matched, Map.of(MATCHING, READING, FULL, READING))
			.on("all were matched in a pause", (subject) -> {
				subject.pause();
				subject.matched();
			}, Map.of(READING, PAUSED, MATCHING, PAUSED))
			.on("the input ends", (subject) -> subject.deframer.inputEnded(), Map.of(READING, DISCARDING))
			.on("the input ends, and there is no pause", (subject) -> {
				subject.deframer.inputEnded();
				subject.resume();
			}, Map.of(READING, DISCARDING, PAUSED, DISCARDING, FULL, DISCARDING))
			.on("the input ends, and all were matched", (subject) -> {
				subject.deframer.inputEnded();
				subject.matched();
			}, Map.of(READING, DISCARDING, MATCHING, DISCARDING, FULL, DISCARDING))
			.on("discard", (subject) -> subject.deframer.discard(),
					Map.of(READING, DISCARDING, FULL, DISCARDING, PAUSED, DISCARDING, MATCHING, DISCARDING))
			.tests();
	}

	/**
	 * A session with room for two frames, of whose replies the test says what they are.
	 */
	private static final class Subject implements BatchMatcher {

		private final TestSession test = new TestSession((spec) -> spec.inbound((i) -> i.capacity(2)));

		private final Deframer deframer = this.test.session.input().deframer();

		private boolean expects;

		private ObjIntConsumer<Object[]> rest = (payloads, count) -> {
		};

		Subject() {
			this.deframer.takeReplies(this);
		}

		void receive() {
			this.test.receive("frame\n");
		}

		void fill() {
			receive();
			receive();
		}

		void receiveReplies() {
			this.expects = true;
			receive();
		}

		void matched() {
			this.rest.accept(new Object[] { "no reply" }, 1);
			this.test.run();
		}

		void pause() {
			this.test.session.pauseReads();
			this.test.run();
		}

		void resume() {
			this.test.session.resumeReads();
			this.test.run();
		}

		@Override
		public boolean expectsReplies() {
			return this.expects;
		}

		@Override
		public void match(Object[] payloads, ObjIntConsumer<Object[]> then) {
			this.rest = then;
		}

	}

}
