package dev.socketserver.netty;

import java.util.concurrent.CompletableFuture;

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

	SuccessiveLanes(CompletableFuture<?> before, LaneScheduler lanes, HandlerThreads threads) {
		this.before = before;
		this.lanes = lanes;
		this.threads = threads;
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
			this.before.whenComplete((result, failure) -> this.threads.start(session, task));
		}
	}

}
