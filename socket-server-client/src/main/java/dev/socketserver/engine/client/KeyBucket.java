package dev.socketserver.engine.client;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Keys of payloads whose connection is the same at any time. Guarded by the lock of the
 * {@link ClientOutbox}.
 */
final class KeyBucket {

	/** What has left so long ago was received. */
	private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** Absent until there is a connection for them. */
	private @Nullable OutboxLink link;

	/** How many of their payloads have not left. */
	private int open;

	private long usedNanos;

	/** Whether no payload was added for a while before the last one. */
	private boolean rested;

	@Nullable OutboxLink link() {
		return this.link;
	}

	/** Chooses a connection, or none. */
	void link(@Nullable OutboxLink next) {
		if (this.link != null) {
			this.link.countBuckets(-1);
		}
		this.link = next;
		if (next != null) {
			next.countBuckets(1);
		}
	}

	/** A payload was added. */
	void opened(long nanos) {
		this.rested = nanos - this.usedNanos > QUIET_NANOS;
		this.usedNanos = nanos;
		this.open++;
	}

	/** A payload has left, or never will. */
	void settled() {
		this.open--;
	}

	/** Whether any of their payloads has not left, beside one that is being added. */
	boolean hasOthers() {
		return this.open > 1;
	}

	/** Whether they may move, as long ago as it is that they were used before. */
	boolean hasRested() {
		return this.rested && !hasOthers();
	}

}
