package dev.socketserver.engine.addresses;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Select;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which addresses are probed while others serve, and which takes over, by a clock that
 * the test sets. Addresses are a, b and c; the first wait is 1 s, the longest 8 s, and
 * fail-back takes 5 s.
 */
class FailBackTests {

	private ClientAddresses addresses = of(Duration.ofSeconds(5));

	private long nanos;

	private static ClientAddresses of(@Nullable Duration failBack) {
		return new ClientAddresses(ClientSpec.builder("it")
			.reconnect(
					(reconnect) -> reconnect.period(Duration.ofSeconds(1)).maxPeriod(Duration.ofSeconds(8)).jitter(0))
			.failOver((block) -> block.addresses("a:1", "b:2", "c:3").failBack(failBack))
			.build(), () -> 0);
	}

	private void pass(long millis) {
		this.nanos += TimeUnit.MILLISECONDS.toNanos(millis);
	}

	/** The next attempt fails. */
	private ClientAddress fail() {
		ClientAddress next = this.addresses.next(this.nanos);
		this.addresses.failed(next, 0, new IOException("refused"), this.nanos);
		return next;
	}

	/** The next attempt leads to a connection. */
	private TestLink connect() {
		return connected(this.addresses.next(this.nanos));
	}

	private TestLink connected(ClientAddress address) {
		TestLink link = new TestLink(address, false);
		this.addresses.connected(address, link, this.nanos);
		return link;
	}

	private TestLink keep(ClientAddress address) {
		TestLink link = new TestLink(address, false);
		this.addresses.probing(address);
		this.addresses.kept(address, link, this.nanos);
		return link;
	}

	private void lose(TestLink link) {
		this.addresses.lost(link.address, link, CloseReason.PEER_CLOSED, 0, this.nanos);
	}

	private List<String> due(@Nullable ClientAddress last) {
		return this.addresses.due(last, this.nanos).stream().map((each) -> each.server().host()).toList();
	}

	private long next(@Nullable ClientAddress last) {
		long next = this.addresses.nextDue(last, this.nanos);
		return (next == Long.MAX_VALUE) ? -1 : TimeUnit.NANOSECONDS.toMillis(next);
	}

	private @Nullable ClientAddress takingOver(ClientAddress last) {
		return this.addresses.takingOver(last, this.nanos);
	}

	private boolean available(int index) {
		return this.addresses.statuses(this.nanos).get(index).available();
	}

	@Test
	void anAddressThatIsDueIsProbedWhileAnotherServes() {
		this.addresses = of(null);
		ClientAddress a = fail();
		ClientAddress b = connect().address;
		assertThat(due(b)).isEmpty();
		assertThat(next(b)).isEqualTo(1_000);
		pass(1_000);
		assertThat(due(b)).containsExactly("a");
		this.addresses.probing(a);
		assertThat(due(b)).isEmpty();
		assertThat(next(b)).isEqualTo(-1);
		this.addresses.probeFailed(a, 0, new IOException("refused"), this.nanos);
		assertThat(next(b)).isEqualTo(2_000);
		assertThat(this.addresses.statuses(this.nanos).get(0).failures()).isEqualTo(2);

		pass(2_000);
		TestLink kept = keep(a);
		assertThat(available(0)).isTrue();
		assertThat(this.addresses.isKept(a, b)).isFalse();
		assertThat(this.addresses.statuses(this.nanos).get(0).connections()).isOne();
		this.addresses.lost(a, kept, CloseReason.ROTATED, 0, this.nanos);
		assertThat(available(0)).isTrue();
		assertThat(due(b)).isEmpty();
		pass(60_000);
		assertThat(takingOver(b)).isNull();
		assertThat(next(b)).isEqualTo(-1);
	}

	@Test
	void nothingIsProbedThatTheNextAttemptTriesAnyway() {
		ClientAddress a = fail();
		fail();
		fail();
		pass(1_000);
		assertThat(due(null)).isEmpty();
		assertThat(next(null)).isEqualTo(-1);
		assertThat(this.addresses.next(this.nanos)).isSameAs(a);
	}

	@Test
	void anEarlierAddressTakesOverThatHasKeptAConnectionForLongEnough() {
		ClientAddress a = fail();
		ClientAddress b = connect().address;
		pass(1_000);
		TestLink kept = keep(a);
		assertThat(this.addresses.isKept(a, b)).isTrue();
		assertThat(this.addresses.isKept(b, b)).isFalse();
		assertThat(this.addresses.isKept(a, a)).isFalse();
		assertThat(takingOver(b)).isNull();
		assertThat(next(b)).isEqualTo(5_000);
		pass(4_999);
		assertThat(takingOver(b)).isNull();
		lose(kept);
		assertThat(takingOver(b)).isNull();
		assertThat(available(0)).isFalse();
		assertThat(next(b)).isEqualTo(2_000);

		pass(2_000);
		keep(a);
		pass(5_000);
		assertThat(next(b)).isZero();
		assertThat(takingOver(b)).isSameAs(a);
	}

	/** It was lost after so long that this is no failure. */
	@Test
	void anEarlierAddressThatIsAvailableIsProbedAtOnce() {
		ClientAddress a = fail();
		ClientAddress b = connect().address;
		pass(1_000);
		TestLink kept = keep(a);
		pass(8_001);
		lose(kept);
		assertThat(available(0)).isTrue();
		assertThat(takingOver(b)).isNull();
		assertThat(due(b)).containsExactly("a");
	}

	@Test
	void theFirstTakesOverThatHasKeptAConnection() {
		ClientAddress a = fail();
		ClientAddress b = fail();
		ClientAddress c = connect().address;
		pass(1_000);
		assertThat(due(c)).containsExactly("a", "b");
		keep(b);
		pass(3_000);
		keep(a);
		pass(2_000);
		assertThat(takingOver(c)).isSameAs(b);
		assertThat(next(b)).isEqualTo(3_000);
		pass(3_000);
		assertThat(takingOver(c)).isSameAs(a);
		assertThat(takingOver(b)).isSameAs(a);
		assertThat(takingOver(a)).isNull();
	}

	/** One of several connections is there already. */
	@Test
	void anyConnectionTellsThatAnAddressKeepsOne() {
		TestLink first = connect();
		fail();
		ClientAddress b = connect().address;
		pass(1_000);
		keep(first.address);
		pass(4_000);
		assertThat(takingOver(b)).isSameAs(first.address);
	}

	/** It keeps what is idle, and hangs up on whoever signs on. */
	@Test
	void anAddressWhoseConnectionsDidNotLastMustBeThereForLonger() {
		ClientAddress a = this.addresses.next(this.nanos);
		for (int i = 1; i <= 2; i++) {
			TestLink used = connected(a);
			used.used = true;
			pass(200);
			lose(used);
		}
		ClientAddress b = connect().address;
		pass(8_000);
		TestLink kept = keep(a);
		assertThat(next(b)).isEqualTo(20_000);
		pass(8_001);
		lose(kept);
		keep(a);
		pass(19_999);
		assertThat(takingOver(b)).isNull();
		pass(1);
		assertThat(takingOver(b)).isSameAs(a);
	}

	@Test
	void onlyOrderedAddressesHaveAnEarlierOne() {
		for (Select select : List.of(Select.ROUND_ROBIN, Select.LEAST_WAITING)) {
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> ClientSpec.builder("it")
					.port(1)
					.failOver((block) -> block.select(select).failBack(Duration.ofSeconds(1)))
					.build())
				.withMessageContaining("works with select = ordered only");
		}
	}

}
