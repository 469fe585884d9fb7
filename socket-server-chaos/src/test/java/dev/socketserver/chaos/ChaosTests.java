package dev.socketserver.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.ReliabilityPage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Plays schedules: those of {@code seeds.txt} and another, and with {@code -Pchaos} as
 * many as {@code -Dchaos.seeds} says. {@code -Dchaos.seed} plays one, of which
 * {@code -Dchaos.keep} keeps some steps.
 */
@Tag("long")
class ChaosTests {

	/** The schedule that is always played, beside those that have found something. */
	private static final List<Long> SEEDS = List.of(1L);

	/** Actions beyond one of each kind. */
	static final int EXTRA = 15;

	/**
	 * For how long the peers may stand still: the application runs on, and cuts those
	 * that are silent for a second and a half.
	 */
	private static final Duration MOST_PAUSE = Duration.ofMillis(500);

	private static final int SHRINKING = Integer.getInteger("chaos.shrink", 20);

	@Test
	void everythingIsAccountedForWhateverHappens() throws Exception {
		Map<String, Long> kinds = new TreeMap<>();
		Long only = Long.getLong("chaos.seed");
		List<Long> seeds = (only != null) ? List.of(only) : seeds();
		long begin = System.nanoTime();
		int played = 0;
		long until = begin + Long.getLong("chaos.minutes", 600) * 60_000_000_000L;
		Chaos chaos = Chaos.start(null, RedisServer.isInstalled());
		try {
			for (long seed : seeds) {
				if (System.nanoTime() - until > 0) {
					break;
				}
				Schedule schedule = kept(schedule(seed));
				long began = System.nanoTime();
				List<String> problems = new ArrayList<>();
				while (isDisturbed(chaos, schedule, problems)) {
					// What others have left behind there is not of this schedule either.
					chaos.close();
					chaos = Chaos.start(null, RedisServer.isInstalled());
				}
				System.out.println("Schedule " + seed + ": " + schedule.steps().size() + " actions in "
						+ (System.nanoTime() - began) / 1_000_000 + " ms");
				if (!problems.isEmpty()) {
					fail(schedule, problems);
				}
				schedule.kindsOfActions().forEach((kind, count) -> kinds.merge(kind, count, Long::sum));
				played++;
			}
		}
		finally {
			chaos.close();
		}
		ReliabilityPage.write("schedules", figures(played, kinds, (System.nanoTime() - begin) / 60_000_000_000L));
		assumeTrue(RedisServer.isInstalled(), "All were played without a cluster: there is no redis-server");
	}

	/**
	 * Plays a schedule.
	 * @param problems gets what is wrong
	 * @return whether something is, and this JVM has stood still meanwhile
	 */
	private static boolean isDisturbed(Chaos chaos, Schedule schedule, List<String> problems) throws Exception {
		problems.clear();
		Duration pause = Patience.longestPause(() -> problems.addAll(chaos.play(schedule)));
		return !problems.isEmpty() && pause.compareTo(MOST_PAUSE) > 0;
	}

	@Test
	void withoutRedisAScheduleIsTheSameButForTheOtherNode() {
		Schedule alone = schedule(1, false);
		Schedule clustered = schedule(1, true);

		assertThat(alone.needsCluster()).isFalse();
		assertThat(clustered.keep(alone.numbers())).isEqualTo(alone);
		assertThat(clustered.steps()).hasSizeGreaterThan(alone.steps().size());
	}

	private static String figures(int played, Map<String, Long> kinds, long minutes) {
		long actions = kinds.values().stream().mapToLong(Long::longValue).sum();
		return "%,d schedules with %,d actions in %d minutes, 0 failures:\n\n| action | times |\n| --- | --- |\n%s"
			.formatted(played, actions, minutes,
					kinds.entrySet()
						.stream()
						.map((entry) -> "| %s | %,d |".formatted(entry.getKey(), entry.getValue()))
						.collect(Collectors.joining("\n")));
	}

	/** Returns a schedule, with a cluster where there is a Redis for it. */
	static Schedule schedule(long seed) {
		return schedule(seed, RedisServer.isInstalled());
	}

	private static Schedule schedule(long seed, boolean clustered) {
		Schedule schedule = Schedule.of(seed, EXTRA).withClient().withSums();
		return clustered ? schedule.withCluster() : schedule;
	}

	private static Schedule kept(Schedule schedule) {
		String keep = System.getProperty("chaos.keep");
		return (keep != null) ? schedule.keep(Arrays.stream(keep.split(",")).map(Integer::valueOf).toList()) : schedule;
	}

	private static List<Long> seeds() throws IOException {
		List<Long> seeds = new ArrayList<>(found());
		Long many = Long.getLong("chaos.seeds");
		if (many == null) {
			seeds.addAll(SEEDS);
		}
		else {
			long first = Long.getLong("chaos.first", 1_000);
			for (long seed = first; seed < first + many; seed++) {
				seeds.add(seed);
			}
		}
		return seeds;
	}

	/** The seeds that have found something. */
	private static List<Long> found() throws IOException {
		try (var in = Objects.requireNonNull(ChaosTests.class.getResourceAsStream("/seeds.txt"))) {
			return Stream.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"))
				.map((line) -> line.replaceAll("#.*", "").trim())
				.filter((line) -> !line.isEmpty())
				.map(Long::valueOf)
				.toList();
		}
	}

	private static void fail(Schedule schedule, List<String> problems) throws Exception {
		System.err.println(described(schedule, problems));
		Schedule shortest = Shrinker.shrink(schedule, SHRINKING, (shorter) -> !ChaosRuns.play(shorter, null).isEmpty());
		throw new AssertionError(described(shortest, problems));
	}

	private static String described(Schedule schedule, List<String> problems) {
		String keep = schedule.numbers().stream().map(String::valueOf).collect(Collectors.joining(","));
		return "Schedule " + schedule.seed() + " has failed:\n  " + String.join("\n  ", problems) + "\nIts steps:\n  "
				+ schedule.steps().stream().map(Object::toString).collect(Collectors.joining("\n  "))
				+ "\nPlay it again: ./mvnw -pl socket-server-chaos -am test -Dtest=ChaosTests"
				+ " -Dsurefire.failIfNoSpecifiedTests=false -Dchaos.seed=" + schedule.seed() + " -Dchaos.keep=" + keep;
	}

}
