package dev.socketserver.engine.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionClosedException;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.threads.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * A payload that is taken back if nothing of it has left in time. Any thread.
 */
final class TimedSend implements Completion {

	private final InvokedSession session;

	private final ScheduledExecutorService timer;

	private final SendFuture sent;

	/** How long it has waited that the output gets no more; absent until then. */
	private volatile @Nullable Duration revoked;

	/** The output has got it in time. Under the monitor of its queue. */
	private boolean admitted;

	TimedSend(InvokedSession session, ScheduledExecutorService timer, SendFuture sent) {
		this.session = session;
		this.timer = timer;
		this.sent = sent;
	}

	/**
	 * Sends the payload, if there is room.
	 * @param payload the payload
	 * @param flush whether it leaves at once
	 * @param timeout how long to wait until all of it has left
	 * @param leave how long it may wait until it begins to leave
	 */
	void begin(byte[] payload, boolean flush, Duration timeout, Duration leave) {
		Duration first = (leave.compareTo(timeout) < 0) ? leave : timeout;
		// In this order: without a timer nothing would end the wait.
		after(first, () -> withdraw(first, timeout.minus(first)));
		this.session.outbox().offer(payload, this, flush);
	}

	private void after(Duration time, Runnable task) {
		Deadline end = new Deadline();
		end.begin(this.timer, time.toNanos(), task);
		CompletableFuture<?> unused = this.sent.handle((done, failure) -> {
			end.cancel();
			return null;
		});
	}

	private void withdraw(Duration waited, Duration rest) {
		this.revoked = waited;
		RequestNotSentException why = notSent(waited,
				"it waited in the output of the session, since the peer does not read");
		if (this.session.outbox().takeBack(this, why)) {
			completed(why);
		}
		else if (!this.admitted) {
			completed(notAdmitted(waited));
		}
		else {
			after(rest, () -> completed(new TimeoutException(
					"Not all of the payload for session " + this.session.id() + " has left in time")));
		}
	}

	private RequestNotSentException notAdmitted(Duration waited) {
		return notSent(waited, "the thread that sends did not run");
	}

	private RequestNotSentException notSent(Duration waited, String why) {
		return new RequestNotSentException("The payload for session " + this.session.id() + " was not sent within "
				+ waited.toMillis() + " ms: " + why);
	}

	private RequestNotSentException ended(Exception end) {
		RequestNotSentException failure = new RequestNotSentException(
				"The payload for session " + this.session.id() + " was not sent: the session ended before it had left");
		failure.initCause(end);
		return failure;
	}

	@Override
	public boolean isRevocable() {
		return true;
	}

	@Override
	public void admitted() {
		this.admitted = true;
	}

	@Override
	public @Nullable Exception revoked() {
		Duration waited = this.revoked;
		return (waited != null) ? notAdmitted(waited) : null;
	}

	@Override
	public void completed(@Nullable Exception failure) {
		this.sent.completed(failure);
	}

	@Override
	public void neverLeft(Exception failure) {
		completed(ended(failure));
	}

	@Override
	public void refused(Exception refusal) {
		this.sent.refused((refusal instanceof SessionClosedException) ? ended(refusal) : refusal);
	}

}
