package dev.socketserver.engine.state;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.state.SessionEnd.Connected;
import dev.socketserver.engine.state.SessionEnd.Wish;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.socketserver.engine.state.SessionEnd.Connected.GONE;
import static dev.socketserver.engine.state.SessionEnd.Connected.INPUT_ENDED;
import static dev.socketserver.engine.state.SessionEnd.Connected.OVER;
import static dev.socketserver.engine.state.SessionEnd.Wish.AFTER_ADMITTED;
import static dev.socketserver.engine.state.SessionEnd.Wish.AT_ONCE;
import static dev.socketserver.engine.state.SessionEnd.Wish.IN_TURN;
import static dev.socketserver.engine.state.SessionEnd.Wish.NONE;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The two facts of an end and their transitions, the truth table of its questions, and
 * where a session raises them.
 */
class SessionEndTests {

	private static final CloseStatus CLOSE = CloseStatus.of(CloseReason.HANDLER_CLOSED);

	private static final CloseStatus ABORT = CloseStatus.of(CloseReason.MEMORY);

	private static SessionEnd end(Wish wish, Connected connected) {
		SessionEnd end = new SessionEnd();
		wish(end, wish);
		connected(end, connected);
		return end;
	}

	private static void wish(SessionEnd end, Wish wish) {
		switch (wish) {
			case NONE -> {
			}
			case IN_TURN -> end.stop();
			case AFTER_ADMITTED -> end.close(CLOSE);
			case AT_ONCE -> end.abort(ABORT);
		}
	}

	private static void connected(SessionEnd end, Connected connected) {
		switch (connected) {
			case OPEN -> {
			}
			case INPUT_ENDED -> end.inputEnded();
			case GONE -> end.lost(null);
			case OVER -> {
				end.lost(null);
				end.over();
			}
		}
	}

	@TestFactory
	Stream<DynamicTest> transitionsOfTheWish() {
		Transitions<Wish, SessionEnd> all = Transitions.of(Wish.class, SessionEnd::new, SessionEnd::wish);
		for (Wish wish : Wish.values()) {
			all.reached(wish, (end) -> wish(end, wish));
		}
		return all.on("stop", SessionEnd::stop, Map.of(NONE, IN_TURN))
			.on("close", (end) -> end.close(CLOSE), Map.of(NONE, AFTER_ADMITTED, IN_TURN, AFTER_ADMITTED))
			.on("abort", (end) -> end.abort(ABORT), Map.of(NONE, AT_ONCE, IN_TURN, AT_ONCE, AFTER_ADMITTED, AT_ONCE))
			.on("the peer ends its output", SessionEnd::inputEnded, Map.of())
			.on("lost", (end) -> end.lost(null), Map.of())
			.on("settle", SessionEnd::settle, Map.of(NONE, AFTER_ADMITTED, IN_TURN, AFTER_ADMITTED))
			.tests();
	}

	@TestFactory
	Stream<DynamicTest> transitionsOfTheConnection() {
		Transitions<Connected, SessionEnd> all = Transitions.of(Connected.class, SessionEnd::new,
				SessionEnd::connected);
		for (Connected connected : Connected.values()) {
			all.reached(connected, (end) -> connected(end, connected));
		}
		return all.on("the peer ends its output", SessionEnd::inputEnded, Map.of(Connected.OPEN, INPUT_ENDED))
			.on("lost", (end) -> end.lost(null), Map.of(Connected.OPEN, GONE, INPUT_ENDED, GONE))
			.on("lost by a failure", (end) -> end.lost(new IOException()),
					Map.of(Connected.OPEN, GONE, INPUT_ENDED, GONE))
			.on("over", SessionEnd::over, Map.of(Connected.OPEN, OVER, INPUT_ENDED, OVER, GONE, OVER))
			.on("stop", SessionEnd::stop, Map.of())
			.on("close", (end) -> end.close(CLOSE), Map.of())
			.on("abort", (end) -> end.abort(ABORT), Map.of())
			.tests();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', useHeadersInDisplayName = true,
			textBlock = """
					wish           | connected   | handlesMore | readsOn | sends | awaitsPeer | closesInOrder | isSettled | isAborted
					NONE           | OPEN        | true        | true    | true  | true       | false         | false     | false
					NONE           | INPUT_ENDED | true        | false   | true  | true       | false         | false     | false
					NONE           | GONE        | true        | false   | false | false      | false         | false     | false
					IN_TURN        | OPEN        | false       | true    | true  | true       | true          | false     | false
					IN_TURN        | INPUT_ENDED | false       | false   | true  | true       | true          | false     | false
					IN_TURN        | GONE        | false       | false   | false | false      | true          | false     | false
					AFTER_ADMITTED | OPEN        | false       | true    | true  | false      | true          | true      | false
					AFTER_ADMITTED | INPUT_ENDED | false       | false   | true  | false      | true          | true      | false
					AFTER_ADMITTED | GONE        | false       | false   | false | false      | true          | true      | false
					AFTER_ADMITTED | OVER        | false       | false   | false | false      | true          | true      | true
					AT_ONCE        | OPEN        | false       | true    | false | false      | false         | true      | true
					AT_ONCE        | INPUT_ENDED | false       | false   | false | false      | false         | true      | true
					AT_ONCE        | GONE        | false       | false   | false | false      | false         | true      | true
					AT_ONCE        | OVER        | false       | false   | false | false      | false         | true      | true
					""")
	void answers(Wish wish, Connected connected, boolean handlesMore, boolean readsOn, boolean sends,
			boolean awaitsPeer, boolean closesInOrder, boolean isSettled, boolean isAborted) {
		SessionEnd end = end(wish, connected);
		assertThat(end.handlesMore()).as("handlesMore").isEqualTo(handlesMore);
		assertThat(end.handlesBegun()).as("handlesBegun").isEqualTo(wish == Wish.NONE || wish == Wish.IN_TURN);
		assertThat(end.readsOn()).as("readsOn").isEqualTo(readsOn);
		assertThat(end.sends()).as("sends").isEqualTo(sends);
		assertThat(end.awaitsPeer()).as("awaitsPeer").isEqualTo(awaitsPeer);
		assertThat(end.closesInOrder()).as("closesInOrder").isEqualTo(closesInOrder);
		assertThat(end.isSettled()).as("isSettled").isEqualTo(isSettled);
		assertThat(end.isAborted()).as("isAborted").isEqualTo(isAborted);
		assertThat(end.isGone()).as("isGone").isEqualTo(connected.compareTo(GONE) >= 0);
		assertThat(end.isOver()).as("isOver").isEqualTo(connected == OVER);
	}

