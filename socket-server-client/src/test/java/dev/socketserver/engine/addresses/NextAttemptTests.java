package dev.socketserver.engine.addresses;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.spec.connect.Reconnect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the next attempt learns from those before it.
 */
class NextAttemptTests {

	private static final long STABLE = TimeUnit.MILLISECONDS.toNanos(1_000) + 1;

	private static final long CONNECTED_AT = -5;

	private final NextAttempt next = new NextAttempt(
			new Backoff(new Reconnect(Duration.ofMillis(100), Duration.ofSeconds(1), 0), () -> 0));

	private long delay() {
		return TimeUnit.NANOSECONDS.toMillis(this.next.delay());
	}

	/** A connection that has begun with the third address, after one failed attempt. */
	private void disconnected(CloseReason reason, long lasted) {
		this.next.failed(2);
		this.delay();
		this.next.connected(CONNECTED_AT);
		this.next.disconnected(reason, 3, CONNECTED_AT + lasted);
	}

	@Test
	void onlyTheFirstFailureSinceTheLastConnectionIsTheFirst() {
		assertThat(this.next.failed(1)).isTrue();
		assertThat(this.next.failed(2)).isFalse();
		this.next.connected(0);
		assertThat(this.next.failed(1)).isTrue();
		this.next.started();
		assertThat(this.next.failed(1)).isTrue();
	}

	@Test
	void failedAttemptHasTheNextAddressTried() {
		assertThat(this.next.address()).isZero();
		this.next.failed(1);
		assertThat(this.next.address()).isEqualTo(1);
	}

	@Test
	void stableConnectionHasAllBeginAnew() {
		disconnected(CloseReason.PEER_RESET, STABLE);
		assertThat(this.next.address()).isZero();
		assertThat(delay()).isEqualTo(100);
	}

	@Test
	void connectionThatIsLostAtOnceHasAnotherAddressTried() {
		disconnected(CloseReason.PEER_RESET, STABLE - 1);
		assertThat(this.next.address()).isEqualTo(3);
		assertThat(delay()).isEqualTo(200);
	}

	@ParameterizedTest
	@EnumSource(names = { "HANDLER_CLOSED", "OPERATOR_CLOSED", "SESSION_TIMEOUT", "MEMORY" })
	void endThatThisSideWantedSaysNothingOfTheAddress(CloseReason reason) {
		disconnected(reason, 0);
		assertThat(this.next.address()).isEqualTo(2);
	}

	@Test
	void startForgetsWhatCameBefore() {
		disconnected(CloseReason.PEER_RESET, 0);
		this.next.started();
		assertThat(this.next.address()).isZero();
		assertThat(delay()).isEqualTo(100);
	}

	@Test
	void whoWantsAConnectionDoesNotWaitLongForTheNextEither() {
		disconnected(CloseReason.PEER_RESET, 0);
		this.next.wanted();
		assertThat(this.next.address()).isEqualTo(3);
		assertThat(delay()).isEqualTo(100);
	}

}
