package dev.socketserver.engine.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

import dev.socketserver.spi.PeerFault;
import org.jspecify.annotations.Nullable;

/**
 * Logs failures that may occur in floods, such as those of handlers, for one server or
 * client: each cause, and each type of exception, has a {@link LogLimit} of its own. Safe
 * for use by several threads.
 */
public final class FailureLog {

	/** How many types of exceptions have limits of their own at once, of each kind. */
	private static final int MOST_TYPES = 16;

	/** How many futures in each other are looked into. Causes may be a circle. */
	private static final int MOST_FUTURES = 16;

	/** How many kinds of exceptions are known to have been logged with their stack. */
	private static final int MOST_STACKS = 256;

	private final SafeLogger logger;

	private final String owner;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	private final Map<String, LogLimit> limits = new ConcurrentHashMap<>();

	/**
	 * Which exceptions, from which places, were logged with their stack. Guarded by this.
	 */
	private final Set<String> stacks = new HashSet<>();

	/** Limits by kind and type of exception. Guarded by this. */
	private final Map<String, Map<String, LogLimit>> types = new HashMap<>();

	/**
	 * Creates the log of a server or client.
	 * @param api what applications know the server or client by, which names the logger
	 * @param owner whose, for the beginning of a sentence
	 * @param timer has time pass
	 * @param nanoTime the time
	 */
	public FailureLog(Class<?> api, String owner, ScheduledExecutorService timer, LongSupplier nanoTime) {
		this.logger = SafeLogger.of(api);
		this.owner = owner;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/**
	 * Logs a line about a cause, unless there have been many.
	 * @param cause what the line is about, one of few, for people: what was swallowed is
	 * counted under it
	 * @param most how many lines about it are logged in an interval one by one
	 * @param line logs the line
	 */
	public void log(String cause, int most, Runnable line) {
		limit(this.limits, cause, cause, most).log(line);
	}

	/**
	 * Logs a line about an exception, unless there have been many of its type. What a
	 * future has failed with counts as its cause. There are limits for 16 types at once;
	 * what is beyond counts as one.
	 * @param kind what has failed, one of few, for people
	 * @param failure the exception
	 * @param most how many lines about the type are logged in an interval one by one
	 * @param line logs the line
	 */
	public void log(String kind, Throwable failure, int most, Runnable line) {
		limit(kind, type(failure), most).log(line);
	}

	/**
	 * Logs an exception, as {@link #log(String, Throwable, int, Runnable)} does. The
	 * stack is logged once for each kind: the same exceptions from the same places. A
	 * {@link PeerFault} is a warning, without a stack.
	 * @param kind what has failed, one of few, for people
	 * @param failure the exception; its class may be user code
	 * @param most how many lines about the type are logged in an interval one by one
	 * @param values the names of server or client, session and peer, and what has failed
	 */
	public void failed(String kind, Throwable failure, int most, Object... values) {
		log(kind, failure, most,
				(failure instanceof PeerFault) ? () -> warn(failure, values) : () -> logFailure(failure, values));
	}

	private void warn(Throwable failure, Object... values) {
		@Nullable Object[] all = Arrays.copyOf(values, values.length + 1);
		all[values.length] = LogText.of(LoggedFailure.message(failure));
		this.logger.warn("'{}': session {} of {}: {}: {}", all);
	}

	private void logFailure(Throwable failure, Object... values) {
		@Nullable Object[] all = Arrays.copyOf(values, values.length + 2);
		boolean logged;
		try {
			all[values.length] = LogText.of(failure.toString());
			all[values.length + 1] = isFirst(failure) ? LoggedFailure.of(failure) : null;
			logged = this.logger.error("'{}': session {} of {}: {}: {}", all);
		}
		catch (Throwable ex) {
			logged = false;
		}
		if (!logged) {
			all[values.length] = failure.getClass().getName();
			all[values.length + 1] = null;
			this.logger.error("'{}': session {} of {}: {} with {}, which cannot be shown", all);
		}
	}

	/** Whether the stack of such an exception was not logged yet. */
	private boolean isFirst(Throwable failure) {
		StringBuilder places = new StringBuilder();
		Throwable next = failure;
		for (int depth = 0; next != null && depth < MOST_FUTURES; depth++) {
			StackTraceElement[] stack = next.getStackTrace();
			places.append(next.getClass().getName()).append((stack.length > 0) ? stack[0] : "").append('\n');
			next = next.getCause();
		}
		synchronized (this) {
			if (this.stacks.size() >= MOST_STACKS) {
				this.stacks.clear();
			}
			return this.stacks.add(places.toString());
		}
	}

	private synchronized LogLimit limit(String kind, String type, int most) {
		Map<String, LogLimit> known = this.types.computeIfAbsent(kind, (key) -> new HashMap<>());
		if (!known.containsKey(type) && known.size() >= MOST_TYPES) {
			known.values().removeIf(LogLimit::isOver);
			if (known.size() >= MOST_TYPES) {
				String others = kind + " with exceptions of other types";
				return limit(this.limits, others, others, most);
			}
		}
		return limit(known, type, kind + " with " + type, most);
	}

	private LogLimit limit(Map<String, LogLimit> among, String key, String cause, int most) {
		return among.computeIfAbsent(key,
				(absent) -> new LogLimit(most, this.timer, this.nanoTime, (count) -> this.logger
					.warn("{}: {}: {} more in {} s or less", this.owner, cause, count, LogLimit.INTERVAL_SECONDS)));
	}

	/** By the classes themselves: those derived from them may be user code. */
	private static String type(Throwable failure) {
		Throwable found = failure;
		for (int depth = 0; depth < MOST_FUTURES; depth++) {
			boolean ofFuture = found.getClass() == CompletionException.class
					|| found.getClass() == ExecutionException.class;
			Throwable cause = ofFuture ? found.getCause() : null;
			if (cause == null) {
				break;
			}
			found = cause;
		}
		return found.getClass().getName();
	}

	/** Logs at once how many lines were swallowed. */
	public void flush() {
		List<LogLimit> all = new ArrayList<>(this.limits.values());
		synchronized (this) {
			this.types.values().forEach((known) -> all.addAll(known.values()));
		}
		all.forEach(LogLimit::flush);
	}

}
