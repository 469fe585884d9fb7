package dev.socketserver.chaos;

import java.nio.file.Path;
import java.util.List;

import dev.socketserver.chaos.Schedule.Step;
import org.jspecify.annotations.Nullable;

/**
 * Plays one schedule against an application of its own, perhaps one with a mistake.
 */
public final class ChaosRuns {

	private ChaosRuns() {
	}

	/**
	 * Plays a schedule.
	 * @param seed its seed
	 * @param patch a folder of classes that are used instead of those of the product, or
	 * {@code null}
	 * @param clustered whether there is another node, which has the same classes
	 * @return what is wrong
	 * @throws Exception if it cannot be played
	 */
	public static List<String> play(long seed, @Nullable Path patch, boolean clustered) throws Exception {
		Schedule schedule = Schedule.of(seed, 0).withClient().withSums();
		return play(clustered ? schedule.withCluster() : schedule, patch);
	}

	/**
	 * Plays a schedule in which limits are reached, and nothing else happens.
	 * @param patch a folder of classes that are used instead of those of the product
	 * @return what is wrong
	 * @throws Exception if it cannot be played
	 */
	public static List<String> crowd(Path patch) throws Exception {
		return play(new Schedule(0, List.of(new Step(0, new Abuse.Crowd(false)))), patch);
	}

	static List<String> play(Schedule schedule, @Nullable Path patch) throws Exception {
		Chaos started;
		try {
			started = Chaos.start(patch, schedule.needsCluster());
		}
		catch (Exception | AssertionError ex) {
			return List.of("not even the first sessions: " + ex);
		}
		try (Chaos chaos = started) {
			return chaos.play(schedule);
		}
	}

}
