package dev.socketserver.engine.server;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.drain.Turns;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.spec.DrainPlan;
import org.jspecify.annotations.Nullable;

/**
 * One drain of a server, with all of its runs: closes the listener when the delay is
 * over, ends the sessions as the plan says, and aborts those that are left when the time
 * is. Safe for use by several threads.
 */
final class Drain {

	private static final CloseStatus STOPPED = CloseStatus.of(CloseReason.SERVER_STOPPED);

	private final String server;

	private final ServerCounters counters;

	/** Those that nobody else stops. Replaced as a whole, under this. */
	private volatile List<ServerRun> runs;

	private final DrainPlan plan;

	private final Times times;

	private final TurnTimer timer;

	/** When it began. */
	private final long begun;

	private final Instant endsAt;

	private final long of;

	/** How sessions had ended when it began. */
	private final Map<CloseReason, Long> closedBefore;

	// Guarded by this.

	private Phase phase = Phase.DELAYED;

	private @Nullable Turns<Session> turns;

	private @Nullable Runnable cancelLater;

	/**
	 * Creates a drain.
	 * @param server the name of the server
	 * @param counters count the sessions of all runs
	 * @param runs the runs that have sessions; one of them may listen
	 * @param plan how sessions are ended
	 * @param times how long it may take
	 * @param timer says when what is due
	 */
	Drain(String server, ServerCounters counters, List<ServerRun> runs, DrainPlan plan, Times times, TurnTimer timer) {
		this.server = server;
		this.counters = counters;
		this.runs = runs;
		this.plan = plan;
		this.times = times;
		this.timer = timer;
		this.begun = timer.now();
		this.endsAt = Instant.now().plus(endsSessions() ? plan.length() : times.timeout());
		this.of = counters.active();
		this.closedBefore = counters.closed();
	}

	/** Whether sessions are asked to end before the time is over. */
	private boolean endsSessions() {
		return !this.plan.over().isZero() || this.times.stops();
	}

	void begin() {
		ServerLog.drains(this.server, this.of, this.plan, this.times.timeout());
		CompletableFuture<?> unused = CompletableFuture
			.allOf(this.runs.stream().map(ServerRun::ended).toArray(CompletableFuture[]::new))
			.whenComplete((result, failure) -> ended());
		if (this.plan.delay().isZero()) {
			close();
		}
		else {
			later(this.plan.delay(), this::close);
		}
	}

	/** Runs something at a time after the beginning. Only the last such task is left. */
	private synchronized void later(Duration sinceBegin, Runnable task) {
		if (this.phase != Phase.OVER) {
			this.cancelLater = this.timer.at(this.begun + sinceBegin.toNanos(), task);
		}
	}

	private void close() {
		synchronized (this) {
			if (this.phase != Phase.DELAYED) {
				return;
			}
			this.phase = Phase.ENDING;
		}
		Duration left = this.times.timeout().minus(this.plan.delay());
		if (!this.plan.over().isZero()) {
			endInTurns();
		}
		else if (this.times.stops()) {
			this.runs.forEach((run) -> run.ending().stop(left));
		}
		else {
			this.runs.forEach((run) -> run.ending().leaveAlone(left, this.times.beyond()));
		}
	}

	private void endInTurns() {
		later(this.times.timeout(), this::abort);
		Turns<Session> begun;
		// Sessions that open meanwhile wait for this.
		synchronized (this) {
			List<Session> sessions = this.runs.stream()
				.flatMap((run) -> run.ending().leaveTo(this::late).stream())
				.toList();
			begun = new Turns<>(sessions, sessions.size(), this.plan.over(), this.plan.order(), this.timer,
					(session) -> {
						session.sends().farewellInTurn(lastWord(session));
						session.stop(STOPPED);
					});
			if (this.phase == Phase.OVER) {
				return;
			}
			this.turns = begun;
		}
		begun.begin();
	}

