package dev.socketserver.engine.events;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.engine.log.LogLimit;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Several listeners, notified one after the other. A listener that throws harms neither
 * the others nor what it was notified of. How often that is logged is limited, since
 * listeners are notified of what peers do.
 *
 * @param <L> the type of the listeners
 */
public final class Listeners<L> {

	private static final SafeLogger logger = SafeLogger.of(Listeners.class);

	/** How many failures of a listener are logged in an interval one by one. */
	private static final int MOST_FAILURES = 10;

	private final Supplier<? extends Collection<? extends L>> source;

	private final ScheduledExecutorService timer;

	/** One for each class of listeners that have failed, by its name. */
	private final Map<String, LogLimit> limits = new ConcurrentHashMap<>();

	/**
	 * Asked for when there is something to report for the first time, under this object's
	 * monitor.
	 */
	private volatile @Nullable List<L> listeners;

	/**
	 * Creates a group of listeners.
	 * @param source gives the listeners; asked once, when there is something to report
	 * @param timer has time pass for the log
	 */
	public Listeners(Supplier<? extends Collection<? extends L>> source, ScheduledExecutorService timer) {
		this.source = source;
		this.timer = timer;
	}

	/**
	 * Notifies all of them.
	 * @param call notifies one
	 */
	public void notifyEach(Consumer<? super L> call) {
		for (L listener : listeners()) {
			try {
				call.accept(listener);
			}
			catch (Throwable ex) {
				// Everything, since not every compiler checks which exceptions are
				// declared.
				report(listener, ex);
			}
		}
	}

	/** Logs at once how many failures were not logged. */
	void flush() {
		this.limits.values().forEach(LogLimit::flush);
	}

	/**
	 * Logs a failure. Without descriptors, a class that is needed to show it may not be
	 * found: no other listener must be affected.
	 */
	private void report(L listener, Throwable failure) {
		try {
			logFailure(listener, failure);
		}
		catch (Throwable ex) {
			logger.error("Listener {} failed with {}, which cannot be shown", listener.getClass().getName(),
					failure.getClass().getName());
		}
	}

	/**
	 * Logs a failure whose class may be the listener's own, so that asking for its
	 * message may throw again.
	 */
	private void logFailure(L listener, Throwable failure) {
		String name = listener.getClass().getName();
		this.limits
			.computeIfAbsent(
					name, (
							key) -> new LogLimit(MOST_FAILURES, this.timer, NanoTime.SYSTEM,
									(count) -> logger.error("Listener {} failed {} times more, in {} s or less", name,
											count, LogLimit.INTERVAL_SECONDS)))
			.log(() -> {
				if (!logger.error("Listener {} failed", name, LoggedFailure.of(failure))) {
					logger.error("Listener {} failed with {}, which cannot be shown", name,
							failure.getClass().getName());
				}
			});
	}

	private List<L> listeners() {
		List<L> known = this.listeners;
		if (known == null) {
			synchronized (this) {
				known = this.listeners;
				if (known == null) {
					known = List.copyOf(this.source.get());
					this.listeners = known;
				}
			}
		}
		return known;
	}

}
