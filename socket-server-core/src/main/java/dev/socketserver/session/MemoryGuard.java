package dev.socketserver.session;

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

import dev.socketserver.Alarm;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec.Side;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that sessions keep within the {@link MemoryBudget}. From its mark on it has
 * them read from no longer while they hold much; above its limit it cuts those that hold
 * most. When nothing becomes free for a second it cuts them too: what all of them wait
 * for might never come, the rest of a frame say.
 * <p>
 * All of it happens on the timer's one thread, so that neither a loop nor a handler can
 * be in the way, and none of it while there is memory.
 */
public final class MemoryGuard implements MemoryBudget.Watcher {

	private static final SteadyLogger logger = SteadyLogger.of(MemoryGuard.class);

	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/** How long nothing may become free before somebody has to go. */
	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long ALARM_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final MemoryBudget budget;

	private final ScheduledExecutorService timer;

	private final Supplier<Stream<Session>> sessions;

	private final BiConsumer<String, Alarm> alarms;

	private final LongSupplier clock;

	/** A look has been asked for. */
	private final AtomicBoolean asked = new AtomicBoolean();

	private final Queue<Session> emptied = new ConcurrentLinkedQueue<>();

	// On the timer.

	private @Nullable Future<?> ticking;

	/** What was in use when last something had become free, and when that was. */
	private long leastUsed;

	private long leastUsedAt;

	private boolean alarmed;

	private long alarmedAt;

	/**
	 * Creates a guard, which is told of the budget's use from now on.
	 * @param budget the budget
	 * @param timer what the guard does happens on its one thread
	 * @param sessions all sessions
	 * @param alarms is told when memory has become scarce, with the name of the server
	 * whose sessions hold most
	 */
	public MemoryGuard(MemoryBudget budget, ScheduledExecutorService timer, Supplier<Stream<Session>> sessions,
			BiConsumer<String, Alarm> alarms) {
		this(budget, timer, sessions, alarms, System::nanoTime);
	}

	@SuppressWarnings("this-escape") // of a final class, as its last step
	MemoryGuard(MemoryBudget budget, ScheduledExecutorService timer, Supplier<Stream<Session>> sessions,
			BiConsumer<String, Alarm> alarms, LongSupplier clock) {
		this.budget = budget;
		this.timer = timer;
		this.sessions = sessions;
		this.alarms = alarms;
		this.clock = clock;
		budget.watcher(this);
	}

	@Override
	public void exceeded() {
		ask();
	}

	@Override
	public void emptied(Session session) {
		this.emptied.add(session);
		ask();
	}

	private void ask() {
		if (this.asked.compareAndSet(false, true)) {
			this.timer.execute(this::look);
		}
	}

	private void look() {
		// First: whoever asks from now on is not yet looked at.
		this.asked.set(false);
		try {
			act();
		}
		catch (Throwable ex) {
			// A logger may throw; that must not be the last look.
			logger.debug("Looking after memory failed", ex);
		}
	}

	private void act() {
		long used = this.budget.used();
		long now = this.clock.getAsLong();
		if (!this.budget.isScarce()) {
			if (used < this.budget.mark()) {
				return;
			}
			becomeScarce(used, now);
		}
		if (used < this.leastUsed) {
			this.leastUsed = used;
			this.leastUsedAt = now;
		}
		if (used > this.budget.limit()) {
			cutDownTo(this.budget.limit());
		}
		else if (now - this.leastUsedAt >= PATIENCE_NANOS) {
			this.leastUsed = used;
			this.leastUsedAt = now;
			cutDownTo(this.budget.enough());
		}
		for (Session session = this.emptied.poll(); session != null; session = this.emptied.poll()) {
			session.readAgain();
		}
		if (used < this.budget.enough()) {
			becomePlentiful();
		}
	}

	private void becomeScarce(long used, long now) {
		this.budget.scarce(true);
		this.leastUsed = used;
		this.leastUsedAt = now;
		if (this.ticking == null) {
			this.ticking = this.timer.scheduleWithFixedDelay(this::look, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
		}
		this.sessions.get().forEach(Session::readLess);
		if (!this.alarmed || now - this.alarmedAt >= ALARM_PAUSE_NANOS) {
			this.alarmed = true;
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
		this.sessions.get().forEach(Session::readAgain);
	}

	/**
	 * Tells it of the server that has most to do with it. Of clients nobody would be
	 * told, so that where there are no others it is only logged.
	 */
	private void alarm(long used) {
		Map<String, Long> byServer = new HashMap<>();
		this.sessions.get()
			.filter((session) -> session.spec().side() == Side.SERVER)
			.forEach((session) -> byServer.merge(session.server(), session.charged(), Long::sum));
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
	 * Cuts sessions, those first that hold most, until the rest holds no more than the
	 * target. What sessions hold that have been cut already is on its way back. What is
	 * in use is not asked for: sessions come and go meanwhile, and their bytes would be
	 * taken for those of the ones that are seen.
	 */
	private void cutDownTo(long target) {
		List<Holder> holders = new ArrayList<>();
		long left = this.budget.usedApart();
		for (Session session : (Iterable<Session>) this.sessions.get()::iterator) {
			long bytes = session.charged();
			if (bytes > 0 && !session.isCut()) {
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
				.cut(CloseStatus.of(CloseReason.MEMORY, "held " + holder.bytes() + " bytes, the most, while all held "
						+ used + " of socket.limits.memory = " + this.budget.limit()));
		}
	}

	/** A session, and how many bytes it held when it was looked at. */
	private record Holder(Session session, long bytes) {

	}

}
