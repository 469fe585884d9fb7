package dev.socketserver.engine.replies;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

import dev.socketserver.engine.lane.Lane;
import org.jspecify.annotations.Nullable;

/**
 * Replies from a publisher. At most so many are asked for at a time as may wait here for
 * room in the outbox. Everything that the publisher signals, on whatever thread, is done
 * on the lane.
 */
final class PublishedReplies extends AskedReplies implements Flow.Subscriber<Object> {

	private static final int REQUESTED = 32;

	private final Flow.Publisher<?> publisher;

	private final ArrayDeque<Object> arrived = new ArrayDeque<>();

	private Flow.@Nullable Subscription subscription;

	/**
	 * Set once the publisher has signalled something from another thread: what it signals
	 * then goes through the lane, so that it stays in order.
	 */
	private volatile boolean elsewhere;

	private int taken;

	PublishedReplies(@Nullable Lane lane, Executor goOn, Flow.Publisher<?> publisher) {
		super(lane, goOn);
		this.publisher = publisher;
	}

	@Override
	public Next next() throws Throwable {
		if (progress() == ReplyProgress.NEW) {
			ask(() -> this.publisher.subscribe(this));
		}
		Flow.Subscription more = this.subscription;
		if (this.taken == REQUESTED && more != null) {
			this.taken = 0;
			ask(() -> more.request(REQUESTED));
		}
		if (!this.arrived.isEmpty()) {
			return Next.REPLY;
		}
		Throwable failure = failure();
		if (failure != null) {
			throw failure;
		}
		return (progress() == ReplyProgress.COMPLETE) ? Next.NONE : Next.LATER;
	}

	@Override
	public Object take() {
		this.taken++;
		return this.arrived.remove();
	}

	@Override
	public void close() {
		super.close();
		this.arrived.clear();
		if (this.subscription != null) {
			this.subscription.cancel();
		}
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		signalled(() -> {
			this.subscription = subscription;
			if (progress() == ReplyProgress.CLOSED) {
				subscription.cancel();
			}
			else {
				subscription.request(REQUESTED);
			}
		});
	}

	@Override
	public void onNext(Object reply) {
		signalled(() -> {
			if (progress() != ReplyProgress.CLOSED) {
				this.arrived.add(Objects.requireNonNull(reply, "The publisher gave null for a reply"));
			}
		});
	}

	@Override
	public void onError(Throwable problem) {
		signalled(() -> {
			failed(Objects.requireNonNull(problem, "The publisher failed without saying why"));
			complete();
		});
	}

	@Override
	public void onComplete() {
		signalled(this::complete);
	}

	/**
	 * Does something on the lane. A publisher and its subscription are user code: what
	 * they do wrong or throw fails their replies, which would be waited for without end
	 * otherwise.
	 */
	private void signalled(Runnable change) {
		if (!this.elsewhere && atOnce()) {
			// Within the handling of the message.
			change(change);
		}
		else {
			this.elsewhere = true;
			later(() -> change(change));
		}
	}

	private void change(Runnable change) {
		try {
			change.run();
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

}
