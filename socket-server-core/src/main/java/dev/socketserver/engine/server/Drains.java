package dev.socketserver.engine.server;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import dev.socketserver.ServerSpec;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.lifecycle.Lifecycle.Stop;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import dev.socketserver.engine.server.Drain.Times;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.spec.DrainPlan;
import org.jspecify.annotations.Nullable;

/**
 * How the sessions of all runs of one server end: by a drain, of which one at a time is
 * under way, or by a stop, which ends that. Any thread.
 */
final class Drains {

	/** A longer time to stop is taken for this, so that sums of nanoseconds stay sums. */
	private static final Duration MAX_STOP = Duration.ofDays(365);

	private final ServerContext server;

	private final Lifecycle<ServerRun> lifecycle;

	/** The last drain, which may be over. Written under the lock of the lifecycle. */
	private volatile @Nullable Drain last;

	/**
	 * Creates the object of a server that was never drained.
	 * @param server what its runs share
	 * @param lifecycle has its runs
	 */
	Drains(ServerContext server, Lifecycle<ServerRun> lifecycle) {
		this.server = server;
		this.lifecycle = lifecycle;
	}

	/**
	 * Begins to drain. If a drain is under way, it only gets less time.
	 * @param plan how sessions end
	 * @param timeout how long that may take
	 * @param ifRunning whether nothing is done unless the server runs or is paused
	 * @return whether one has begun
	 */
	boolean begin(DrainPlan plan, Duration timeout, boolean ifRunning) {
		Duration most = bounded(timeout);
		Duration last = bounded(this.server.spec().drainTimeout());
		// What those need that are asked last is left to them, or a tenth.
		boolean fits = plan.length().plus(last).compareTo(most) <= 0;
		DrainPlan fitting = fits ? plan : plan.within(most);
		Times times = new Times(most, last, false);
		Function<List<ServerRun>, @Nullable Drain> next = (runs) -> next(runs, fitting, times, null);
		return begin(this.lifecycle.drain(ifRunning, next));
	}

	/**
	 * Begins to drain since the application ends, in place of a drain that is under way:
	 * by the rest of its plan, else by that of the server.
	 * @param timeout how long that may take
	 * @return {@code false} if the plan is to stop at once, or all that runs is stopping
	 * already, so that nothing has begun
	 */
	boolean beginLast(Duration timeout) {
		Times times = new Times(bounded(timeout), Duration.ZERO, true);
		Drain before = this.last;
		ServerSpec spec = this.server.spec();
		DrainPlan plan = ((before != null && !before.isOver()) ? before.rest() : spec.drain()).within(times.timeout());
		if (plan.isNone() || !begin(this.lifecycle.drain(false, (runs) -> next(runs, plan, times, before)))) {
			return false;
		}
		// No drain has these.
		this.lifecycle.runs()
			.all()
			.stream()
			.filter(ServerRun::isStopping)
			.forEach((run) -> run.ending().stop(times.timeout()));
		return true;
	}

	/** Begins one, if there is one to begin; returns that. */
	private static boolean begin(@Nullable Drain begun) {
		if (begun != null) {
			begun.begin();
		}
		return begun != null;
	}

	/**
	 * Returns the drain that is to begin; {@code null} if another of the same runs is
	 * under way, which gets less time, or if there is nothing to end. Under the lock.
	 */
	private @Nullable Drain next(List<ServerRun> runs, DrainPlan plan, Times times, @Nullable Drain replaced) {
		Drain before = this.last;
		List<ServerRun> going = runs.stream().filter((run) -> !run.isStopping()).toList();
		if (before != null && before != replaced && !before.isOver()) {
			if (before.hasAll(going)) {
				before.shorten(times.timeout(), times.beyond());
				return null;
			}
			before.handOver();
		}
		else if (before != null) {
			before.end();
		}
		if (going.isEmpty()) {
			return null;
		}
		Drain next = new Drain(this.server.spec().name(), this.server.counters(), going, plan, times,
				TurnTimer.of(this.server.engine().timer()));
		this.last = next;
		return next;
	}

	/**
	 * Begins to stop: that ends the sessions of all runs from now on, and no drain. A
	 * restart ends those of the current run: what was kept stays as it is.
	 * @param timeout how long sessions may take to end
	 * @param wanted what is wanted after it
	 */
	Stop<ServerRun> stop(Duration timeout, Wish wanted) {
		Stop<ServerRun> stop = this.lifecycle.stop(wanted);
		Duration most = bounded(timeout);
		ServerRun current = stop.run();
		Drain draining = this.last;
		if (draining != null && wanted == Wish.STOPPED) {
			draining.end();
		}
		else if (draining != null && current != null) {
			draining.leave(current);
		}
		if (current != null) {
			current.ending().stop(most);
		}
		if (wanted == Wish.STOPPED) {
			// Sessions that were kept go on beside the next run, too.
			this.lifecycle.runs().left().forEach((run) -> run.ending().stop(most));
		}
		return stop;
	}

	/**
	 * Returns a time to stop as it is counted.
	 * @param timeout the time that is asked for
	 * @return no less than none, and no more than can be counted
	 */
	static Duration bounded(Duration timeout) {
		if (timeout.isNegative()) {
			return Duration.ZERO;
		}
		return (timeout.compareTo(MAX_STOP) > 0) ? MAX_STOP : timeout;
	}

	/** Returns how far the last is; {@code null} if there is none, or nothing is left. */
	@Nullable DrainProgress progress() {
		Drain asked = this.last;
		boolean hasRuns = this.lifecycle.run() != null || !this.lifecycle.runs().left().isEmpty();
		return (asked != null && hasRuns) ? asked.progress() : null;
	}

}
