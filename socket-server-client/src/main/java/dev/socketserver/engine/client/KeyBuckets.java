package dev.socketserver.engine.client;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which connection has the payloads of a key. Keys are in buckets, which move as a whole:
 * when their connection takes nothing more, and all that it had has left or was given
 * back. A bucket also moves to a connection that has fewer, but only when it was quiet
 * for so long that what has left was received. Guarded by the lock of the
 * {@link ClientOutbox}.
 */
final class KeyBuckets {

	private static final int COUNT = 1024;

	private final @Nullable KeyBucket[] all = new @Nullable KeyBucket[COUNT];

	/** Returns the bucket of a key. */
	KeyBucket of(Object key) {
		int hash = key.hashCode() * 0x9E3779B9;
		int index = (hash ^ hash >>> 16) & (COUNT - 1);
		KeyBucket bucket = this.all[index];
		if (bucket == null) {
			bucket = new KeyBucket();
			this.all[index] = bucket;
		}
		return bucket;
	}

	/**
	 * Returns the connection of a bucket, and chooses one if it has none or is to move.
	 * @param bucket the bucket
	 * @param links all connections
	 * @return the connection; {@code null} if there is none that takes payloads
	 */
	@Nullable OutboxLink link(KeyBucket bucket, List<OutboxLink> links) {
		OutboxLink present = bucket.link();
		if (present != null && (present.isAttached() ? !bucket.hasRested() : bucket.hasOthers())) {
			return present;
		}
		OutboxLink least = null;
		for (OutboxLink each : links) {
			if (each.isAttached() && (least == null || each.buckets() < least.buckets())) {
				least = each;
			}
		}
		if (present != null && present.isAttached() && least != null && present.buckets() <= least.buckets() + 1) {
			// It would not be better there.
			return present;
		}
		bucket.link(least);
		return least;
	}

	/** A connection takes nothing more, and has nothing: its buckets have none. */
	void leave(OutboxLink link) {
		for (KeyBucket bucket : this.all) {
			if (bucket != null && bucket.link() == link) {
				bucket.link(null);
			}
		}
	}

}
