package dev.socketserver.engine.addresses;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Select;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which address is next, by a clock that the test sets. Addresses are A, B and C; the
 * first wait is 1 s, the longest 8 s.
 */
class ClientAddressesTests {

	private final Map<String, TestLink> links = new HashMap<>();

	private ClientAddresses addresses = of(3, Select.ORDERED, 1);

	private long nanos;

	private static ClientAddresses of(int size, Select select, int failures) {
		List<String> hosts = List.of("a:1", "b:2", "c:3").subList(0, size);
		return new ClientAddresses(ClientSpec.builder("it")
			.reconnect(
					(reconnect) -> reconnect.period(Duration.ofSeconds(1)).maxPeriod(Duration.ofSeconds(8)).jitter(0))
			.failOver((block) -> block.addresses(hosts.toArray(String[]::new)).select(select).failures(failures))
			.build(), () -> 0);
	}

	/**
	 * Each step is a letter and what becomes of the attempt that is then made: {@code A-}
	 * it failed, {@code A+} it led to a connection; {@code A!} the connection is lost at
	 * once, {@code A~} after a message, {@code A.} it is closed by this side at once;
	 * {@code 500} so many milliseconds pass. An attempt must not wait.
	 */
	private void go(String steps) {
		for (String step : steps.split(" ")) {
			char what = step.charAt(step.length() - 1);
			if (Character.isDigit(what)) {
				this.nanos += TimeUnit.MILLISECONDS.toNanos(Long.parseLong(step));
				continue;
			}
			String host = step.substring(0, 1).toLowerCase();
			if (what == '-' || what == '+') {
				assertThat(delay()).as("wait before %s in %s", step, steps).isZero();
				ClientAddress next = this.addresses.next(this.nanos);
				assertThat(next.server().host()).as("address of %s in %s", step, steps).isEqualTo(host);
				if (what == '-') {
					this.addresses.failed(next, 0, new IOException("refused by " + host), this.nanos);
				}
				else {
					TestLink link = new TestLink(next, true);
					this.links.put(host, link);
					this.addresses.connected(next, link, this.nanos);
				}
			}
			else {
				TestLink link = this.links.remove(host);
				link.received = what == '~';
				this.addresses.lost(link.address, link,
						(what == '.') ? CloseReason.HANDLER_CLOSED : CloseReason.PEER_RESET, 0, this.nanos);
			}
		}
	}

	private long delay() {
		return TimeUnit.NANOSECONDS.toMillis(this.addresses.delay(this.nanos));
	}

	private AddressStatus status(int index) {
		return this.addresses.statuses(this.nanos).get(index);
	}

	@ParameterizedTest
	@CsvSource({
			// The first that is available, at once.
			"A+, 0", "A- B+, 0", "A- B- C+, 0",
			// None is: the one that is due first, when it is.
			"A- 100 B- 100 C-, 800", "A- 100 B- 100 C- 800 A- 100 B- 100 C-, 1800",
			// A later one stays as long as its connection does, and A is not due for it.
			"A- B+ 5000 B~ B+, 0", "A- B+ B! C+, 0",
			// A connection that said something is no failure, nor is one that lasted.
			"A+ 5000 A~ A+, 0", "A+ 8001 A! A+, 0", "A+ 7999 A! B+, 0",
			// Lost after a message: the next that is due takes its place at once.
			"A+ A~ B+, 0", "A+ 400 A~ B+, 0", "A- B+ B~ C+, 0", "A+ A~ B+ 1000 B~ A+, 0",
			// Addresses that accept and say something are not tried without end.
			"A+ 100 A~ B+ 100 B~ C+ 200 C~, 600", "A+ A~ B+ B~ C+ C~ 1000 A+ A~ B+ B~ C+ C~, 1000",
			// The application closes: no failure, and each time a longer wait.
			"A+ A., 1000", "A+ A. 1000 A+ A., 2000" })
	void orderedIsTheFirstThatIsAvailable(String steps, long delay) {
		go(steps);
		assertThat(delay()).isEqualTo(delay);
	}

	@ParameterizedTest
	@CsvSource({ "A+ B+ C+ A+ B+, 0", "A+ B- C+ A+ C+ A+, 0", "A+ B+ B! C+ A+ C+, 0" })
	void roundRobinTakesTurnsAmongThoseThatAreAvailable(String steps, long delay) {
		this.addresses = of(3, Select.ROUND_ROBIN, 1);
		go(steps);
		assertThat(delay()).isEqualTo(delay);
	}

	@Test
	void roundRobinIsEven() {
		this.addresses = of(3, Select.ROUND_ROBIN, 1);
		Map<ClientAddress, Integer> counts = new HashMap<>();
		for (int i = 0; i < 3_000; i++) {
			ClientAddress next = this.addresses.next(this.nanos);
			this.addresses.connected(next, new TestLink(next, true), this.nanos);
			counts.merge(next, 1, Integer::sum);
		}
		assertThat(counts.values()).containsExactly(1_000, 1_000, 1_000);
	}

	@Test
	void leastWaitingIsWhereTheLeastWaits() {
		this.addresses = of(3, Select.LEAST_WAITING, 1);
		go("A+ B+ C+");
		this.links.get("a").waiting = 5;
		this.links.get("b").waiting = 3;
		this.links.get("c").waiting = 4;
		go("B+");
		this.links.get("b").waiting = 9;
		go("C- A+");
	}

