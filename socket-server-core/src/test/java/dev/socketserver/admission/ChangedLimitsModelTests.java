package dev.socketserver.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.socketserver.RejectReason;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.spec.Limits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits that are changed at random, while connections come and go at random, against a
 * model that counts who is there: also those who came before there was a limit.
 */
class ChangedLimitsModelTests {

	@Test
	void decidesAsTheModelDoes() throws Exception {
		int seeds = Rounds.of("changed-limits.seeds", 500, 50_000);
		for (long seed = 0; seed < seeds; seed++) {
			new Round(seed).run();
		}
	}

	private static final class Round {

		private final long seed;

		private final Random random;

		private final List<InetAddress> addresses = new ArrayList<>();

		/** All that are there, the oldest first. */
		private final List<Connection> open = new ArrayList<>();

		private int connections;

		private Limits limits = Limits.DEFAULT.sessions(4).pending(100);

		private final Admission admission = new Admission(this.limits.sessions(), List.of(), this.limits);

		Round(long seed) throws UnknownHostException {
			this.seed = seed;
			this.random = new Random(seed);
			for (byte last = 1; last <= 3; last++) {
				this.addresses.add(InetAddress.getByAddress(new byte[] { (byte) 192, 0, 2, last }));
			}
		}

		void run() {
			for (int step = 0; step < 200; step++) {
				switch (this.random.nextInt(8)) {
					case 0 -> change();
					case 1, 2, 3 -> leave();
					default -> arrive();
				}
				assertThat(this.admission.taken()).as("seed %s", this.seed).isEqualTo(this.open.size());
				assertThat(this.admission.isExhausted()).as("seed %s", this.seed)
					.isEqualTo(this.open.size() >= this.limits.sessions());
			}
			while (!this.open.isEmpty()) {
				leave();
			}
			assertThat(this.admission.isIdle()).as("seed %s", this.seed).isTrue();
		}

		private void change() {
			this.limits = Limits.DEFAULT.sessions(1 + this.random.nextInt(12))
				.sessionsPerAddress(this.random.nextInt(4))
				.pending(1 + this.random.nextInt(100));
			List<Connection> now = List.copyOf(this.open);
			this.admission.reconfigure(this.limits.sessions(), this.limits,
					(address) -> (int) now.stream()
						.filter((each) -> this.open.contains(each) && each.address.equals(address))
						.count());
		}

		private void arrive() {
			InetAddress address = this.addresses.get(this.random.nextInt(this.addresses.size()));
			RejectReason expected = null;
			long same = this.open.stream().filter((each) -> each.address.equals(address)).count();
			if (this.open.size() >= this.limits.sessions()) {
				expected = RejectReason.LIMIT_SESSIONS;
			}
			else if (this.limits.sessionsPerAddress() > 0 && same >= this.limits.sessionsPerAddress()) {
				expected = RejectReason.LIMIT_ADDRESS;
			}
			Refusal refusal = this.admission.admit(address, false, false);
			assertThat(reason(refusal)).as("seed %s, %s with %s", this.seed, this.limits, this.open)
				.isEqualTo(expected);
			if (refusal == null) {
				this.open.add(new Connection(++this.connections, address, this.admission.countsAddresses()));
			}
		}

		private static @Nullable RejectReason reason(@Nullable Refusal refusal) {
			return (refusal != null) ? refusal.reason() : null;
		}

		private void leave() {
			if (this.open.isEmpty()) {
				return;
			}
			Connection left = this.open.remove(this.random.nextInt(this.open.size()));
			this.admission.sessions().release();
			if (left.counted) {
				this.admission.release(left.address);
			}
		}

	}

	private record Connection(int number, InetAddress address, boolean counted) {

	}

}
