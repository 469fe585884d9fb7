package dev.socketserver.session;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Several listeners, which are told in order; one that throws does not keep the others
 * from being told, nor harm what it was told about. How often that is logged is limited:
 * what they are told is what peers do.
 *
 * @param <L> the type of the listeners
 */
public final class Audience<L> {

	private static final SteadyLogger logger = SteadyLogger.of(Audience.class);

	/** How many failures of a listener are logged in an interval as they come. */
	private static final int MOST_FAILURES = 10;

	private final Supplier<? extends Collection<? extends L>> source;

	private final ScheduledExecutorService timer;

	/** By the names of classes of listeners that have failed. */
	private final Map<String, LogLimit> limits = new ConcurrentHashMap<>();

	/** Looked up when there is something to tell, under this object's monitor. */
	private volatile @Nullable List<L> listeners;

	/**
	 * Creates an audience.
	 * @param source gives the listeners; asked once, when there is something to tell
	 * @param timer has time pass for the log
	 */
	public Audience(Supplier<? extends Collection<? extends L>> source, ScheduledExecutorService timer) {
		this.source = source;
		this.timer = timer;
	}

	/**
	 * Tells all of them.
	 * @param call tells one
	 */
	public void tell(Consumer<? super L> call) {
		for (L listener : listeners()) {
			try {
				call.accept(listener);
			}
			catch (Throwable ex) {
				// Not only what may be thrown here: not every compiler checks that.
				logFailure(listener, ex);
			}
		}
	}

	/** Says at once what was not logged. */
	void flush() {
		this.limits.values().forEach(LogLimit::flush);
	}

	/** The failure is the listener's too: asked for its message, it may throw again. */
	private void logFailure(L listener, Throwable failure) {
		String name = listener.getClass().getName();
		this.limits
			.computeIfAbsent(
					name, (
							key) -> new LogLimit(MOST_FAILURES, this.timer, System::nanoTime,
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
