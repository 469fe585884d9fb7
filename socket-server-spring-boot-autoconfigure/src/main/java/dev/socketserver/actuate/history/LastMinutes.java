package dev.socketserver.actuate.history;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import org.jspecify.annotations.Nullable;

/**
 * By how much a counter has grown in the last {@value #MINUTES} minutes, for each of its
 * labels. Not safe for use by several threads.
 */
final class LastMinutes {

	static final int MINUTES = 5;

	private final Counter counter;

	/** What was counted at the beginning of each of the last minutes. */
	private final long[][] counted;

	private int minutes;

	/** What has the counter; another one has begun at zero. */
	private @Nullable CounterSource counting;

	LastMinutes(Counter counter) {
		this.counter = counter;
		this.counted = new long[MINUTES][counter.labels().size()];
	}

	/**
	 * A minute begins.
	 * @param source has the counter
	 */
	void next(CounterSource source) {
		follow(source);
		long[] now = this.counted[this.minutes++ % MINUTES];
		List<Enum<?>> labels = this.counter.labels();
		for (int i = 0; i < now.length; i++) {
			now[i] = source.sum(this.counter, labels.get(i));
		}
	}

	/**
	 * Returns what has been counted since then.
	 * @param source has the counter
	 * @return the numbers by label, without those that are zero
	 */
	Map<String, Long> growth(CounterSource source) {
		follow(source);
		Map<String, Long> growth = new LinkedHashMap<>();
		if (this.minutes > 0) {
			long[] oldest = this.counted[(this.minutes < MINUTES) ? 0 : this.minutes % MINUTES];
			List<Enum<?>> labels = this.counter.labels();
			for (int i = 0; i < oldest.length; i++) {
				long grown = source.sum(this.counter, labels.get(i)) - oldest[i];
				if (grown > 0) {
					growth.put(labels.get(i).name(), grown);
				}
			}
		}
		return growth;
	}

	/** A server of the same name may have begun again. */
	private void follow(CounterSource source) {
		if (this.counting != source) {
			for (long[] minute : this.counted) {
				Arrays.fill(minute, 0);
			}
			this.counting = source;
		}
	}

}
