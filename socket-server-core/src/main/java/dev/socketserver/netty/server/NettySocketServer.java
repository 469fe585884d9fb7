package dev.socketserver.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.netty.server.ServerDrain.Times;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.spec.DrainPlan;
import org.jspecify.annotations.Nullable;

/**
 * A server: decides what an application or an operator may do in which state. What has a
 * state is in {@link ServerTransitions}, and {@link ServerRun} does the work of a run.
 * Every method may be called by any thread, also by handlers and listeners of this very
 * server.
 */
public class NettySocketServer extends ServerTransitions {

	/**
	 * How much longer the end of all servers may take: a listener that is notified of a
	 * stop, and does not return, is not waited for. It may wait for the end of the JVM.
	 */
	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	public NettySocketServer(ServerSpec spec, SharedResources engine, SessionRegistry sessions) {
		super(spec, engine, sessions);
	}

	// Starting.

	@Override
	public void start() {
		if (Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException("Starting server '" + name() + "' waits, which no I/O thread may");
		}
		this.transition.lock();
		try {
			awaitStopNotified();
			if (isListening()) {
				return;
			}
			if (this.retired) {
				throw new IllegalStateException("Server '" + name() + "' has been removed, or is closed");
			}
			if (this.state != ServerState.STOPPED && this.state != ServerState.FAILED) {
				throw new IllegalStateException("Server '" + name() + "' cannot start while it is " + this.state);
			}
			beginStart();
		}
		finally {
			this.transition.unlock();
		}
		bindAndAccept();
	}

	// Stopping.

	@Override
	public boolean stop() {
		return stop(this.spec.drainTimeout());
	}

	@Override
	public boolean stop(Duration timeout) {
		Stop stop = claimStop(DesiredServerState.STOP);
		carryOut(stop, timeout);
		if (stop.first() && !mustNotWait() && isLate(stop.end(), bounded(timeout))) {
			throw new IllegalStateException("Server '" + name() + "' has not stopped " + STOP_MARGIN.toSeconds()
					+ " s after its time to stop: a listener may not have returned");
		}
		return stop.first();
	}

	@Override
	public boolean beginStop(Duration timeout) {
		return beginStop(timeout, DesiredServerState.STOP);
	}

	@Override
	public boolean restart(Duration timeout) {
		return beginStop(timeout, DesiredServerState.RESTART);
	}

	private boolean beginStop(Duration timeout, DesiredServerState wanted) {
		Stop stop = claimStop(wanted);
		carryOut(stop, timeout);
		return stop.first();
	}

	private Stop claimStop(DesiredServerState wanted) {
		boolean restart = wanted == DesiredServerState.RESTART;
		this.transition.lock();
		try {
			ServerRun current = this.run;
			boolean first;
			// Asked for first: a run that starts from now on is not waited for.
			CompletableFuture<@Nullable Void> end = ended();
			if (restart && (current == null || this.retired)) {
				return new Stop(null, wanted, false, end);
			}
			first = (current != null) ? current.claimStop() : cancelStart();
			if (first || !restart) {
				first |= this.desired == DesiredServerState.RESTART;
				this.desired = wanted;
			}
			if (current != null) {
				this.state = ServerState.DRAINING;
			}
			return new Stop(current, wanted, first, end);
		}
		finally {
			this.transition.unlock();
		}
	}

	private void carryOut(Stop stop, Duration timeout) {
		Duration most = bounded(timeout);
		ServerDrain draining = this.drain;
		if (draining != null) {
			draining.end();
		}
		if (stop.current() != null) {
			stop.current().stop(most);
		}
		if (stop.wanted() != DesiredServerState.RESTART) {
			// Sessions that were kept go on beside the next run, too.
			this.kept.stop(most);
		}
	}

	// Going on without a listener, draining, pausing.

	@Override
	public boolean closeListener() {
		ServerRun current;
		this.transition.lock();
		try {
			current = this.run;
			if (current == null || !isListening()) {
				return false;
			}
			this.state = ServerState.DRAINING;
		}
		finally {
			this.transition.unlock();
		}
		current.close();
		CompletableFuture<?> closed = current.listenerGone().thenRunAsync(() -> keep(current), this::onOwnThread);
		if (!(Thread.currentThread() instanceof IoThread) && !notifiesHere()) {
			awaitLoop(closed);
		}
		return true;
	}

	/** The sessions of a run go on without a listener, unless the run is stopping. */
	private void keep(ServerRun closed) {
		boolean notified = closed.awaitAnnounced();
		this.transition.lock();
		try {
			awaitStopNotified();
			if (this.run != closed || closed.stopping()) {
				return;
			}
			// In this order: else its sessions would be counted twice for a moment, as
			// those of the current run and of a kept one.
			this.run = null;
			this.kept.add(closed);
			noLongerListens(notified);
		}
		finally {
			this.transition.unlock();
		}
		releaseListener();
	}

