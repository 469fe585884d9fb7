package dev.socketserver.engine.session;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

import dev.socketserver.ManualTimer;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Payloads that have a time to leave. */
class TimedSendTests {

	private static final Duration LEAVE = Duration.ofSeconds(10);

	private final SessionFixture fixture = new SessionFixture();

	private final Session session = this.fixture.session();

	private final ManualTimer timer = new ManualTimer();

	private final SendFuture sent = new SendFuture(Runnable::run);

	private void send() {
		new TimedSend(this.session, this.timer, this.sent).begin("late".getBytes(UTF_8), true, LEAVE.multipliedBy(2),
				LEAVE);
		this.fixture.run();
	}

	/** The thread that sends stands still before the output has the payload. */
	@Test
	void whatIsLateBeforeTheOutputHasItIsNeverSent() {
		this.timer.atOnce(LEAVE.toNanos());
		send();

		assertThat(this.sent).failsWithin(Patience.limit())
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessageContaining("the thread that sends did not run");
		assertThat(this.fixture.connection.events).isEmpty();
		assertThat(this.timer.waiting()).isZero();
	}

	/** The socket has it, and has not taken all of it. */
	@Test
	void whatHasBegunToLeaveHasTheRestOfTheTime() {
		this.fixture.connection.completing = false;
		send();

		assertThat(this.timer.runNext()).isTrue();
		assertThat(this.sent).isNotDone();
		assertThat(this.timer.runNext()).isTrue();
		assertThat(this.sent).failsWithin(Patience.limit())
			.withThrowableThat()
			.withCauseInstanceOf(TimeoutException.class);
		assertThat(this.timer.waiting()).isZero();
	}

}
