package dev.socketserver.netty;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.session.Lane;
import dev.socketserver.session.LaneScheduler;
import dev.socketserver.session.SessionThreads;

/**
 * Has the handler of a connection begin when the handler of the one before has been told
 * its end: to the handlers of a client its connections come one after the other.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the order of things, not an outcome
final class SuccessiveLanes implements LaneScheduler, SessionThreads {

	private final CompletableFuture<?> before;

	private final LaneScheduler lanes;

	private final HandlerThreads threads;

	private final Executor fallback;

	/**
	 * Puts lanes and threads behind what comes before.
	 * @param before completes when it is their turn
	 * @param lanes runs lanes then
	 * @param threads has threads of their own run tasks then
	 * @param fallback runs a task for which there is no thread then: nobody can be told
	 * of that any more, and without the task the session would never end
	 */
	SuccessiveLanes(CompletableFuture<?> before, LaneScheduler lanes, HandlerThreads threads, Executor fallback) {
		this.before = before;
		this.lanes = lanes;
		this.threads = threads;
		this.fallback = fallback;
	}

	@Override
	public void ready(Lane lane) {
		if (this.before.isDone()) {
			this.lanes.ready(lane);
		}
		else {
			this.before.whenComplete((result, failure) -> this.lanes.ready(lane));
		}
	}

	@Override
	public void start(String session, Runnable task) {
		if (this.before.isDone()) {
			this.threads.start(session, task);
		}
		else {
			this.before.whenComplete((result, failure) -> startLate(session, task));
		}
	}

	private void startLate(String session, Runnable task) {
		try {
			this.threads.start(session, task);
		}
		catch (RuntimeException | Error ex) {
			this.fallback.execute(task);
		}
	}

}
