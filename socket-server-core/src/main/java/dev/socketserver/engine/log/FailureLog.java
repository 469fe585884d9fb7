package dev.socketserver.engine.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Logs failures that may come in floods, such as those of handlers, for one server or
 * client: each cause has a {@link LogLimit} of its own. Safe for use by several threads.
 */
public final class FailureLog {

	private static final SafeLogger logger = SafeLogger.of(FailureLog.class);

	private final String owner;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	private final Map<String, LogLimit> limits = new ConcurrentHashMap<>();

	/**
	 * Creates the log of a server or client.
	 * @param owner whose, for the beginning of a sentence
	 * @param timer has time pass
	 * @param nanoTime the time
	 */
	public FailureLog(String owner, ScheduledExecutorService timer, LongSupplier nanoTime) {
		this.owner = owner;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/**
	 * Logs a line about a cause, unless there have been many.
	 * @param cause what the line is about, one of few, for people: what was swallowed is
	 * counted under it
	 * @param most how many lines about it are logged in an interval as they come
	 * @param line logs the line
	 */
	public void log(String cause, int most, Runnable line) {
		this.limits
			.computeIfAbsent(cause,
					(key) -> new LogLimit(most, this.timer, this.nanoTime, (count) -> logger
						.warn("{}: {}: {} more in {} s or less", this.owner, key, count, LogLimit.INTERVAL_SECONDS)))
			.log(line);
	}

	/** Logs at once how many lines were swallowed. */
	public void flush() {
		this.limits.values().forEach(LogLimit::flush);
	}

}
