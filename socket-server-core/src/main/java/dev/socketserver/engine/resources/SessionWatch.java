package dev.socketserver.engine.resources;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerHandler;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.watchdog.SessionTimeouts;
import dev.socketserver.engine.watchdog.StuckCalls;
import org.jspecify.annotations.Nullable;

/**
 * Has a timer check the sessions of one run now and then, for what takes too long in
 * them. It is one coarse timer for all: one for each session would cost memory for each,
 * and something for each read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a check never fails
public final class SessionWatch {

	private static final SafeLogger logger = SafeLogger.of(SessionWatch.class);

	private final SessionContext context;

	private final ScheduledExecutorService timer;

	private final List<Future<?>> checks = new ArrayList<>();

	private final @Nullable StuckCalls calls;

	/** Begins to check, until {@link #end}. */
	public SessionWatch(SessionContext context, SharedResources engine) {
		this.context = context;
		this.timer = engine.timer();
		SessionTimeouts timeouts = SessionTimeouts.of(context.spec());
		if (timeouts != null) {
			watch("timeouts", timeouts.tickNanos(), () -> timeouts.check(context.openSessions()));
		}
		Duration timeout = context.spec().timeouts().handler();
		if (timeout != null && context.spec().handler() instanceof ServerHandler.Messages) {
			StuckCalls stuck = new StuckCalls(context.spec(), context.counters(), context.diagnostics(),
					engine.called(), timeout.toNanos());
			this.calls = stuck;
			watch("stuck handlers", SessionTimeouts.tick(timeout.toNanos()),
					() -> stuck.check(System.nanoTime(), context.openSessions()));
		}
		else {
			this.calls = null;
		}
	}

	/** On the timer and not on a loop, which may be what is stuck. */
	private void watch(String what, long tickNanos, Runnable check) {
		this.checks.add(this.timer.scheduleWithFixedDelay(() -> {
			try {
				check.run();
			}
			catch (Throwable ex) {
				// What goes wrong in a check must not make it the last one.
				logger.debug("{}: looking for {} failed", this.context.spec().title(), what, ex);
			}
		}, tickNanos, tickNanos, TimeUnit.NANOSECONDS));
	}

	public void end() {
		this.checks.forEach((check) -> check.cancel(false));
		if (this.calls != null) {
			this.calls.end();
		}
	}

}
