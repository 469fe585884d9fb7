package dev.socketserver.bridge.session;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spi.PreparationFigures;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of the bridge of a server, in all its sessions. Any thread.
 */
public final class BridgeStatistics implements PreparationFigures {

	private static final SafeLogger logger = SafeLogger.of(BridgeStatistics.class);

	private final String server;

	private volatile String to;

	private final AtomicInteger pending = new AtomicInteger();

	private final Map<BridgeOutcome, Times> outcomes = new EnumMap<>(BridgeOutcome.class);

	/** When something began to wait, or was stored last while something waited. */
	private volatile long progressNanos = System.nanoTime();

	private volatile @Nullable Instant failingSince;

	/** The same by the monotonic clock, which cannot be set. */
	private long failingSinceNanos;

	/**
	 * Begins to count.
	 * @param server the name of the server
	 * @param to where messages are stored
	 */
	public BridgeStatistics(String server, String to) {
		this.server = server;
		this.to = to;
		for (BridgeOutcome outcome : BridgeOutcome.values()) {
			this.outcomes.put(outcome, new Times());
		}
	}

	/**
	 * The server stores messages elsewhere, since it has started again.
	 * @param to where
	 */
	public void storesTo(String to) {
		this.to = to;
	}

	/**
	 * Returns the name of the server.
	 * @return the name
	 */
	public String server() {
		return this.server;
	}

	/**
	 * Returns how often storing had an outcome.
	 * @param outcome the outcome
	 * @return how often, and how long it took
	 */
	public Times times(BridgeOutcome outcome) {
		return Objects.requireNonNull(this.outcomes.get(outcome));
	}

	@Override
	public String to() {
		return this.to;
	}

	/** A message waits to be stored. */
	void begun() {
		int waiting;
		do {
			waiting = this.pending.get();
			if (waiting == 0) {
				// Before it counts: who sees it waiting must not see an older time.
				this.progressNanos = System.nanoTime();
			}
		}
		while (!this.pending.compareAndSet(waiting, waiting + 1));
	}

	/** A message waits no more, whatever has become of it. */
	void ended() {
		this.pending.decrementAndGet();
	}

	/** A message was stored, or has been before. */
	void stored(boolean duplicate, long nanos) {
		times(duplicate ? BridgeOutcome.DUPLICATE : BridgeOutcome.STORED).add(nanos);
		this.progressNanos = System.nanoTime();
		if (this.failingSince != null) {
			recovered();
		}
	}

	private synchronized void recovered() {
		if (this.failingSince != null) {
			this.failingSince = null;
			logger.info("The bridge of server '{}' stores messages again, after {} s", this.server,
					TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.failingSinceNanos));
		}
	}

	/** A message can never be stored, whatever the store would say. */
	void refused() {
		times(BridgeOutcome.REJECTED).add(0);
	}

	/** A store says that a message can never be stored. */
	void rejected(long nanos) {
		times(BridgeOutcome.REJECTED).add(nanos);
		this.progressNanos = System.nanoTime();
	}

	/** An attempt has failed. */
	synchronized void failed(Throwable failure, long nanos) {
		times(BridgeOutcome.FAILED).add(nanos);
		if (this.failingSince == null) {
			this.failingSince = Instant.now();
			this.failingSinceNanos = System.nanoTime();
			logger.warn("The bridge of server '{}' cannot store messages to {}: {}", this.server, this.to,
					failure.toString());
		}
	}

	@Override
	public int pending() {
		return Math.max(0, this.pending.get());
	}

	@Override
	public long stored() {
		return times(BridgeOutcome.STORED).count();
	}

	@Override
	public long duplicates() {
		return times(BridgeOutcome.DUPLICATE).count();
	}

	@Override
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

	/** How often something happened, and how long that took. */
	public static final class Times {

		private final LongAdder count = new LongAdder();

		private final LongAdder nanos = new LongAdder();

		private void add(long nanos) {
			this.count.increment();
			this.nanos.add(nanos);
		}

		/**
		 * Returns how often.
		 * @return the number
		 */
		public long count() {
			return this.count.sum();
		}

		/**
		 * Returns how long.
		 * @return the sum in nanoseconds
		 */
		public long nanos() {
			return this.nanos.sum();
		}

	}

}
