package dev.socketserver.engine.server;

import java.util.List;

import dev.socketserver.ServerSpec;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.server.Drain.Times;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.spec.DrainPlan;
import org.jspecify.annotations.Nullable;

/**
 * The drains of one server, of which one at a time is under way, for all its runs. Any
 * thread.
 */
final class Drains {

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
	 * @param times how long that may take
	 * @return whether one has begun
	 */
	boolean begin(DrainPlan plan, Times times) {
		return begin(plan, times, null);
	}

	/**
	 * Begins to drain since the application ends, in place of a drain that is under way:
	 * by the rest of its plan, else by that of the server.
	 * @param times how long that may take
	 * @return {@code false} if the plan is to stop at once, so that nothing has begun
	 */
	boolean beginLast(Times times) {
		Drain before = this.last;
		ServerSpec spec = this.server.spec();
		DrainPlan plan = ((before != null && !before.isOver()) ? before.rest() : spec.drain()).within(times.timeout());
		if (plan.isNone()) {
			return false;
		}
		begin(plan, times, before);
		return true;
	}

	/** Begins one, which replaces another. */
	private boolean begin(DrainPlan plan, Times times, @Nullable Drain replaced) {
		Drain begun = this.lifecycle.drain((runs) -> next(runs, plan, times, replaced));
		if (begun != null) {
			begun.begin();
		}
		return begun != null;
	}

	/**
	 * Returns the drain that is to begin; {@code null} if another is under way, which
	 * gets less time, or if there is nothing to end. Under the lock.
	 */
	private @Nullable Drain next(List<ServerRun> runs, DrainPlan plan, Times times, @Nullable Drain replaced) {
		Drain before = this.last;
		if (before != null && before != replaced && !before.isOver()) {
			before.shorten(times.timeout(), times.beyond());
			return null;
		}
		if (before != null) {
			before.end();
		}
		List<ServerRun> going = runs.stream().filter((run) -> !run.isStopping()).toList();
		if (going.isEmpty()) {
			return null;
		}
		Drain next = new Drain(this.server.spec().name(), this.server.counters(), going, plan, times,
				TurnTimer.of(this.server.engine().timer()));
		this.last = next;
		return next;
	}

	/** A stop ends the sessions from now on. */
	void end() {
		Drain draining = this.last;
		if (draining != null) {
			draining.end();
		}
	}

	/** Returns how far the last is; {@code null} if there is none, or nothing is left. */
	@Nullable DrainProgress progress() {
		Drain asked = this.last;
		boolean hasRuns = this.lifecycle.run() != null || !this.lifecycle.left().isEmpty();
		return (asked != null && hasRuns) ? asked.progress() : null;
	}

}
