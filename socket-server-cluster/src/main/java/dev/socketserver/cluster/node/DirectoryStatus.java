package dev.socketserver.cluster.node;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.engine.log.LogLimit;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Whether the directory can be used: it renews the lease, and takes claims. One whose
 * memory is just at its limit may do the first and not the second. Tasks of the clock
 * only, but for what is read.
 */
final class DirectoryStatus {

	private static final SafeLogger logger = SafeLogger.of(DirectoryStatus.class);

	/**
	 * Lines of {@link #LOG_NANOS} that are logged one by one: away, back, and again.
	 */
	private static final int MOST_LINES = 4;

	private static final long LOG_NANOS = Duration.ofMinutes(1).toNanos();

	private final NodeId self;

	private final ClusterClock clock;

	private final LogLimit log;

	/** For how long claims fail before that is more than a broken connection. */
	private final long patience;

	/** Whether the lease is renewed. */
	private volatile boolean reached;

	/** Whether claims fail although they should not. */
	private volatile boolean refusing;

	private volatile Instant since = Instant.now();

	/** The same by the clock. */
	private volatile long sinceNanos;

	/** Of the last claims, if none was answered since. */
	private @Nullable Throwable failure;

	private long failingSince;

	/**
	 * Creates one, of a directory that was not reached yet.
	 * @param patience for how many nanoseconds claims may fail
	 */
	DirectoryStatus(NodeId self, ClusterClock clock, long patience) {
		this.self = self;
		this.clock = clock;
		this.sinceNanos = clock.nanoTime();
		this.patience = patience;
		this.log = new LogLimit(MOST_LINES, LOG_NANOS, clock::schedule, clock::nanoTime,
				(count) -> logger.warn("The directory of the cluster comes and goes: {} more changes in a minute; "
						+ "node '{}' can use it now: {}", count, self.name(), isUp() ? "yes" : "no"));
	}

	/** It is needed from now on. Any thread, before it is first asked. */
	void wanted() {
		this.since = Instant.now();
		this.sinceNanos = this.clock.nanoTime();
	}

	/** Logs that it can be used, or not, unless that has changed often. */
	void log(Runnable line) {
		this.log.log(line);
	}

	/** Whether it renews the lease: it can be asked, whether it takes claims or not. */
	boolean isReached() {
		return this.reached;
	}

	boolean isUp() {
		return this.reached && !this.refusing;
	}

	/** Whether claims fail, for whatever reason but that the directory is away. */
	boolean isRefusing() {
		return this.refusing;
	}

	/** Returns since when it can be used, or not. */
	Instant since() {
		return this.since;
	}

	/** Returns for how long it cannot be used; zero while it can. */
	Duration away() {
		return isUp() ? Duration.ZERO : Duration.ofNanos(this.clock.nanoTime() - this.sinceNanos);
	}

	/** The lease was renewed, or could not be. */
	void reached(boolean reached) {
		set(reached, this.refusing);
	}

	private void set(boolean reached, boolean refusing) {
		if ((reached && !refusing) != isUp()) {
			// Before: any thread that sees the change may ask since when.
			this.since = Instant.now();
			this.sinceNanos = this.clock.nanoTime();
		}
		this.reached = reached;
		this.refusing = refusing;
	}

	/** Claims have failed. */
	void claimsFailed(Throwable failure) {
		if (this.failure == null) {
			this.failingSince = this.clock.nanoTime();
		}
		this.failure = failure;
	}

	/** Claims were answered, or are wanted no longer. */
	void claimsTaken() {
		this.failure = null;
		boolean was = this.refusing;
		set(this.reached, false);
		if (was) {
			log(() -> logger.info("The directory of the cluster takes claims of node '{}' again", this.self.name()));
		}
	}

	/**
	 * The lease was renewed, which says nothing of claims.
	 * @param wanted whether there are claims for it to take; asked for only if some have
	 * failed, since that looks at all
	 * @param again whether the lease was renewed before, too: else what goes wrong is no
	 * news
	 */
	void renewed(BooleanSupplier wanted, boolean again) {
		if (this.failure == null) {
			return;
		}
		if (!wanted.getAsBoolean()) {
			claimsTaken();
			return;
		}
		if (this.refusing || this.clock.nanoTime() - this.failingSince < this.patience) {
			return;
		}
		set(this.reached, true);
		if (again) {
			Throwable last = this.failure;
			log(() -> logger.warn("The directory of the cluster takes no claims: {}. Sessions of this node '{}' go on",
					last, this.self.name()));
		}
	}

}
