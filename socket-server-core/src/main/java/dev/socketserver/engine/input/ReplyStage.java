package dev.socketserver.engine.input;

import org.jspecify.annotations.Nullable;

/**
 * Where replies are taken out of the input of one session. Present once the session may
 * have asked its peer for something.
 */
final class ReplyStage {

	private final ReplyMatcher matcher;

	/** What is left of a batch that another thread has matched, until it is handed on. */
	private volatile @Nullable Batch matched;

	/** Input waits on the loop for the batch that is being matched. */
	private volatile boolean awaited;

	ReplyStage(ReplyMatcher matcher) {
		this.matcher = matcher;
	}

	/** Whether decoded frames may be replies. On the loop. */
	boolean expectsReplies() {
		return this.matcher.expectsReplies();
	}

	/** Takes a payload if it is a reply, and that is found out on the loop. */
	boolean take(Object payload) {
		return !this.matcher.runsUserCode() && this.matcher.expectsReplies() && this.matcher.take(payload);
	}

	/** Whether a batch has to be matched on another thread. On the loop. */
	boolean matchesElsewhere() {
		return this.matcher.runsUserCode() && this.matcher.expectsReplies();
	}

	/**
	 * Begins to match a batch on another thread. On the loop.
	 * @param payloads the payloads
	 * @param bytes how many bytes they had
	 * @param onLoop is run on that thread if the loop has to go on: something is left, or
	 * awaited
	 */
	void match(Object[] payloads, int bytes, Runnable onLoop) {
		this.awaited = false;
		this.matcher.match(payloads, (left, count) -> {
			this.matched = new Batch(left, count, (int) ((long) bytes * count / left.length));
			if (count > 0 || this.awaited) {
				onLoop.run();
			}
		});
	}

	/** Notes that input waits for the batch, unless it has been matched. On the loop. */
	void await() {
		this.awaited = true;
	}

	/** Takes what was matched, if it was. On the loop. */
	@Nullable Batch poll() {
		Batch done = this.matched;
		if (done != null) {
			// Not otherwise: a batch that is matched just now would be lost.
			this.matched = null;
		}
		return done;
	}

	/**
	 * What is left of a batch.
	 *
	 * @param payloads the first of these are left
	 * @param count how many
	 * @param bytes how many bytes they had, about
	 */
	record Batch(Object[] payloads, int count, int bytes) {

	}

}
