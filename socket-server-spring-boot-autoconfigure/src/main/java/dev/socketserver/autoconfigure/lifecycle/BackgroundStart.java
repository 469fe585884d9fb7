package dev.socketserver.autoconfigure.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.autoconfigure.properties.ServerDefaults.OnStartFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.operation.StartFailure;
import dev.socketserver.operator.ServerOperations;
import org.jspecify.annotations.Nullable;

/**
 * Starts one server on a thread of its own, while the application goes on. The thread
 * ends when the server listens, when a start has failed that is not tried again, when
 * somebody else stops the server, or when the application stops. It keeps the JVM alive
 * if the server is going to.
 */
final class BackgroundStart {

	private static final SafeLogger logger = SafeLogger.of(BackgroundStart.class);

	private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

	private static final Duration MAX_DELAY = Duration.ofSeconds(30);

	/**
	 * By how much a delay varies at random, so that servers that failed together are not
	 * tried again together.
	 */
	private static final double JITTER = 0.2;

	private final SocketServer server;

	private final OnStartFailure onFailure;

	private final StartFailures failures;

	private final BooleanSupplier wanted;

	/** Which listeners begin paused; none once nothing is tried any more. */
	private volatile Set<String> paused;

	private final CountDownLatch cancelled = new CountDownLatch(1);

	private volatile @Nullable Instant nextAttempt;

	/**
	 * Creates a start.
	 * @param server the server
	 * @param onFailure what follows when an attempt has failed
	 * @param failures reports that, on the thread of this start
	 * @param wanted whether the servers of the application are to run; after a stop they
	 * may be again, while this start stays cancelled
	 * @param paused which listeners begin paused
	 */
	BackgroundStart(SocketServer server, OnStartFailure onFailure, StartFailures failures, BooleanSupplier wanted,
			Set<String> paused) {
		this.server = server;
		this.onFailure = onFailure;
		this.failures = failures;
		this.wanted = wanted;
		this.paused = paused;
	}

	/** Starts a server on the calling thread, with some listeners paused. */
	static void start(SocketServer server, Set<String> paused) {
		if (paused.isEmpty()) {
			server.start();
		}
		else {
			ServerOperations.of(server).startPaused(paused);
		}
	}

	/**
	 * Starts the thread.
	 * @param before why a first attempt of the caller has failed, after which it waits
	 * before it tries again; {@code null} for a first attempt at once
	 */
	void begin(@Nullable ServerStartException before) {
		Thread thread = new Thread(() -> run(before), this.server.name() + " server start");
		thread.setDaemon(this.server.spec().threads().serverDaemon());
		thread.start();
	}

	private void run(@Nullable ServerStartException before) {
		try {
			tryAll(before);
		}
		finally {
			// From now on whoever operates the server says what is paused.
			this.paused = Set.of();
		}
	}

	private void tryAll(@Nullable ServerStartException before) {
		Duration delay = FIRST_DELAY;
		boolean trying = true;
		if (before != null) {
			trying = pauseBefore(delay, before);
			delay = next(delay);
		}
		while (trying) {
			trying = attempt(delay);
			delay = next(delay);
		}
	}

	/**
	 * Tries to start the server. If it is to be tried again, waits until then, and
	 * returns {@code true}.
	 */
	private boolean attempt(Duration delay) {
		if (isCancelled()) {
			// The application was stopped before this attempt began.
			return false;
		}
		try {
			start(this.server, this.paused);
			if (!this.wanted.getAsBoolean()) {
				// The application has stopped its servers just before, when this one did
				// not run yet.
				ServerOperations.of(this.server).beginStop(Duration.ZERO);
			}
			return false;
		}
		catch (RuntimeException | Error ex) {
			ServerStartException failure = (this.server.state() == ServerState.FAILED)
					? StartFailure.of(this.server, ex) : null;
			if (failure != null) {
				return failed(failure, delay);
			}
			if (ex instanceof ServerStartException || ex instanceof IllegalStateException) {
				// Somebody else has started the server, or has stopped it while it was
				// binding.
				logger.debug("Server '{}' was started or stopped by somebody else", this.server.name(), ex);
				return this.onFailure == OnStartFailure.RETRY && isToBeTried() && pauseBefore(delay, null);
			}
			throw ex;
		}
	}

	/**
	 * Handles an attempt that has failed. If there is to be another one, waits until
	 * then, and returns {@code true}.
	 */
	private boolean failed(ServerStartException failure, Duration delay) {
		if (this.onFailure == OnStartFailure.RETRY) {
			return pauseBefore(delay, failure);
		}
		if (this.onFailure == OnStartFailure.FAIL && !isCancelled()) {
			this.failures.stop(failure, () -> !isCancelled());
		}
		else if (!isCancelled()) {
			this.failures.warn(failure);
		}
		return false;
	}

	/** Whether nobody has stopped the server, nor started it with success. */
	private boolean isToBeTried() {
		ServerState state = this.server.state();
		return state == ServerState.FAILED || state == ServerState.STARTING;
	}

	/**
	 * Waits for the next attempt. Returns whether the server is still to be tried then.
	 * @param failure why the last attempt has failed; {@code null} if another was under
	 * way
	 */
	private boolean pauseBefore(Duration delay, @Nullable ServerStartException failure) {
		Duration pause = withJitter(delay);
		this.nextAttempt = Instant.now().plus(pause);
		if (failure != null) {
			logger.warn("{} Trying again in {} ms.", this.failures.explained(failure), pause.toMillis());
		}
		try {
			return !this.cancelled.await(pause.toMillis(), TimeUnit.MILLISECONDS) && isToBeTried();
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			this.nextAttempt = null;
		}
	}

	static Duration next(Duration delay) {
		Duration twice = delay.multipliedBy(2);
		return (twice.compareTo(MAX_DELAY) > 0) ? MAX_DELAY : twice;
	}

	private static Duration withJitter(Duration delay) {
		double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
		return Duration.ofMillis((long) (delay.toMillis() * factor));
	}

	/** Returns when there will be another attempt, or {@code null}. */
	@Nullable Instant nextAttempt() {
		return this.nextAttempt;
	}

	/** Returns which listeners begin paused if this start succeeds. */
	Set<String> paused() {
		return this.paused;
	}

	private boolean isCancelled() {
		return this.cancelled.getCount() == 0;
	}

	/**
	 * Makes no further attempt. One that goes on already has to be ended by a stop of the
	 * server.
	 */
	void cancel() {
		this.cancelled.countDown();
	}

}
