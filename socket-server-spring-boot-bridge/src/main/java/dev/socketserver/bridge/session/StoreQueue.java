package dev.socketserver.bridge.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.bridge.NotStoredException;
import dev.socketserver.bridge.Stored;
import dev.socketserver.bridge.properties.BridgeProperties.OnStoreFailure;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one session that are being stored, in the order of their arrival. Many
 * are stored at a time. When one has failed, nothing more is given to the store; when all
 * before that one are stored, it is stored again, alone, after a pause; then all behind
 * it are, in their order. No message is reported as stored before those in front of it
 * are. Confined to the lane of the session.
 */
final class StoreQueue {

	private static final SafeLogger logger = SafeLogger.of(StoreQueue.class);

	/** By how much a check may be late without a reason that delays answers, too. */
	private static final long MOST_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final BridgeSettings settings;

	private final BridgeStore store;

	private final BridgeStatistics statistics;

	private final ScheduledExecutorService timer;

	private final Executor lane;

	/** What is not reported as stored yet, the oldest first. */
	private final ArrayDeque<Entry> entries = new ArrayDeque<>();

	private final SessionOutcomes outcomes;

	private Turn turn;

	/** A message has failed: only that one is given to the store. */
	private boolean failing;

	/** How often the oldest has failed, one time after the other. */
	private int failures;

	/** The connection is gone: nothing is stored again. */
	private boolean abandoned;

	private boolean closed;

	/** Looks at the oldest when its time is over; absent while it is not to. */
	private @Nullable Future<?> check;

	private @Nullable Future<?> retry;

	StoreQueue(BridgeSettings settings, BridgeStore store, BridgeStatistics statistics, ScheduledExecutorService timer,
			Executor lane) {
		this.settings = settings;
		this.store = store;
		this.statistics = statistics;
		this.timer = timer;
		this.lane = lane;
		this.outcomes = new SessionOutcomes(lane);
		this.turn = new Turn(this.outcomes::announce);
	}