	private byte @Nullable [] lastWord(Session session) {
		for (ServerRun run : this.runs) {
			RunListener by = run.listener(session);
			if (by != null) {
				return by.farewell().bytes(session);
			}
		}
		return null;
	}

	private synchronized void late(Session session) {
		Turns<Session> running = this.turns;
		if (running != null) {
			running.add(session);
		}
	}

	/** Also where the time was to end earlier, and those that are left were stopped. */
	private void abort() {
		this.runs.forEach((run) -> run.ending().stop(Duration.ZERO));
	}

	/** Whether it is the drain of all these. */
	boolean hasAll(List<ServerRun> others) {
		return this.runs.containsAll(others);
	}

	/** Leaves a run to somebody else, who stops it. */
	synchronized void leave(ServerRun stopped) {
		this.runs = this.runs.stream().filter((run) -> run != stopped).toList();
		if (this.runs.isEmpty()) {
			end();
		}
	}

	/** Has the time end earlier, as another call of a drain can. */
	void shorten(Duration timeout, Duration beyond) {
		this.runs.forEach((run) -> run.ending().stopAfter(timeout, beyond));
	}

	/** Has another drain end all sessions, which gives those of this one no more time. */
	void handOver() {
		if (!this.plan.over().isZero()) {
			Duration left = this.times.timeout().minusNanos(this.timer.now() - this.begun);
			this.runs.forEach((run) -> run.ending().stopAfter(left, Duration.ZERO));
		}
		end();
	}

	/** Ends no further session: somebody else does. */
	synchronized void end() {
		this.phase = Phase.OVER;
		if (this.cancelLater != null) {
			this.cancelLater.run();
		}
		if (this.turns != null) {
			this.turns.cancel();
		}
	}

	private void ended() {
		end();
		Map<CloseReason, Long> ended = new EnumMap<>(CloseReason.class);
		this.counters.closed().forEach((reason, count) -> {
			long more = count - this.closedBefore.getOrDefault(reason, 0L);
			if (more > 0) {
				ended.put(reason, more);
			}
		});
		long cut = this.runs.stream().mapToLong((run) -> run.ending().cut()).sum();
		ServerLog.drained(this.server, Duration.ofNanos(this.timer.now() - this.begun), ended, cut);
	}

	synchronized boolean isOver() {
		return this.phase == Phase.OVER;
	}

	/** Returns what is still to be done of the plan. */
	synchronized DrainPlan rest() {
		if (!endsSessions() || this.phase == Phase.OVER) {
			return DrainPlan.NONE;
		}
		long gone = this.timer.now() - this.begun;
		long delay = Math.max(0, this.plan.delay().toNanos() - gone);
		long all = Math.max(0, this.plan.length().toNanos() - gone);
		return new DrainPlan(Duration.ofNanos(delay), Duration.ofNanos(all - delay), this.plan.order());
	}

	synchronized @Nullable DrainProgress progress() {
		if (this.phase == Phase.OVER) {
			return null;
		}
		long left = this.counters.active();
		double perSecond = (this.turns != null) ? this.turns.perSecond() : 0;
		return new DrainProgress(this.endsAt, left, Math.max(this.of, left), perSecond);
	}

	/**
	 * How long a drain may take.
	 *
	 * @param timeout all of it
	 * @param beyond how long sessions may take to end that were left alone until then
	 * @param stops whether they are not left alone, but stopped, when the delay is over
	 */
	record Times(Duration timeout, Duration beyond, boolean stops) {

	}

	/**
	 * How far a drain has progressed.
	 *
	 * <pre>
	 *   DELAYED ──the delay is over──▶ ENDING ──all sessions have ended──▶ OVER
	 *      │                             │                                 ▲
	 *      └──────────a stop─────────────┴─────────────────────────────────┘
	 * </pre>
	 */
	private enum Phase {

		/** The server still accepts connections. */
		DELAYED,

		/** The server does not listen, and its sessions end. */
		ENDING,

		/** All sessions have ended, or somebody else ends them. */
		OVER

	}

}