	@ParameterizedTest
	@CsvSource({
			// Still available: it is tried again when it is due, not another.
			"A-, 1000, true, 1", "A- 1000 A-, 2000, true, 2", "A- 1000 A- 2000 A- B+, 0, false, 3",
			// A message ends the row.
			"A- 1000 A- 2000 A+ A~ B+, 0, true, 0",
			// A connection alone does not, but the address is available.
			"A- 1000 A- 2000 A+, 0, true, 2", "A- 1000 A- 2000 A+ A! B+, 0, false, 3" })
	void anAddressIsUnavailableAfterSoManyFailuresInARow(String steps, long delay, boolean available, int failures) {
		this.addresses = of(3, Select.ORDERED, 3);
		go(steps);
		assertThat(delay()).isEqualTo(delay);
		assertThat(status(0).available()).isEqualTo(available);
		assertThat(status(0).failures()).isEqualTo(failures);
	}

	@Test
	void roundRobinTriesTheOthersMeanwhile() {
		this.addresses = of(2, Select.ROUND_ROBIN, 3);
		go("A- B-");
		assertThat(delay()).isEqualTo(1_000);
		go("1000 A- B-");
		assertThat(delay()).isEqualTo(2_000);
	}

	@Test
	void anAddressThatIsAloneWaitsAfterEachConnection() {
		this.addresses = of(1, Select.ORDERED, 1);
		go("A-");
		assertThat(delay()).isEqualTo(1_000);
		assertThat(status(0).available()).isFalse();
		go("1000 A+");
		assertThat(status(0).available()).isTrue();
		go("5000 A~");
		assertThat(delay()).isEqualTo(2_000);
		go("2000 A+ 8001 A~");
		assertThat(delay()).isEqualTo(1_000);
	}

	/** Nobody would try it again, and so it would be unavailable for ever. */
	@Test
	void theOnlyAddressIsAvailableWhileThereIsAConnection() {
		this.addresses = of(1, Select.ORDERED, 1);
		go("A+");
		TestLink first = this.links.get("a");
		go("A+");
		TestLink second = this.links.put("a", first);
		go("A!");
		assertThat(status(0).available()).isTrue();
		assertThat(status(0).nextAttempt()).isNull();
		this.links.put("a", second);
		go("A!");
		assertThat(status(0).available()).isFalse();
	}

	@Test
	void unavailableAddressesWaitAsRetrySays() {
		this.addresses = new ClientAddresses(ClientSpec.builder("it")
			.failOver((block) -> block.addresses("a:1")
				.retryPeriod(Duration.ofMillis(50))
				.retryMaxPeriod(Duration.ofMillis(150))
				.failures(2))
			.reconnect((reconnect) -> reconnect.period(Duration.ofSeconds(1)).jitter(0))
			.build(), () -> 0);
		List<Long> waits = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			go("A-");
			waits.add(delay());
			go(String.valueOf(delay()));
		}
		assertThat(waits).containsExactly(1_000L, 50L, 100L, 150L, 150L);
	}

	@Test
	void failuresOfAttemptsAtTheSameTimeAreOneReasonToWait() {
		this.addresses = of(1, Select.ORDERED, 1);
		List<ClientAddress> attempts = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			attempts.add(this.addresses.next(this.nanos));
		}
		for (ClientAddress each : attempts) {
			this.addresses.failed(each, 0, new IOException("refused"), this.nanos);
		}
		assertThat(delay()).isEqualTo(1_000);
	}

	@Test
	void onlyOneAttemptIsMadeAtAnAddressThatIsNotAvailable() {
		this.addresses = of(2, Select.ORDERED, 1);
		go("A- B- 1000");
		assertThat(this.addresses.next(this.nanos).server().host()).isEqualTo("a");
		assertThat(this.addresses.next(this.nanos).server().host()).isEqualTo("b");
	}

	@Test
	void statusSaysWhatHappened() {
		go("A- B+");
		assertThat(status(0))
			.extracting(AddressStatus::host, AddressStatus::port, AddressStatus::connections, AddressStatus::failure)
			.containsExactly("a", 1, 0, "refused by a");
		assertThat(status(0).nextAttempt()).isNotNull();
		assertThat(status(1))
			.extracting(AddressStatus::available, AddressStatus::connections, AddressStatus::failure,
					AddressStatus::nextAttempt)
			.containsExactly(true, 1, null, null);
		go("12 B!");
		assertThat(status(1).failure()).isEqualTo("lost after 12 ms, before a message was received: PEER_RESET");
	}

	@Test
	void aConnectionThatIsNotReadyInTimeIsAFailure() {
		go("A+");
		TestLink link = this.links.get("a");
		this.addresses.notReady(link.address, link, 0, new IOException("not ready within 10 s"), this.nanos);
		assertThat(status(0).available()).isFalse();
		go("B+");
	}

	@Test
	void startAndOperatorBeginAnew() {
		go("A- B- C-");
		assertThat(delay()).isPositive();
		this.addresses.wanted();
		assertThat(delay()).isZero();
		this.addresses.started();
		go("A+");
		assertThat(status(1).available()).isTrue();
	}

	@Test
	void onlyTheFirstFailureSinceTheLastConnectionIsTheFirst() {
		ClientAddress first = this.addresses.next(this.nanos);
		assertThat(this.addresses.failed(first, 0, new IOException(), this.nanos)).isTrue();
		ClientAddress second = this.addresses.next(this.nanos);
		assertThat(this.addresses.failed(second, 0, new IOException(), this.nanos)).isFalse();
		go("C+ C~");
		ClientAddress again = this.addresses.next(this.nanos);
		assertThat(this.addresses.failed(again, 0, new IOException(), this.nanos)).isTrue();
	}

}