	@Override
	public CompletableFuture<@Nullable Void> drain(Duration timeout) {
		return drain(this.spec.drain(), timeout);
	}

	@Override
	public CompletableFuture<@Nullable Void> drain(DrainPlan plan, Duration timeout) {
		Duration most = bounded(timeout);
		return drain(plan.within(most), new Times(most, bounded(this.spec.drainTimeout()), false), null);
	}

	@Override
	public CompletableFuture<@Nullable Void> shutDown(Duration timeout) {
		Duration most = bounded(timeout);
		ServerDrain before = this.drain;
		DrainPlan plan = (before != null && !before.isOver()) ? before.rest() : this.spec.drain();
		plan = plan.within(most);
		if (plan.isNone()) {
			CompletableFuture<@Nullable Void> end = stopped();
			beginStop(most);
			return end;
		}
		return drain(plan, new Times(most, Duration.ZERO, true), before);
	}

	@Override
	public @Nullable DrainProgress drain() {
		ServerDrain last = this.drain;
		return (last != null && (this.run != null || !this.kept.all().isEmpty())) ? last.progress() : null;
	}

	/**
	 * Begins to drain.
	 * @param replaced the drain that this one replaces; any other that is under way only
	 * gets less time
	 */
	private CompletableFuture<@Nullable Void> drain(DrainPlan plan, Times times, @Nullable ServerDrain replaced) {
		CompletableFuture<@Nullable Void> end = stopped();
		ServerDrain begun = null;
		ServerDrain before;
		this.transition.lock();
		try {
			ServerRun current = this.run;
			if (isListening()) {
				this.state = ServerState.DRAINING;
			}
			else if (this.state == ServerState.STARTING) {
				// There is nothing to drain, nor to wait for until somebody stops it.
				cancelStart();
			}
			before = this.drain;
			if (before != null && (before == replaced || before.isOver())) {
				before.end();
				before = null;
			}
			List<ServerRun> runs = Stream.concat(Stream.ofNullable(current), this.kept.all().stream())
				.filter((run) -> !run.stopping())
				.toList();
			if (before == null && !runs.isEmpty()) {
				begun = new ServerDrain(name(), this.counters, runs, plan, times, TurnTimer.of(this.engine.timer()));
				this.drain = begun;
			}
		}
		finally {
			this.transition.unlock();
		}
		if (begun != null) {
			begun.begin();
			if (!times.stops()) {
				this.listener.draining(this);
			}
		}
		else if (before != null) {
			before.shorten(times.timeout(), times.beyond());
		}
		return end;
	}

	@Override
	public boolean pause() {
		return turn(ServerState.RUNNING, ServerState.PAUSED);
	}

	@Override
	public boolean resume() {
		return turn(ServerState.PAUSED, ServerState.RUNNING);
	}

	private boolean turn(ServerState from, ServerState to) {
		CompletableFuture<?> turned;
		this.transition.lock();
		try {
			ServerRun current = this.run;
			if (this.state != from || current == null) {
				return false;
			}
			this.state = to;
			// Under the lock, so that the listener hears the last call last.
			turned = current.paused(to == ServerState.PAUSED);
		}
		finally {
			this.transition.unlock();
		}
		if (!(Thread.currentThread() instanceof IoThread)) {
			awaitLoop(turned);
		}
		ServerLog.turned(this, to);
		return true;
	}

	/**
	 * Returns when the server has stopped, or at once if it cannot before that; within
	 * ten seconds in any case.
	 * @param duringNotification whether the calling thread is notifying listeners of a
	 * server, be it another: two who do must not wait for each other
	 */
	public void awaitStopped(boolean duringNotification) {
		boolean notified = this.notifying != null || this.notifyingStop != null;
		if (!mustNotWait() && !(duringNotification && notified)) {
			if (isLate(ended(), CLOSE_LIMIT)) {
				ServerLog.notStopped(this);
			}
		}
	}

	@Override
	public void served(ServerRun served) {
		if (this.run == served && isListening()) {
			beginStop(this.spec.drainTimeout());
		}
	}

	/**
	 * What one call that stops the server has found.
	 *
	 * @param current what is to end, or {@code null}
	 * @param wanted what the call wants
	 * @param first whether it was the first such call
	 * @param end completes when the server has stopped
	 */
	private record Stop(@Nullable ServerRun current, DesiredServerState wanted, boolean first,
			CompletableFuture<@Nullable Void> end) {

	}

}
