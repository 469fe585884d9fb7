package dev.socketserver.engine.input;

import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

import dev.socketserver.engine.TestSession;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.input.InputState.DISCARDING;
import static dev.socketserver.engine.input.InputState.MATCHING;
import static dev.socketserver.engine.input.InputState.READING;
import static dev.socketserver.engine.input.InputState.WAITING;

class InputStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(InputState.class, Subject::new, (subject) -> subject.deframer.state())
			.reached(READING, (subject) -> {
			})
			.reached(WAITING, Subject::pause)
			.reached(MATCHING, Subject::receiveReplies)
			.reached(DISCARDING, (subject) -> subject.deframer.discard())
			.on("frames", Subject::receive, Map.of())
			.on("no room", (subject) -> {
				subject.receive();
				subject.receive();
			}, Map.of(READING, WAITING))
			.on("room again", (subject) -> {
				subject.receive();
				subject.receive();
				subject.test.run();
			}, Map.of())
			.on("a pause", Subject::pause, Map.of(READING, WAITING))
			.on("no pause", Subject::resume, Map.of(WAITING, READING))
			.on("replies in a batch", Subject::receiveReplies, Map.of(READING, MATCHING))
			.on("all were matched", Subject::matched, Map.of(MATCHING, READING))
			.on("all were matched in a pause", (subject) -> {
				subject.pause();
				subject.matched();
			}, Map.of(READING, WAITING, MATCHING, WAITING))
			.on("the input ends", (subject) -> subject.deframer.inputEnded(), Map.of(READING, DISCARDING))
			.on("the input ends, and there is no pause", (subject) -> {
				subject.deframer.inputEnded();
				subject.resume();
			}, Map.of(READING, DISCARDING, WAITING, DISCARDING))
			.on("the input ends, and all were matched", (subject) -> {
				subject.deframer.inputEnded();
				subject.matched();
			}, Map.of(READING, DISCARDING, MATCHING, DISCARDING))
			.on("discard", (subject) -> subject.deframer.discard(),
					Map.of(READING, DISCARDING, WAITING, DISCARDING, MATCHING, DISCARDING))
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
