package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one server while the application goes on, on a thread of its own: until it
 * listens, somebody else starts or stops it, or the application stops. The thread keeps
 * the JVM alive if the server is going to.
 */
final class BackgroundStart {

	private static final Logger logger = LoggerFactory.getLogger(BackgroundStart.class);

	private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

	private static final Duration MAX_DELAY = Duration.ofSeconds(30);

	/** Servers that failed together are tried apart. */
	private static final double JITTER = 0.2;

	private final SocketServer server;

	private final BiConsumer<ServerStartException, BooleanSupplier> onFailure;

	private final Function<ServerStartException, String> explanation;

	private final boolean retry;

	private final BooleanSupplier wanted;

	private final CountDownLatch cancelled = new CountDownLatch(1);

	private volatile @Nullable Instant nextAttempt;

	/**
	 * Creates a start.
	 * @param server the server
	 * @param retry whether it is tried again
	 * @param onFailure is told of an attempt that failed and is not tried again, and may
	 * ask whether the start is still wanted
	 * @param explanation says what of the configuration is wrong
	 * @param wanted whether the application has its servers run, as it may again behind a
	 * stop
	 */
	BackgroundStart(SocketServer server, boolean retry, BiConsumer<ServerStartException, BooleanSupplier> onFailure,
			Function<ServerStartException, String> explanation, BooleanSupplier wanted) {
		this.server = server;
		this.retry = retry;
		this.onFailure = onFailure;
		this.explanation = explanation;
		this.wanted = wanted;
	}

	/** Begins to try. */
	void begin() {
		begin(this::attempts);
	}

	/**
	 * Begins to try again what has failed already.
	 * @param failure why
	 */
	void beginAfter(ServerStartException failure) {
		begin(() -> {
			if (pauseBefore(FIRST_DELAY, failure)) {
				attempts();
			}
		});
	}

	private void begin(Runnable task) {
		Thread thread = new Thread(task, this.server.name() + " server start");
		thread.setDaemon(this.server.spec().threads().serverDaemon());
		thread.start();
	}

	private void attempts() {
		boolean trying = true;
		for (Duration delay = FIRST_DELAY; trying; delay = next(delay)) {
			trying = attempt(delay);
		}
	}

	/** Returns whether there is to be another attempt. */
	private boolean attempt(Duration delay) {
		if (isCancelled()) {
			// The application was stopped before this thread came to it.
			return false;
		}
		try {
			this.server.start();
			if (!this.wanted.getAsBoolean()) {
				// The stop came just before, and found a server that did not run.
				this.server.beginStop(Duration.ZERO);
			}
			return false;
		}
		catch (RuntimeException | Error ex) {
			ServerStartException failure = failure(ex);
			if (failure != null) {
				if (failure != ex) {
					// No trouble of listening, of which the property says enough.
					logger.error("Server '{}' could not be started", this.server.name(), ex);
				}
				return failed(failure, delay);
			}
			if (ex instanceof ServerStartException || ex instanceof IllegalStateException) {
				// Somebody else starts it, or has stopped it while it tried to bind.
				logger.debug("Server '{}' is in other hands", this.server.name(), ex);
				return false;
			}
			throw ex;
		}
	}

	/** Returns how the server has failed by what its start threw, if it has. */
	private @Nullable ServerStartException failure(Throwable thrown) {
		if (this.server.state() != ServerState.FAILED) {
			return null;
		}
		if (thrown instanceof ServerStartException known) {
			return known;
		}
		return (this.server.failure() instanceof ServerStartException other && other.getCause() == thrown) ? other
				: null;
	}

	/** Returns whether there is to be another attempt. */
	private boolean failed(ServerStartException failure, Duration delay) {
		if (this.retry) {
			return pauseBefore(delay, failure);
		}
		if (!isCancelled()) {
			this.onFailure.accept(failure, () -> !isCancelled());
		}
		return false;
	}

	/** Returns whether the server still is to be tried again. */
	private boolean pauseBefore(Duration delay, ServerStartException failure) {
		Duration pause = withJitter(delay);
		this.nextAttempt = Instant.now().plus(pause);
		logger.warn("{} Trying again in {} ms.", this.explanation.apply(failure), pause.toMillis());
		try {
			return !this.cancelled.await(pause.toMillis(), TimeUnit.MILLISECONDS)
					&& this.server.state() == ServerState.FAILED;
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

	private boolean isCancelled() {
		return this.cancelled.getCount() == 0;
	}

	/**
	 * There are no more attempts. One that goes on is for a stop of the server to end.
	 */
	void cancel() {
		this.cancelled.countDown();
	}

}
