package dev.socketserver.engine.addresses;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.client.ClientSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the next attempt at an address learns from those before it. The first wait is 100
 * ms, the longest 1 s.
 */
class ClientAddressTests {

	private static final long STABLE = TimeUnit.MILLISECONDS.toNanos(1_000) + 1;

	private static final long CONNECTED_AT = -5;

	private static final ClientSpec SPEC = ClientSpec.builder("it")
		.reconnect((reconnect) -> reconnect.period(Duration.ofMillis(100)).maxPeriod(Duration.ofSeconds(1)).jitter(0))
		.failOver((block) -> block.addresses("a:1"))
		.build();

	private final ClientAddress address = new ClientAddress(SPEC.server(), 0, SPEC, true, () -> 0);

	/** Fails an attempt, and returns how long the next is to wait. */
	private long failed(int number) {
		this.address.attempting();
		this.address.failed(number, new IOException("refused"), CONNECTED_AT);
		return TimeUnit.NANOSECONDS.toMillis(this.address.delay(CONNECTED_AT));
	}

	/**
	 * A connection that has begun with the third address, after one failed attempt.
	 * @return how long the next attempt is to wait
	 */
	private long disconnected(CloseReason reason, long lasted) {
		failed(2);
		this.address.attempting();
		ClientAddresses.Link link = new TestLink(this.address, true);
		this.address.connected(link, CONNECTED_AT);
		this.address.lost(link, reason, 3, CONNECTED_AT + lasted);
		return TimeUnit.NANOSECONDS.toMillis(this.address.delay(CONNECTED_AT + lasted));
	}

	@Test
	void failedAttemptHasTheNextAddressTried() {
		assertThat(this.address.number()).isZero();
		failed(1);
		assertThat(this.address.number()).isEqualTo(1);
	}

	@Test
	void stableConnectionHasAllBeginAnew() {
		assertThat(disconnected(CloseReason.PEER_RESET, STABLE)).isEqualTo(100);
		assertThat(this.address.number()).isZero();
	}

	@Test
	void connectionThatIsLostAtOnceHasAnotherAddressTried() {
		assertThat(disconnected(CloseReason.PEER_RESET, STABLE - 1)).isEqualTo(200);
		assertThat(this.address.number()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource(names = { "HANDLER_CLOSED", "OPERATOR_CLOSED", "SESSION_TIMEOUT", "MEMORY" })
	void endThatThisSideWantedSaysNothingOfTheAddress(CloseReason reason) {
		disconnected(reason, 0);
		assertThat(this.address.number()).isEqualTo(2);
	}

	@Test
	void startForgetsWhatCameBefore() {
		disconnected(CloseReason.PEER_RESET, 0);
		this.address.started();
		assertThat(this.address.number()).isZero();
		assertThat(failed(1)).isEqualTo(100);
	}

	@Test
	void whoWantsAConnectionDoesNotWaitLongForTheNextEither() {
		disconnected(CloseReason.PEER_RESET, 0);
		this.address.wanted();
		assertThat(this.address.number()).isEqualTo(3);
		assertThat(failed(4)).isEqualTo(100);
	}

}
