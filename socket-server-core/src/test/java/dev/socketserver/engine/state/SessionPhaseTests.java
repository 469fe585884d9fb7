package dev.socketserver.engine.state;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.TestSession;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionPhaseTests {

	private final TestSession test = new TestSession((spec) -> spec);

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