	/**
	 * Stores a message.
	 * @param message the message
	 * @return completes on the lane when it is stored, and those before it are, or are
	 * given up
	 */
	CompletionStage<Result> store(InboundMessage message) {
		Entry entry = new Entry(message);
		this.entries.add(entry);
		this.statistics.begun();
		if (!this.failing) {
			attempt(entry);
		}
		else if (this.abandoned && !isAnyRunning()) {
			giveUp();
		}
		return entry.result;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the entry has what becomes of it
	private void attempt(Entry entry) {
		entry.begin();
		int attempt = entry.attempts;
		Turn behind = this.turn;
		CompletionStage<?> stage;
		try {
			stage = this.store.store(entry.message, behind);
		}
		catch (Throwable ex) {
			stage = CompletableFuture.failedFuture(ex);
		}
		if (stage instanceof CompletableFuture<?> future && future.isDone()) {
			future.whenComplete((value, thrown) -> ended(entry, attempt, value, thrown));
		}
		else {
			stage.whenComplete((value, thrown) -> {
				this.outcomes.add(() -> ended(entry, attempt, value, thrown));
				behind.ended();
			});
		}
		checkLater();
	}

	/** An attempt has ended, unless it was given up before. */
	private void ended(Entry entry, int attempt, @Nullable Object value, @Nullable Throwable thrown) {
		if (this.closed || entry.attempts != attempt || !entry.running) {
			return;
		}
		entry.running = false;
		Throwable failure = (thrown != null) ? LoggedFailure.cause(thrown) : null;
		if (failure == null) {
			entry.stored = Result.of(entry.message, value);
		}
		else {
			entry.failure = failure;
			if (!(failure instanceof MessageRejectedException)) {
				this.failing = true;
				this.turn.end();
			}
		}
		release();
	}

	/** Reports what can be, in order, and goes on with what is left. */
	private void release() {
		while (!this.closed) {
			Entry oldest = this.entries.peek();
			if (oldest == null || oldest.running) {
				return;
			}
			if (oldest.stored != null) {
				this.entries.remove();
				succeeded(oldest, oldest.stored);
			}
			else if (oldest.failure instanceof MessageRejectedException rejected) {
				this.entries.remove();
				this.statistics.rejected(oldest.age());
				oldest.ended(null, rejected, this.statistics);
				goOn();
			}
			else if (oldest.failure == null) {
				return;
			}
			else if (failed(oldest, oldest.failure)) {
				return;
			}
		}
	}

	private void succeeded(Entry entry, Result stored) {
		this.statistics.stored(stored.stored().duplicate(), entry.age());
		entry.ended(stored, null, this.statistics);
		if (this.failing && this.retry == null && this.failures > 0) {
			logger.debug("Session {} of '{}': a message was stored after {} failures", entry.message.session(),
					entry.message.server(), this.failures);
			goOn();
		}
	}

	/** The store answers again: stores what waits for that, unless nobody does. */
	private void goOn() {
		this.failures = 0;
		if (!this.failing) {
			return;
		}
		for (Entry entry : this.entries) {
			if (entry.failure != null) {
				// It is next to be tried again.
				return;
			}
		}
		if (this.abandoned) {
			giveUp();
			return;
		}
		this.failing = false;
		attemptAll();
	}

	private void attemptAll() {
		for (Entry entry : this.entries.toArray(Entry[]::new)) {
			if (this.failing) {
				return;
			}
			if (!entry.running && entry.stored == null && entry.failure == null) {
				attempt(entry);
			}
		}
	}

	/**
	 * The oldest has failed.
	 * @return whether it is stored again later
	 */
	private boolean failed(Entry oldest, Throwable failure) {
		this.statistics.failed(failure, System.nanoTime() - oldest.since);
		this.turn.end();
		this.turn = new Turn(this.outcomes::announce);
		this.failing = true;
		if (this.abandoned) {
			giveUp();
			return true;
		}
		if (this.settings.onFailure() == OnStoreFailure.WAIT) {
			retryLater(oldest, failure);
			return true;
		}
		this.entries.remove();
		this.failures = 0;
		oldest.ended(null, notStored(failure), this.statistics);
		if (this.settings.onFailure() == OnStoreFailure.CLOSE) {
			return true;
		}
		this.failing = false;
		for (Entry behind : this.entries) {
			if (this.store.keepsOrder()) {
				behind.forget();
			}
		}
		attemptAll();
		return false;
	}

	private Exception notStored(Throwable failure) {
		NotStoredException thrown = (failure instanceof NotStoredException known) ? known
				: new NotStoredException("The message was not stored: " + failure.getClass().getName(), failure);
		boolean error = this.settings.onFailure() == OnStoreFailure.ERROR;
		return error ? thrown : new CloseReasonException(CloseReason.NOT_STORED, thrown);
	}

	/** Stores the oldest again after a pause, and then all behind it. */
	private void retryLater(Entry oldest, Throwable failure) {
		for (Entry entry : this.entries) {
			entry.forget();
		}
		long pause = pause(this.failures++);
		logger.debug("Session {} of '{}': a message was not stored, again in {} ms", oldest.message.session(),
				oldest.message.server(), pause, failure);
		this.retry = this.timer.schedule(() -> this.lane.execute(() -> {
			this.retry = null;
			if (!this.closed && !this.abandoned && this.entries.peek() == oldest) {
				attempt(oldest);
			}
		}), pause, TimeUnit.MILLISECONDS);
	}

	/** Doubles with each failure; half of it goes by chance. */
	private long pause(int before) {
		long most = this.settings.maxPeriod().toMillis();
		long pause = Math.min(most, this.settings.period().toMillis() << Math.min(before, 20));
		return pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
	}

	/** Looks at the oldest when its time is over. */
	private void checkLater() {
		if (this.check == null) {
			Entry oldest = this.entries.peek();
			boolean runs = oldest != null && oldest.running;
			checkIn(runs ? Math.max(0, left(oldest)) : this.settings.timeout().toNanos());
		}
	}

	private long left(Entry running) {
		return running.since + this.settings.timeout().toNanos() - System.nanoTime();
	}

	private boolean isAnyRunning() {
		return this.entries.stream().anyMatch((entry) -> entry.running);
	}

	private void checkIn(long nanos) {
		long due = System.nanoTime() + nanos;
		this.check = this.timer.schedule(() -> this.lane.execute(() -> checkTime(due)), nanos, TimeUnit.NANOSECONDS);
	}

	private void checkTime(long due) {
		this.check = null;
		Entry oldest = this.entries.peek();
		if (this.closed || oldest == null) {
			return;
		}
		if (oldest.running) {
			long left = left(oldest);
			if (left > 0) {
				checkIn(left);
				return;
			}
			long late = System.nanoTime() - due;
			if (late > MOST_LATE_NANOS) {
				// The process was stopped, or busy: an answer may have come meanwhile.
				checkIn(Math.min(late, this.settings.timeout().toNanos()));
				return;
			}
			Duration timeout = this.settings.timeout();
			ended(oldest, oldest.attempts, null,
					new NotStoredException("The store did not answer within " + timeout.toMillis() + " ms", null));
		}
		if (isAnyRunning()) {
			checkLater();
		}
	}

	/** The connection is gone: what is being stored is awaited once more. */
	void abandon() {
		this.abandoned = true;
		if (this.failing && this.retry != null) {
			giveUp();
		}
	}

	/** Nothing that is left is stored again. */
	private void giveUp() {
		for (Iterator<Entry> each = this.entries.iterator(); each.hasNext();) {
			Entry entry = each.next();
			Throwable failure = (entry.failure != null) ? entry.failure
					: new NotStoredException("The connection is gone", null);
			each.remove();
			entry.ended(null, new CloseReasonException(CloseReason.NOT_STORED, failure), this.statistics);
		}
	}

	/** The session is over. */
	void close() {
		this.closed = true;
		if (this.check != null) {
			this.check.cancel(false);
		}
		if (this.retry != null) {
			this.retry.cancel(false);
		}
		this.turn.end();
		this.entries.forEach((entry) -> this.statistics.ended());
		this.entries.clear();
	}

	/**
	 * How a message was stored.
	 *
	 * @param stored what the handler is given
	 * @param reply what is sent in place of a call of the handler, {@code null} for the
	 * call
	 */
	record Result(Stored stored, @Nullable Object reply) {

		/** Makes it of what a store has completed with. */
		private static Result of(InboundMessage message, @Nullable Object value) {
			Stored stored = (value instanceof Stored known) ? known : new Stored(message.id(), false, null);
			return new Result(stored, (value instanceof Replied replied) ? replied.payload() : null);
		}

	}

	/** A message. */
	private static final class Entry {

		private final InboundMessage message;

		private final CompletableFuture<Result> result = new CompletableFuture<>();

		private final long arrived = System.nanoTime();

		private boolean running;

		/** The number of the attempt whose outcome counts. */
		private int attempts;

		/** When that has begun. */
		private long since;

		private @Nullable Result stored;

		private @Nullable Throwable failure;

		Entry(InboundMessage message) {
			this.message = message;
		}

		/** How long it has waited, in nanoseconds. */
		long age() {
			return System.nanoTime() - this.arrived;
		}

		void begin() {
			this.attempts++;
			this.running = true;
			this.stored = null;
			this.failure = null;
			this.since = System.nanoTime();
		}

		/** What has become of it does not count: it is stored again. */
		void forget() {
			this.attempts++;
			this.running = false;
			this.stored = null;
			this.failure = null;
		}

		void ended(@Nullable Result stored, @Nullable Throwable failure, BridgeStatistics statistics) {
			statistics.ended();
			if (stored != null) {
				this.result.complete(stored);
			}
			else {
				this.result.completeExceptionally(failure);
			}
		}

	}

}
