package dev.socketserver.engine.server;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.threads.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * How the sessions of one run end: by themselves, each in its turn, asked to, or aborted,
 * and when one of these follows another. Safe for use by several threads.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the end of the run, which happens anyway
final class Ending {

	/**
	 * How long sessions that were aborted may take to notify their handlers, in seconds.
	 */
	private static final long ABORT_SECONDS = 2;

	private static final CloseStatus ABORTED = CloseStatus.of(CloseReason.SERVER_STOPPED,
			"aborted at the end of the time to stop");

	private final ServerContext server;

	private final ServerRun run;

	private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

	/**
	 * Ends sessions that open although the run ends its sessions one after the other;
	 * absent while it does not.
	 */
	private volatile @Nullable Consumer<Session> late;

	/** How many sessions were aborted, which had not ended in time. */
	private volatile long cut;

	/** Whether somebody has claimed to stop the sessions. Guarded by the lifecycle. */
	private boolean claimed;

	/**
	 * Creates the end of a run.
	 * @param server what it shares with other runs
	 * @param run has the sessions
	 */
	Ending(ServerContext server, ServerRun run) {
		this.server = server;
		this.run = run;
	}

	/** Returns how many sessions are open. */
	long count() {
		return this.run.openSessions().count();
	}

	/** Returns how many sessions were cut. */
	long cut() {
		return this.cut;
	}

	/** Sends all sessions what they are sent before they end. */
	private void farewell() {
		this.run.openSessions().forEach(this::farewell);
	}

	/** Sends that to a session. */
	private void farewell(Session session) {
		Objects.requireNonNull(this.run.listener(session), "listener").farewell().say(session);
	}

	/**
	 * Somebody is about to stop the sessions. Under the lock of the lifecycle.
	 * @return whether no one was before, unless it was a drain at the end of its time
	 */
	boolean claim() {
		advance(Phase.CLAIMED);
		boolean first = !this.claimed;
		this.claimed = true;
		return first;
	}

	/** Whether somebody stops the sessions, or is about to. */
	boolean isClaimed() {
		return this.phase.get().isClaimed();
	}

	/** Goes on to a later phase; returns the one before. */
	private Phase advance(Phase next) {
		return this.phase.getAndUpdate((before) -> before.advance(next));
	}

	/** A session has opened, perhaps too late to be among those that a stop ends. */
	void opened(Session session) {
		switch (this.phase.get()) {
			case ABORTING -> session.abort(ABORTED);
			case STOPPING -> {
				farewell(session);
				session.stop();
			}
			case LEFT_ALONE -> farewell(session);
			// Whoever has claimed the stop finds it among the open sessions.
			case OPEN, CLAIMED -> {
				Consumer<Session> others = this.late;
				if (others != null) {
					others.accept(session);
				}
			}
		}
	}

	/**
	 * Closes the listener, and lets the sessions go on until the timeout, when those that
	 * are left are stopped, unless somebody has stopped them before.
	 * @param timeout how long they may go on
	 * @param beyond how long they may take to end after that
	 */
	void leaveAlone(Duration timeout, Duration beyond) {
		this.run.close();
		advance(Phase.LEFT_ALONE);
		farewell();
		stopAfter(timeout, beyond);
	}

	/**
	 * Closes the listener, and leaves it to somebody else to end the sessions.
	 * @param others ends sessions that open from now on: connections may be on their way
	 * @return the open sessions
	 */
	List<Session> leaveTo(Consumer<Session> others) {
		this.late = others;
		this.run.close();
		return this.run.openSessions().toList();
	}

	/** Has the sessions that are left after the timeout stop, as {@link #stop}. */
	void stopAfter(Duration timeout, Duration beyond) {
		after(timeout.toNanos(), () -> {
			if (!advance(Phase.CLAIMED).isClaimed()) {
				stop(beyond);
			}
		});
	}

	/**
	 * Closes the listener, has the sessions end, and aborts those that are left at the
	 * timeout.
	 */
	void stop(Duration timeout) {
		boolean first = advance(Phase.STOPPING).compareTo(Phase.STOPPING) < 0;
		this.run.close();
		this.run.listeners().forEach((listener) -> listener.port().abortPending());
		if (first && !timeout.isZero()) {
			farewell();
			this.run.openSessions().forEach(Session::stop);
		}
		if (timeout.isZero()) {
			abort();
		}
		else {
			after(timeout.toNanos(), () -> abortLate(timeout));
		}
	}

	/** Aborts sessions that had their time: what they have received may have no reply. */
	private void abortLate(Duration timeout) {
		long late = count();
		if (late > 0 && this.phase.get() != Phase.ABORTING) {
			ServerLog.abortsSessions(this.server.name(), timeout, late);
		}
		abort();
	}

	private void abort() {
		if (advance(Phase.ABORTING) == Phase.ABORTING) {
			return;
		}
		// The last of them may end at once, and the report of a drain follows it.
		this.cut = count();
		this.run.openSessions().forEach((session) -> session.abort(ABORTED));
		after(TimeUnit.SECONDS.toNanos(ABORT_SECONDS), this::giveUp);
	}

	/** Sessions are left that do not end. */
	private void giveUp() {
		if (this.run.ended().isDone()) {
			return;
		}
		long stuck = count();
		if (stuck > 0) {
			ServerLog.leavesSessions(this.server.name(), stuck);
		}
		// Whoever is notified of the stop should find the port closed. But a loop that a
		// handler blocks does not get to closing it.
		this.run.free().thenRun(this.run::end);
		after(TimeUnit.SECONDS.toNanos(ABORT_SECONDS), this.run::end);
	}

	private void after(long nanos, Runnable task) {
		Deadline end = new Deadline();
		end.begin(this.server.engine().timer(), nanos, task);
		this.run.ended().whenComplete((result, failure) -> end.cancel());
	}

	/**
	 * How far the end of the sessions has progressed. A phase is only left for a later
	 * one; any may be skipped.
	 *
	 * <pre>
	 *   OPEN ──drain──▶ LEFT_ALONE ──claim──▶ CLAIMED ──stop──▶ STOPPING ──the time is over──▶ ABORTING
	 *    │                  │                                      ▲
	 *    └──────claim───────┼──────▶ CLAIMED                       │
	 *    └──────────────────┴────────────────stop──────────────────┘
	 * </pre>
	 */
	enum Phase {

		/** Sessions go on, or somebody ends them one after the other. */
		OPEN,

		/** Sessions were notified that there is not much time left. */
		LEFT_ALONE,

		/** Somebody is about to stop the sessions, and no one else is to. */
		CLAIMED,

		/** The sessions are asked to end. */
		STOPPING,

		/** Sessions that are left are aborted. */
		ABORTING;

		/** Whether somebody stops the sessions, or is about to. */
		boolean isClaimed() {
			return compareTo(CLAIMED) >= 0;
		}

		/**
		 * Returns the phase when somebody wants another.
		 * @param wanted what is wanted
		 * @return that, or this if it is as late
		 */
		Phase advance(Phase wanted) {
			return (compareTo(wanted) >= 0) ? this : wanted;
		}

	}

}
