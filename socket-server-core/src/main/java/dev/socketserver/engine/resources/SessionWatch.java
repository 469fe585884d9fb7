package dev.socketserver.engine.resources;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerHandler;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.watchdog.SessionTimeouts;
import dev.socketserver.engine.watchdog.StuckCalls;
import dev.socketserver.engine.watchdog.TimeoutsInForce;
import org.jspecify.annotations.Nullable;

/**
 * Has a timer check the sessions of one run now and then, for what takes too long in
 * them. It is one coarse timer for all: one for each session would cost memory for each,
 * and something for each read.
 */
public final class SessionWatch {

	private static final SafeLogger logger = SafeLogger.of(SessionWatch.class);

	/** What is overdue by other limits ends at the second check, or at the third. */
	private static final int CHECKS_AT_ONCE = 3;

	private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final SharedResources engine;

	private final TimeoutsInForce timeouts;

	private final Check ofTimeouts;

	private final Check ofCalls;

	/** What sessions share that begin now. */
	private volatile SessionContext context;

	/** Absent until calls are limited, and checked for the first time. */
	private volatile @Nullable StuckCalls calls;

	/** Begins to check, until {@link #end}. */
	public SessionWatch(SessionContext context, SharedResources engine) {
		this.context = context;
		this.engine = engine;
		this.timeouts = new TimeoutsInForce(context.spec());
		this.ofTimeouts = new Check(false);
		this.ofCalls = new Check(true);
		this.ofTimeouts.begin(this.timeouts.tickNanos());
		this.ofCalls.begin(limitCalls());
	}

	/**
	 * Checks by other settings from now on, and at once.
	 * @param next what sessions share that begin now
	 */
	public void reconfigure(SessionContext next) {
		this.context = next;
		limitCalls();
		this.ofTimeouts.beginAtOnce();
		this.ofCalls.beginAtOnce();
	}

	/** Returns how long to wait for the next check, in nanoseconds. */
	private long checkTimeouts() {
		this.timeouts.check(this.context.spec(), this.context.openSessions());
		return this.timeouts.tickNanos();
	}

	/** Returns how often to check calls; 0 for not at all. */
	private synchronized long limitCalls() {
		Duration timeout = this.context.spec().timeouts().handler();
		StuckCalls made = this.calls;
		if (made != null) {
			made.timeout((timeout != null) ? timeout.toNanos() : Long.MAX_VALUE);
		}
		if (timeout == null) {
			// Those that were reported count until they return.
			return (made != null && made.hasReported()) ? SessionTimeouts.tick(Long.MAX_VALUE) : 0;
		}
		return (made != null || hasCalls()) ? SessionTimeouts.tick(timeout.toNanos()) : 0;
	}

	/** Whether the handler is called for each message, and so may be stuck in that. */
	private boolean hasCalls() {
		return this.context.spec().handler() instanceof ServerHandler.Messages;
	}

	/** Returns how long to wait for the next check, in nanoseconds; 0 for ever. */
	private long checkCalls() {
		StuckCalls made = calls();
		if (made != null) {
			made.check(System.nanoTime(), this.context.openSessions());
		}
		return limitCalls();
	}

	/**
	 * Returns what looks for stuck calls: made for the first check, not for the start.
	 */
	private synchronized @Nullable StuckCalls calls() {
		Duration timeout = this.context.spec().timeouts().handler();
		if (this.calls == null && timeout != null && hasCalls()) {
			this.calls = new StuckCalls(this.context.counters(), this.context.diagnostics(), this.engine.called(),
					timeout.toNanos());
		}
		return this.calls;
	}

	public void end() {
		this.ofTimeouts.end();
		this.ofCalls.end();
		StuckCalls made = this.calls;
		if (made != null) {
			made.end();
		}
	}

	/**
	 * Something that is done again and again, on the timer and not on a loop, which may
	 * be what is stuck.
	 */
	private final class Check implements Runnable {

		private final boolean ofCalls;

		private final ScheduledExecutorService timer = SessionWatch.this.engine.timer();

		// Guarded by this.

		private @Nullable Future<?> next;

		/** How long to wait for the next. */
		private long nanos = AT_ONCE_NANOS;

		/** How many more checks follow soon. */
		private int atOnce;

		private boolean ended;

		/**
		 * Creates a check that has not begun.
		 * @param ofCalls whether it looks for stuck handlers, else for timeouts
		 */
		Check(boolean ofCalls) {
			this.ofCalls = ofCalls;
		}

		/** Begins, if the time to wait is not 0. */
		synchronized void begin(long nanos) {
			if (this.next != null) {
				// A check that has begun to run cannot be cancelled, and must not leave
				// one beside the one that was asked for meanwhile.
				this.next.cancel(false);
			}
			if (nanos == 0 || this.ended) {
				return;
			}
			try {
				this.next = this.timer.schedule(this, nanos, TimeUnit.NANOSECONDS);
			}
			catch (RejectedExecutionException ex) {
				// All servers are closed.
			}
		}

		synchronized void beginAtOnce() {
			this.atOnce = CHECKS_AT_ONCE;
			begin(1);
		}

		@Override
		public synchronized void run() {
			try {
				this.nanos = this.ofCalls ? checkCalls() : checkTimeouts();
			}
			catch (Throwable ex) {
				// What goes wrong in a check must not make it the last one.
				logger.debug("{}: looking for {} failed", SessionWatch.this.context.spec().title(),
						this.ofCalls ? "stuck handlers" : "timeouts", ex);
			}
			long wait = (this.atOnce > 1) ? Math.min(this.nanos, AT_ONCE_NANOS) : this.nanos;
			this.atOnce = Math.max(0, this.atOnce - 1);
			begin(wait);
		}

		synchronized void end() {
			this.ended = true;
			if (this.next != null) {
				this.next.cancel(false);
			}
		}

	}

}
