package dev.socketserver.engine.connect;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.SessionThreads;

/**
 * Lets the handler of a client's connection begin only when the handler of the previous
 * connection has been notified of its end: to the handlers of a client, connections come
 * one after the other.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the order of things, not an outcome
final class HandlerOrder implements SessionThreads {

	private final CompletableFuture<?> before;

	private final SessionThreads threads;

	private final Executor fallback;

	/**
	 * Puts lanes and threads after their turn.
	 * @param before completes when it is their turn
	 * @param threads has threads of their own run tasks then
	 * @param fallback runs a task for which there is no thread then: no one can be
	 * notified of that any more, and without the task the session would never end
	 */
	HandlerOrder(CompletableFuture<?> before, SessionThreads threads, Executor fallback) {
		this.before = before;
		this.threads = threads;
		this.fallback = fallback;
	}

	/** Returns what brings lanes to others when it is their turn. */
	LaneScheduler lanes(LaneScheduler others) {
		if (this.before.isDone()) {
			return others;
		}
		return new LaneScheduler() {

			@Override
			public void ready(Lane lane) {
				CompletableFuture<?> first = HandlerOrder.this.before;
				if (first.isDone()) {
					others.ready(lane);
				}
				else {
					first.whenComplete((result, failure) -> others.ready(lane));
				}
			}

			@Override
			public boolean requeue(Lane lane) {
				return others.requeue(lane);
			}

		};
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
