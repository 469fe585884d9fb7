package dev.socketserver.engine.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the {@link MemoryBudget}. From its mark on, sessions that hold much are no
 * longer read from; above its limit, those that hold most are aborted. They are aborted,
 * too, if the sum does not become less for a second: what all of them wait for might
 * never come, such as the rest of a frame.
 * <p>
 * Everything happens on the one thread of the timer, so that neither a loop nor a handler
 * can hold it up; and nothing happens while there is memory.
 */
public final class MemoryGuard implements MemoryBudget.Watcher {

	private static final SafeLogger logger = SafeLogger.of(MemoryGuard.class);

	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/** After so long without the sum becoming less, sessions are aborted. */
	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long ALARM_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final MemoryBudget budget;

	private final ScheduledExecutorService timer;

	private final Supplier<? extends Stream<? extends MemoryHolder>> sessions;

	private final BiConsumer<String, Alarm> alarms;

	private final LongSupplier clock;

	/** Whether a check has been asked for. */
	private final AtomicBoolean asked = new AtomicBoolean();

	private final Queue<MemoryHolder> emptied = new ConcurrentLinkedQueue<>();

	// On the timer.

	private @Nullable Future<?> ticking;

	/**
	 * How much was in use when something became free for the last time, and when that
	 * was.
	 */
	private long leastUsed;

	private long leastUsedAt;

	/** When the last alarm was raised; at first so long ago that the next may be. */
	private long alarmedAt;

	/**
	 * Creates a guard, which is notified of the budget's use from now on.
	 * @param budget the budget
	 * @param timer what the guard does happens on its one thread
	 * @param sessions all sessions
	 * @param alarms is notified when memory has become scarce, with the name of the
	 * server whose sessions hold most
	 */
	public MemoryGuard(MemoryBudget budget, ScheduledExecutorService timer,
			Supplier<? extends Stream<? extends MemoryHolder>> sessions, BiConsumer<String, Alarm> alarms) {
		this(budget, timer, sessions, alarms, NanoTime.SYSTEM);
	}

	@SuppressWarnings("this-escape") // of a final class, as its last step
	MemoryGuard(MemoryBudget budget, ScheduledExecutorService timer,
			Supplier<? extends Stream<? extends MemoryHolder>> sessions, BiConsumer<String, Alarm> alarms,
			LongSupplier clock) {
		this.budget = budget;
		this.timer = timer;
		this.sessions = sessions;
		this.alarms = alarms;
		this.clock = clock;
		this.alarmedAt = clock.getAsLong() - ALARM_PAUSE_NANOS;
		budget.watcher(this);
	}

	@Override
	public void emptied(MemoryHolder session) {
		this.emptied.add(session);
		exceeded();
	}

	@Override
	public void exceeded() {
		if (this.asked.compareAndSet(false, true)) {
			this.timer.execute(this::check);
		}
	}

	private void check() {
		// Reset first: a request that is made from now on may be too late for this check,
		// and gets another one.
		this.asked.set(false);
		try {
			act();
		}
		catch (Throwable ex) {
			// What logs may throw, which must not end the checks.
			logger.debug("Looking after memory failed", ex);
		}
	}

	private void act() {
		long used = this.budget.used();
		long now = this.clock.getAsLong();
		if (!this.budget.isScarce()) {
			if (used < this.budget.mark()) {
				// Those that have come when there was memory again.
				readEmptied();
				return;
			}
			becomeScarce(used, now);
		}
		if (used < this.leastUsed) {
			this.leastUsed = used;
			this.leastUsedAt = now;
		}
		if (used > this.budget.limit()) {
			abortDownTo(this.budget.limit());
		}
		else if (now - this.leastUsedAt >= PATIENCE_NANOS) {
			this.leastUsed = used;
			this.leastUsedAt = now;
			abortDownTo(this.budget.enough());
		}
		readEmptied();
		if (used < this.budget.enough()) {
			becomePlentiful();
		}
	}

	/** Has those read again that hold nothing any more. None of them is kept. */
	private void readEmptied() {
		for (MemoryHolder session = this.emptied.poll(); session != null; session = this.emptied.poll()) {
			session.readAgain();
		}
	}

	private void becomeScarce(long used, long now) {
		this.budget.scarce(true);
		this.leastUsed = used;
		this.leastUsedAt = now;
		if (this.ticking == null) {
			this.ticking = this.timer.scheduleWithFixedDelay(this::check, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
		}
		this.sessions.get().forEach(MemoryHolder::readLess);
		if (now - this.alarmedAt >= ALARM_PAUSE_NANOS) {
			this.alarmedAt = now;
			alarm(used);
		}
	}

	private void becomePlentiful() {
		this.budget.scarce(false);
		Future<?> ticks = this.ticking;
		this.ticking = null;
		if (ticks != null) {
			ticks.cancel(false);
		}
		this.sessions.get().forEach(MemoryHolder::readAgain);
	}

	/**
	 * Raises the alarm for the server whose sessions hold most. No alarm is delivered of
	 * clients: where no server has a session, it is logged.
	 */
	private void alarm(long used) {
		Map<String, Long> byServer = new HashMap<>();
		this.sessions.get()
			.filter((session) -> session.spec().side() == Side.SERVER)
			.forEach((session) -> byServer.merge(session.spec().name(), session.charged(), Long::sum));
		Optional<Map.Entry<String, Long>> most = byServer.entrySet().stream().max(Map.Entry.comparingByValue());
		if (most.isPresent()) {
			String detail = "%s bytes wait in all servers and clients, %s of them in sessions of this server: nearly all of socket.limits.memory = %s"
				.formatted(used, most.get().getValue(), this.budget.limit());
			this.alarms.accept(most.get().getKey(), new Alarm(Alarm.Kind.MEMORY, detail, null));
		}
		else {
			logger.warn("{} bytes wait in clients: nearly all of socket.limits.memory = {}", used, this.budget.limit());
		}
	}

	/**
	 * Aborts sessions, beginning with those that hold most, until the others hold no more
	 * than the target. What aborted sessions hold is on its way back already, and does
	 * not count. The sum is made of the sessions seen here, not taken from the budget:
	 * sessions come and go meanwhile, and their bytes would be taken for those of the
	 * ones that are seen.
	 */
	private void abortDownTo(long target) {
		List<Holder> holders = new ArrayList<>();
		long left = this.budget.usedApart();
		for (MemoryHolder session : this.sessions.get().toList()) {
			long bytes = session.charged();
			if (bytes > 0 && !session.isAborted()) {
				holders.add(new Holder(session, bytes));
				left += bytes;
			}
		}
		long used = left;
		holders.sort(Comparator.comparingLong(Holder::bytes).reversed());
		for (Holder holder : holders) {
			if (left <= target) {
				return;
			}
			left -= holder.bytes();
			holder.session()
				.abort(CloseStatus.of(CloseReason.MEMORY, "held " + holder.bytes() + " bytes, the most, while all held "
						+ used + " of socket.limits.memory = " + this.budget.limit()));
		}
	}

	/** A session, and how many bytes it held when it was checked. */
	private record Holder(MemoryHolder session, long bytes) {

	}

}
