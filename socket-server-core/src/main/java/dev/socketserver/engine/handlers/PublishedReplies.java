package dev.socketserver.engine.handlers;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Flow;

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

	private int sent;

	PublishedReplies(ReplySender sender, Flow.Publisher<?> publisher) {
		super(sender);
		this.publisher = publisher;
	}

	@Override
	boolean send() throws Throwable {
		if (progress() == ReplyProgress.NEW) {
			ask(() -> this.publisher.subscribe(this));
		}
		while (!this.arrived.isEmpty()) {
			if (!sender().hasRoom()) {
				return false;
			}
			if (!sender().send(this.arrived.remove())) {
				return true;
			}
			Flow.Subscription more = this.subscription;
			if (++this.sent == REQUESTED && more != null) {
				this.sent = 0;
				ask(() -> more.request(REQUESTED));
			}
		}
		Throwable failure = failure();
		if (failure != null) {
			throw failure;
		}
		// Of a lost connection a publisher would learn only by a reply that fails,
		// and it may have none for long.
		return progress() == ReplyProgress.COMPLETE || sender().isDisconnected();
	}

	@Override
	void close() {
		super.close();
		this.arrived.clear();
		if (this.subscription != null) {
			this.subscription.cancel();
		}
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		later(() -> {
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
		later(() -> {
			if (progress() != ReplyProgress.CLOSED) {
				this.arrived.add(Objects.requireNonNull(reply, "The publisher gave null for a reply"));
			}
		});
	}

	@Override
	public void onError(Throwable problem) {
		later(() -> {
			failed(Objects.requireNonNull(problem, "The publisher failed without saying why"));
			complete();
		});
	}

	@Override
	public void onComplete() {
		later(this::complete);
	}

	/**
	 * Does something on the lane. A publisher and its subscription are user code: what
	 * they do wrong or throw fails their replies, which would be waited for without end
	 * otherwise.
	 */
	private void later(Runnable change) {
		if (!this.elsewhere && atOnce()) {
			// Within the handling of the message.
			change(change);
		}
		else {
			this.elsewhere = true;
			sender().later(() -> change(change));
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
