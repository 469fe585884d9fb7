package dev.socketserver.engine.state;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.Transitions;
import dev.socketserver.engine.TestSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.state.SessionPhase.ABORTED;
import static dev.socketserver.engine.state.SessionPhase.OPEN;
import static dev.socketserver.engine.state.SessionPhase.OVER;
import static dev.socketserver.engine.state.SessionPhase.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

class SessionPhaseTests {

	private final TestSession test = new TestSession((spec) -> spec);

	@TestFactory
	Stream<DynamicTest> transitions() {
		CloseStatus status = CloseStatus.of(CloseReason.MEMORY);
		return Transitions
			.of(SessionPhase.class, () -> new TestSession((spec) -> spec), (subject) -> subject.session.phase())
			.reached(OPEN, (subject) -> {
			})
			.reached(STOPPING, (subject) -> subject.session.stop())
			.reached(ABORTED, (subject) -> subject.session.abort(status))
			.reached(OVER, TestSession::disconnect)
			.on("close", (subject) -> subject.session.close(), Map.of())
			.on("the connection is lost", (subject) -> subject.session.lost(null), Map.of())
			.on("stop", (subject) -> subject.session.stop(), Map.of(OPEN, STOPPING))
			.on("abort", (subject) -> subject.session.abort(status), Map.of(OPEN, ABORTED, STOPPING, ABORTED))
			.on("the handler was notified", TestSession::disconnect, Map.of(OPEN, OVER, STOPPING, OVER, ABORTED, OVER))
			.tests();
	}

	@Test
	void sessionThatIsNotStoppedIsOpenUntilItsEnd() {
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OPEN);
		assertThat(this.test.session.closing()).isFalse();
		this.test.session.close();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OPEN);
		assertThat(this.test.session.closing()).isTrue();
		this.test.drain();
		this.test.disconnect();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OVER);
		assertThat(this.test.session.isOver()).isTrue();
	}

	@Test
	void stoppedSessionHandlesNoFurtherFrame() {
		this.test.session.stop();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.STOPPING);
		assertThat(this.test.session.closing()).isTrue();
		this.test.drain();
		this.test.disconnect();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OVER);
		assertThat(this.test.session.endStatus().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void openSessionIsAborted() {
		this.test.session.abort(CloseStatus.of(CloseReason.MEMORY));
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.ABORTED);
		assertThat(this.test.session.isAborted()).isTrue();
		this.test.disconnect();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OVER);
	}

	@Test
	void stoppedSessionIsAbortedAndNotStoppedAgain() {
		this.test.session.stop();
		this.test.session.abort(CloseStatus.of(CloseReason.MEMORY));
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.ABORTED);
		this.test.session.stop();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.ABORTED);
		this.test.disconnect();
		this.test.session.abort(CloseStatus.of(CloseReason.MEMORY));
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OVER);
		assertThat(this.test.calls).hasSize(1);
	}

	@Test
	void connectionIsLostInAnyPhase() {
		this.test.session.lost(null);
		assertThat(this.test.session.lost()).isTrue();
		assertThat(this.test.session.ending()).isTrue();
		assertThat(this.test.session.phase()).isEqualTo(SessionPhase.OPEN);
		assertThat(this.test.session.disconnectedStatus()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

}
