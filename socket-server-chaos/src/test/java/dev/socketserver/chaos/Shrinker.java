package dev.socketserver.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * Leaves out actions of a schedule that fails, as long as it still fails. Each attempt
 * has an application of its own, since the last one may be broken.
 */
final class Shrinker {

	private Shrinker() {
	}

	/**
	 * Makes a schedule shorter.
	 * @param schedule a schedule that fails
	 * @param attempts how many shorter ones are played at most
	 * @param fails plays one
	 * @return the shortest that was found to fail
	 */
	static Schedule shrink(Schedule schedule, int attempts, Attempt fails) throws Exception {
		Schedule shortest = schedule;
		int left = attempts;
		int piece = Math.max(1, shortest.steps().size() / 2);
		while (left > 0) {
			boolean shrunk = false;
			for (int from = 0; from < shortest.steps().size() && left > 0;) {
				List<Integer> numbers = new ArrayList<>(shortest.numbers());
				numbers.subList(from, Math.min(numbers.size(), from + piece)).clear();
				if (numbers.isEmpty()) {
					break;
				}
				Schedule shorter = schedule.keep(numbers);
				left--;
				if (fails.fails(shorter)) {
					shortest = shorter;
					shrunk = true;
				}
				else {
					from += piece;
				}
			}
			if (piece == 1 && !shrunk) {
				break;
			}
			piece = Math.max(1, piece / 2);
		}
		return shortest;
	}

	/** Plays a schedule against a new application. */
	interface Attempt {

		boolean fails(Schedule schedule) throws Exception;

	}

}
