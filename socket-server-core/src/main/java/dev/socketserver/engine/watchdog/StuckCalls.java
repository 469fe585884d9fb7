package dev.socketserver.engine.watchdog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Reports calls of message handlers that last too long, each once; it interrupts nothing.
 * A timer has it check the sessions now and then: it remembers what each lane was doing
 * at the last check, and since when. So no message pays for a reading of the clock, and a
 * call is reported one check late rather than one early.
 * <p>
 * Safe for use by several threads.
 */
public final class StuckCalls {

	private static final SafeLogger logger = SafeLogger.of(StuckCalls.class);

	/** How many lines of each kind a server logs in an interval one by one. */
	private static final int MOST_LINES = 10;

	private final Counters counters;

	private final FailureLog log;

	private final Function<StackTraceElement[], String> called;

	private long timeoutNanos;

	/** The calls that ran at the last check. */
	private Map<Watched, RunningCall> running = Map.of();

	private boolean ended;

	/**
	 * Creates a watch.
	 * @param counters counts the calls
	 * @param diagnostics has the log
	 * @param called finds the method of the application in the stack of a call
	 * @param timeoutNanos how long a call may last
	 */
	public StuckCalls(Counters counters, Diagnostics diagnostics, Function<StackTraceElement[], String> called,
			long timeoutNanos) {
		this.counters = counters;
		this.log = diagnostics.failureLog();
		this.called = called;
		this.timeoutNanos = timeoutNanos;
	}

	/**
	 * Changes how long a call may last.
	 * @param nanos the time, in nanoseconds
	 */
	public synchronized void timeout(long nanos) {
		this.timeoutNanos = nanos;
	}

	/**
	 * Whether a call was reported that had not returned at the last check.
	 * @return {@code true} if one was
	 */
	public synchronized boolean hasReported() {
		return this.running.values().stream().anyMatch((call) -> call.reported);
	}

	/**
	 * Checks what is running now.
	 * @param now the time, by {@link System#nanoTime}
	 * @param sessions the sessions to check
	 */
	public synchronized void check(long now, Stream<? extends Watched> sessions) {
		if (this.ended) {
			return;
		}
		Map<Watched, RunningCall> before = this.running;
		this.running = new HashMap<>();
		List<Runnable> lines = new ArrayList<>(0);
		sessions.forEach((session) -> check(now, session, before.get(session), lines));
		before.forEach((session, call) -> {
			if (call.reported && this.running.get(session) != call) {
				this.counters.count(Counter.STUCK_RETURNED);
				lines.add(() -> this.log.log("stuck handlers that have returned", MOST_LINES,
						() -> logReturned(now, session.state(), call)));
			}
		});
		// Last: a logger may throw.
		lines.forEach(Runnable::run);
	}

	private void check(long now, Watched session, @Nullable RunningCall before, List<Runnable> lines) {
		Lane lane = session.watched();
		Thread thread = (lane != null) ? lane.runner() : null;
		if (lane == null || thread == null) {
			return;
		}
		int number = lane.calls();
		RunningCall call = (before != null && before.number == number) ? before : new RunningCall(number, now);
		this.running.put(session, call);
		if (!call.reported && now - call.since >= this.timeoutNanos) {
			StackTraceElement[] stack = thread.getStackTrace();
			if (lane.runner() == thread && lane.calls() == number) {
				call.reported = true;
				call.method = this.called.apply(stack);
				this.counters.count(Counter.STUCK_CALLS);
				String name = thread.getName();
				lines.add(() -> this.log.log("handlers that are stuck", MOST_LINES,
						() -> logStuck(now, session.state(), call, name, stack)));
			}
		}
	}

	private static void logStuck(long now, SessionState session, RunningCall call, String thread,
			StackTraceElement[] stack) {
		Throwable where = Stack.of(thread, stack);
		logger.warn("{}, session {}: handler '{}' has been in {} for {} ms", session.spec().title(), session.id(),
				session.spec().handler().name(), call.method, (now - call.since) / 1_000_000, where);
	}

	private static void logReturned(long now, SessionState session, RunningCall call) {
		logger.info("{}, session {}: handler '{}' has returned from {} after about {} ms", session.spec().title(),
				session.id(), session.spec().handler().name(), call.method, (now - call.since) / 1_000_000);
	}

	/** Ends the checks: what is stuck now no longer counts as stuck. */
	public synchronized void end() {
		this.ended = true;
		this.running.values().stream().filter((call) -> call.reported).forEach((call) -> {
			this.counters.count(Counter.STUCK_RETURNED);
		});
		this.running = Map.of();
	}

	/** A call of user code, or whatever else a lane was running at a check. */
	private static final class RunningCall {

		/** Its number among the calls of its lane. */
		private final int number;

		private final long since;

		private boolean reported;

		private String method = "";

		RunningCall(int number, long since) {
			this.number = number;
			this.since = since;
		}

	}

	/** Where a thread is, as a log shows it. */
	private static final class Stack extends Throwable {

		private static final long serialVersionUID = 1L;

		private Stack(String thread) {
			super("stack of thread '" + thread + "'", null, false, true);
		}

		static Throwable of(String thread, StackTraceElement[] elements) {
			Stack stack = new Stack(thread);
			stack.setStackTrace(elements);
			return stack;
		}

		@Override
		public String toString() {
			return String.valueOf(getMessage());
		}

	}

}
