package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class AddressLimitTests {

	private final AddressLimit limit = new AddressLimit();

	private static InetAddress address(String text) throws Exception {
		return InetAddress.getByName(text);
	}

	@Test
	void boundsEachAddressForItself() throws Exception {
		assertThat(this.limit.tryAcquire(address("192.0.2.1"), 2)).isTrue();
		assertThat(this.limit.tryAcquire(address("192.0.2.1"), 2)).isTrue();
		assertThat(this.limit.tryAcquire(address("192.0.2.1"), 2)).isFalse();
		assertThat(this.limit.tryAcquire(address("192.0.2.2"), 2)).isTrue();
		assertThat(this.limit.addresses()).isEqualTo(2);

		this.limit.release(address("192.0.2.1"));
		assertThat(this.limit.tryAcquire(address("192.0.2.1"), 2)).isTrue();
	}

	@Test
	void countsAnIpv6NetworkAsOneAddress() throws Exception {
		assertThat(this.limit.tryAcquire(address("2001:db8:0:1::1"), 2)).isTrue();
		assertThat(this.limit.tryAcquire(address("2001:db8:0:1:ffff::"), 2)).isTrue();
		assertThat(this.limit.tryAcquire(address("2001:db8:0:1::2"), 2)).isFalse();
		assertThat(this.limit.tryAcquire(address("2001:db8:0:2::1"), 2)).isTrue();
		// Its bits are those of an address of IPv4.
		assertThat(this.limit.tryAcquire(address("::c000:201:0:0:0:1"), 2)).isTrue();
		assertThat(this.limit.tryAcquire(address("192.0.2.1"), 2)).isTrue();
		assertThat(this.limit.addresses()).isEqualTo(4);
	}

	@Test
	void forgetsWhoHasNothing() throws Exception {
		this.limit.tryAcquire(address("192.0.2.1"), 2);
		this.limit.tryAcquire(address("192.0.2.1"), 2);
		this.limit.release(address("192.0.2.1"));
		this.limit.release(address("192.0.2.1"));

		assertThat(this.limit.addresses()).isZero();
		assertThatIllegalStateException().isThrownBy(() -> this.limit.release(address("192.0.2.1")));
	}

	@Test
	void holdsExactlyUnderRaces() throws Exception {
		InetAddress[] addresses = { address("192.0.2.1"), address("2001:db8::1") };
		AtomicInteger[] inside = { new AtomicInteger(), new AtomicInteger() };
		AtomicInteger most = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			int first = i % 2;
			Thread thread = new Thread(() -> {
				for (int round = 0; round < 100_000; round++) {
					int which = (first + round) % 2;
					if (this.limit.tryAcquire(addresses[which], 2)) {
						most.accumulateAndGet(inside[which].incrementAndGet(), Math::max);
						inside[which].decrementAndGet();
						this.limit.release(addresses[which]);
					}
				}
			});
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}

		assertThat(most.get()).isBetween(1, 2);
		assertThat(this.limit.addresses()).isZero();
	}

	@Test
	void whatOthersHaveCountsAsLongAsTheyHaveIt() throws Exception {
		AddressLimit beside = new AddressLimit();
		InetAddress address = address("192.0.2.1");
		assertThat(beside.tryAcquire(address, 0)).isFalse();
		assertThat(beside.addresses()).isZero();
		assertThat(beside.tryAcquire(address, 1)).isTrue();
		assertThat(beside.tryAcquire(address, 1)).isFalse();
		assertThat(beside.taken(address)).isOne();
		assertThat(beside.tryAcquire(address, 2)).isTrue();
	}

}
