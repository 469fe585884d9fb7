package dev.socketserver.bridge.session;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is counted of the bridge of a server, in all its sessions. Any thread.
 */
public final class BridgeStatistics {

	private static final Logger logger = LoggerFactory.getLogger(BridgeStatistics.class);

	private final String server;

	private final String to;

	private final AtomicInteger pending = new AtomicInteger();

	private final AtomicLong stored = new AtomicLong();

	private final AtomicLong duplicates = new AtomicLong();

	/** When something began to wait, or was stored last while something waited. */
	private volatile long progressNanos = System.nanoTime();

	private volatile @Nullable Instant failingSince;

	/**
	 * Begins to count.
	 * @param server the name of the server
	 * @param to where messages are stored
	 */
	public BridgeStatistics(String server, String to) {
		this.server = server;
		this.to = to;
	}

	/**
	 * Returns where messages are stored.
	 * @return what the property says
	 */
	public String to() {
		return this.to;
	}

	/** A message waits to be stored. */
	void begun() {
		if (this.pending.getAndIncrement() == 0) {
			this.progressNanos = System.nanoTime();
		}
	}

	/** A message waits no more, whatever has become of it. */
	void ended() {
		this.pending.decrementAndGet();
	}

	/** A message was stored, or has been before. */
	void stored(boolean duplicate) {
		(duplicate ? this.duplicates : this.stored).incrementAndGet();
		this.progressNanos = System.nanoTime();
		if (this.failingSince != null) {
			recovered();
		}
	}

	private synchronized void recovered() {
		Instant since = this.failingSince;
		if (since != null) {
			this.failingSince = null;
			logger.info("The bridge of server '{}' stores messages again, after {} s", this.server,
					Duration.between(since, Instant.now()).toSeconds());
		}
	}

	/** An attempt has failed. */
	synchronized void failed(Throwable failure) {
		if (this.failingSince == null) {
			this.failingSince = Instant.now();
			logger.warn("The bridge of server '{}' cannot store messages to {}: {}", this.server, this.to,
					failure.toString());
		}
	}

	/**
	 * Returns how many messages wait to be stored.
	 * @return the number
	 */
	public int pending() {
		return Math.max(0, this.pending.get());
	}

	/**
	 * Returns how many messages were stored.
	 * @return the number, without duplicates
	 */
	public long stored() {
		return this.stored.get();
	}

	/**
	 * Returns how many messages had been stored before.
	 * @return the number
	 */
	public long duplicates() {
		return this.duplicates.get();
	}

	/**
	 * Returns since when attempts fail.
	 * @return the time of the first failure, {@code null} if a message was stored since
	 */
	public @Nullable Instant failingSince() {
		return this.failingSince;
	}

	/**
	 * Whether something waits, and nothing could be stored for some time.
	 * @param time the time
	 * @return whether the store seems to be away
	 */
	public boolean isStuck(Duration time) {
		return pending() > 0 && System.nanoTime() - this.progressNanos > time.toNanos();
	}

}
