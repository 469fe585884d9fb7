package dev.socketserver.engine.input;

import java.util.List;
import java.util.function.ObjIntConsumer;

import dev.socketserver.engine.TestSession;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the input goes on behind a batch that is matched on another thread, at whatever
 * time that ends.
 */
class MatchedInputTests {

	private static final String LINE = "x".repeat(9_999) + "\n";

	private final TestSession test = new TestSession((spec) -> spec.inbound((i) -> i.capacity(100).bytes(1 << 20)));

	private final Matcher matcher = new Matcher();

	/** One TLS record after the other, of what was read at once. */
	@Test
	void isReadOnIfMoreArrivesBeforeTheLoopLearnsOfTheMatch() {
		this.test.session.input().deframer().takeReplies(this.matcher);
		this.test.receive(LINE);
		for (int i = 0; i < 7; i++) {
			this.test.receive(LINE);
		}
		assertThat(this.test.connection.events).endsWith("reading false");

		this.matcher.expects = false;
		this.matcher.rest.accept(new Object[] { "no reply" }, 1);
		this.test.receive(LINE);
		this.test.run();

		List<String> reading = this.test.connection.events.stream().filter((event) -> event.startsWith("r")).toList();
		assertThat(reading).endsWith("reading true");
		assertThat(this.test.counters.messagesReceived()).isEqualTo(9);
	}

	/** Expects replies, of which the test says when they are found. */
	private static final class Matcher implements BatchMatcher {

		private boolean expects = true;

		private ObjIntConsumer<Object[]> rest = (payloads, count) -> {
		};

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
