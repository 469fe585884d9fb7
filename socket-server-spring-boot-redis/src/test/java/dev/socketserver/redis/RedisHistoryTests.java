package dev.socketserver.redis;

import java.time.Duration;
import java.util.TreeMap;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What callers and peers of some nodes on a real Redis have seen, whatever has happened
 * to these. Seeds can be run again: with {@code -Dseed} and {@code -Dseeds}.
 */
@Tag("long")
@Timeout(7_200)
class RedisHistoryTests {

	private static final boolean SOAK = Boolean.getBoolean("socketserver.soak");

	private static final Duration LEASE = Duration.ofSeconds(SOAK ? 2 : 1);

	/** With {@code -Psoak} each is a JVM, whose start takes seconds. */
	private static final int NODES = SOAK ? 3 : 2;

	private static final Duration SETTLED = Duration.ofSeconds(15);

	@Test
	void noFrameIsLostOrComesTwiceOrToWhomWasReplaced() {
		long first = Long.getLong("seed", 1);
		int seeds = Integer.getInteger("seeds", SOAK ? 20 : 1);
		int calls = 0;
		long written = 0;
		TreeMap<String, Integer> faults = new TreeMap<>();
		for (long seed = first; seed < first + seeds; seed++) {
			try (HistorySchedule schedule = new HistorySchedule(seed, NODES, LEASE, SOAK, Mutant.NONE)) {
				schedule.run(Duration.ofSeconds(SOAK ? 10 : 2), true);
				schedule.settle(SETTLED);
				assertThat(schedule.history.violations()).as("seed %d: %s", seed, schedule.happened).isEmpty();
				assertThat(schedule.history.count("WRITTEN")).as("seed %d", seed).isPositive();
				assertThat(schedule.happened).as("seed %d", seed).isNotEmpty();
				calls += schedule.history.calls();
				written += schedule.history.count("WRITTEN");
				schedule.happened.forEach((fault) -> faults.merge(fault.split(" ")[2], 1, Integer::sum));
			}
		}
		System.out.printf(
				"%d schedules of %d nodes on a Redis with %,d sends, %,d of them written, and %s: 0 failures%n", seeds,
				NODES, calls, written, faults);
	}

	@ParameterizedTest
	@EnumSource(value = Mutant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void mutantIsCaught(Mutant mutant) {
		try (HistorySchedule schedule = new HistorySchedule(1, NODES, LEASE, true, mutant)) {
			schedule.run(Duration.ofSeconds(2), false);
			schedule.settle(Duration.ofSeconds(1));
			assertThat(schedule.history.violations()).isNotEmpty();
			System.out.println(mutant + ": " + schedule.history.violations().get(0));
		}
	}

}
