package dev.socketserver.chaos;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.chaos.Verdict.Baseline;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.ReliabilityPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * One application for a long time: sessions that talk, and every half minute a schedule
 * in which everything goes wrong. What it holds must not grow. With {@code -Psoak}, for
 * an hour or {@code -Dsoak.minutes}.
 */
class SoakTests {

	private static final double MINUTES = Long.getLong("soak.minutes", 60);

	private static final double SECONDS_BETWEEN = 30;

	private static final int SESSIONS = 400;

	@Test
	void whatGrowsIsFoundAndWhatVariesIsNot() {
		Slopes slopes = new Slopes();
		for (int i = 0; i < 40; i++) {
			long mib = 1024 * 1024;
			slopes.add(i * 30, new Baseline(30 + i, 50 + i % 3, mib * (i % 2), 20 * mib + i * 512 * 1024));
		}
		List<String> problems = new ArrayList<>();
		slopes.rows(problems);

		assertThat(problems).containsExactly("heap after GC, KB has grown by 14848", "threads has grown by 29");
	}

	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void whatTheProcessHoldsDoesNotGrow() throws Exception {
		Slopes slopes = new Slopes();
		long begin = System.nanoTime();
		double next = 0;
		int sessions = 0;
		int schedules = 0;
		String cluster;
		try (Chaos chaos = Chaos.start(null, RedisServer.isInstalled())) {
			for (long seed = 1; seconds(begin) < MINUTES * 60; seed++) {
				boolean chaotic = seconds(begin) >= next;
				Schedule schedule = chaotic ? ChaosTests.schedule(seed) : traffic(seed);
				assertThat(chaos.play(schedule)).as("schedule %d", seed).isEmpty();
				if (chaotic) {
					next += SECONDS_BETWEEN;
					schedules++;
				}
				else {
					sessions += SESSIONS;
				}
				slopes.add(seconds(begin), chaos.held());
			}
			cluster = chaos.clusterFigures();
		}
		List<String> problems = new ArrayList<>();
		ReliabilityPage.write("soak",
				"%,d minutes with %,d sessions and %,d schedules, %s:\n\n| what | first | last | each hour | verdict |\n"
					.formatted((long) seconds(begin) / 60, sessions, schedules, cluster)
						+ "| --- | --- | --- | --- | --- |\n" + String.join("\n", slopes.rows(problems)));
		assertThat(problems).isEmpty();
		assumeTrue(RedisServer.isInstalled(), "All of it was without a cluster: there is no redis-server");
	}

	private static Schedule traffic(long seed) {
		Schedule schedule = Schedule.ofTraffic(seed, SESSIONS);
		return RedisServer.isInstalled() ? schedule.withSends(4) : schedule;
	}

	private static double seconds(long begin) {
		return (System.nanoTime() - begin) / 1e9;
	}

}