	@Test
	void firstWhoSettlesItSaysWhy() {
		SessionEnd end = new SessionEnd();
		assertThat(end.stop()).isTrue();
		assertThat(end.settled()).isNull();
		assertThat(end.close(CLOSE)).isTrue();
		assertThat(end.close(ABORT)).isFalse();
		assertThat(end.abort(ABORT)).isFalse();
		assertThat(end.wish()).isEqualTo(AT_ONCE);
		end.lost(new IOException("reset"));
		assertThat(end.settle()).isEqualTo(CLOSE);
	}

	@Test
	void connectionSaysWhyIfNobodyElseDoes() {
		SessionEnd closed = end(NONE, GONE);
		assertThat(closed.settle()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		SessionEnd reset = new SessionEnd();
		IOException first = new IOException("reset");
		reset.lost(first);
		reset.lost(new IOException("another"));
		assertThat(reset.lostStatus()).isEqualTo(new CloseStatus(CloseReason.PEER_RESET, "reset", first));
		assertThat(reset.isSettled()).isFalse();
		assertThat(reset.settle().reason()).isEqualTo(CloseReason.PEER_RESET);
		SessionEnd failed = end(IN_TURN, Connected.OPEN);
		failed.lost(new IllegalStateException("failed"));
		assertThat(failed.settle().reason()).isEqualTo(CloseReason.IO_ERROR);
	}

	@Test
	void sessionIsClosedAfterWhatItHasAdmitted() {
		TestSession test = new TestSession((spec) -> spec);
		SessionEnd end = test.session.end();
		assertThat(end.wish()).isEqualTo(NONE);
		test.session.close();
		assertThat(end.wish()).isEqualTo(AFTER_ADMITTED);
		test.drain();
		test.disconnect();
		assertThat(end.connected()).isEqualTo(OVER);
	}

	@Test
	void stoppedSessionHandlesNoFurtherFrame() {
		TestSession test = new TestSession((payload, session) -> new CompletableFuture<>(), (spec) -> spec);
		test.receive("under way\n");
		test.run();
		test.session.stop();
		test.run();
		assertThat(test.session.end().wish()).isEqualTo(IN_TURN);
		test.disconnect();
		assertThat(test.session.end().connected()).isEqualTo(OVER);
		assertThat(test.calls).hasSize(1);
	}

	@Test
	void abortedSessionIsNotStoppedAgain() {
		TestSession test = new TestSession((spec) -> spec);
		test.session.stop();
		assertThat(test.session.end().status().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		test.session.abort(ABORT);
		assertThat(test.session.end().wish()).isEqualTo(AT_ONCE);
		test.session.stop();
		test.disconnect();
		test.session.abort(ABORT);
		assertThat(test.session.end().connected()).isEqualTo(OVER);
		assertThat(test.session.end().status().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		assertThat(test.calls).hasSize(1);
	}

	@Test
	void halfClosedSessionHandlesOn() {
		TestSession test = new TestSession((payload, session) -> new CompletableFuture<>(), (spec) -> spec);
		test.receive("under way\n");
		test.session.peerEnded();
		test.run();
		assertThat(test.session.end().connected()).isEqualTo(INPUT_ENDED);
		assertThat(test.session.end().wish()).isEqualTo(NONE);
	}

}
