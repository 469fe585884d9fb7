package dev.socketserver.mailbox.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.store.LetterStore;
import org.jspecify.annotations.Nullable;

/**
 * The store, the threads that wait for it, and whether it can be used. Safe for use by
 * several threads.
 */
public final class StoreAccess implements AutoCloseable {

	private static final SafeLogger logger = SafeLogger.of(StoreAccess.class);

	/** Connections that a pool of an application can spare. */
	private static final int THREADS = 4;

	/** How long a caller waits for a store that does not answer. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** How long the end waits for what has begun. */
	private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

	private final LetterStore store;

	private final Duration patience;

	private final Duration lastAnswers;

	private final ExecutorService threads;

	/** Fails what takes too long, also while all threads wait for the store. */
	private final ExecutorService late;

	private final ScheduledThreadPoolExecutor timer;

	/** What is awaited, and fails at the end: nothing else would complete it then. */
	private final Set<CompletableFuture<?>> awaited = ConcurrentHashMap.newKeySet();

	/** Why it cannot be used, and since when; absent while it can. Changed under this. */
	private volatile @Nullable Outage outage;

	private volatile boolean rests;

	/**
	 * Creates the access, and no thread before it is used.
	 * @param store the store
	 */
	public StoreAccess(LetterStore store) {
		this(store, PATIENCE, LAST_ANSWERS);
	}

	/**
	 * Creates the access with other times.
	 * @param store the store
	 * @param patience how long a caller waits
	 * @param lastAnswers how long the end waits
	 */
	StoreAccess(LetterStore store, Duration patience, Duration lastAnswers) {
		this(store, patience, lastAnswers, pool(THREADS, "socket-mailbox-%d"));
	}

	/**
	 * Creates the access with other times and threads.
	 * @param store the store
	 * @param patience how long a caller waits
	 * @param lastAnswers how long the end waits
	 * @param threads wait for the store; ended with this object
	 */
	StoreAccess(LetterStore store, Duration patience, Duration lastAnswers, ExecutorService threads) {
		this.store = store;
		this.patience = patience;
		this.lastAnswers = lastAnswers;
		this.threads = threads;
		this.late = pool(1, "socket-mailbox-late");
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> daemon(task, "socket-mailbox-timer"));
		this.timer.setRemoveOnCancelPolicy(true);
	}

	private static ExecutorService pool(int most, String name) {
		AtomicInteger count = new AtomicInteger();
		ThreadPoolExecutor pool = new ThreadPoolExecutor(most, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				(task) -> daemon(task, name.formatted(count.incrementAndGet())));
		pool.allowCoreThreadTimeOut(true);
		return pool;
	}

	private static Thread daemon(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	/** The threads that may wait for the store. */
	Executor threads() {
		return this::run;
	}

	/** Runs a task on one of these threads; not after the end. */
	void run(Runnable task) {
		run(this.threads, task);
	}

	private static void run(Executor threads, Runnable task) {
		try {
			threads.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The application ends.
		}
	}

	/**
	 * Completes what is awaited on one of these threads, after the end on this one.
	 * @param answer is awaited
	 * @param completes completes it
	 */
	void complete(CompletableFuture<?> answer, Runnable completes) {
		await(answer);
		try {
			this.threads.execute(completes);
		}
		catch (RejectedExecutionException ex) {
			completes.run();
		}
	}

	private void await(CompletableFuture<?> answer) {
		this.awaited.add(answer);
		CompletableFuture<?> unused = answer.whenComplete((value, failure) -> this.awaited.remove(answer));
	}

	/** Runs a task on one of these threads, later; returns {@code null} after the end. */
	@Nullable ScheduledFuture<?> later(Duration delay, Runnable task) {
		return later(delay, this.threads, task);
	}

	private @Nullable ScheduledFuture<?> later(Duration delay, Executor threads, Runnable task) {
		try {
			return this.timer.schedule(() -> run(threads, task), delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	/**
	 * Asks the store, on a thread that may wait, for as long as it takes. That it takes
	 * long is an outage before then: a pool waits longer for a connection.
	 */
	<T> T ask(Function<LetterStore, T> question) {
		AtomicBoolean answered = new AtomicBoolean();
		ScheduledFuture<?> limit = later(this.patience, this.late, () -> {
			if (!answered.get()) {
				failed(late());
			}
		});
		try {
			return answer(question);
		}
		finally {
			answered.set(true);
			if (limit != null) {
				limit.cancel(false);
			}
		}
	}

	private <T> T answer(Function<LetterStore, T> question) {
		try {
			return question.apply(this.store);
		}
		catch (MailboxUnavailableException ex) {
			failed(ex);
			throw ex;
		}
	}

	/** Asks the store on another thread. */
	<T> CompletableFuture<T> askLater(Function<LetterStore, T> question) {
		return askLater(question, Function.identity());
	}

	/**
	 * Asks the store on another thread, and does there what follows from the answer, also
	 * where that comes when nobody waits for it any more.
	 * @param question what the store is asked
	 * @param then does that, and returns the outcome; it has no limit of time
	 * @return the outcome
	 */
	<T, R> CompletableFuture<R> askLater(Function<LetterStore, T> question, Function<T, R> then) {
		CompletableFuture<R> answer = new CompletableFuture<>();
		AtomicBoolean answered = new AtomicBoolean();
		await(answer);
		try {
			this.threads.execute(() -> {
				if (answer.isDone()) {
					// It has failed already.
					return;
				}
				try {
					T found = answer(question);
					answered.set(true);
					answer.complete(then.apply(found));
				}
				catch (Throwable ex) {
					answer.completeExceptionally(ex);
				}
			});
			ScheduledFuture<?> limit = later(this.patience, this.late, () -> {
				MailboxUnavailableException late = late();
				if (!answered.get() && answer.completeExceptionally(late)) {
					failed(late);
				}
			});
			if (limit != null) {
				CompletableFuture<?> unused = answer.whenComplete((value, failure) -> limit.cancel(false));
			}
		}
		catch (RejectedExecutionException ex) {
			answer.completeExceptionally(closed(ex));
		}
		return answer;
	}

	private MailboxUnavailableException late() {
		return new MailboxUnavailableException(
				"The store of the mailbox has not answered in " + this.patience.toSeconds() + " s",
				new TimeoutException());
	}

	LetterStore store() {
		return this.store;
	}

	/**
	 * Finds out whether an outage is over. That something can be read says nothing of
	 * whether something can be written.
	 */
	void check() {
		ask((store) -> {
			store.check();
			return true;
		});
		synchronized (this) {
			if (this.outage != null) {
				this.outage = null;
				logger.info("The store of the mailbox can be used again");
			}
		}
	}

	/** Says whether the store is to be left alone, and its failures mean nothing. */
	void rest(boolean rests) {
		this.rests = rests;
	}

	private synchronized void failed(MailboxUnavailableException failure) {
		if (this.outage == null && !this.rests) {
			this.outage = new Outage(failure, Instant.now());
			logger.warn("The store of the mailbox cannot be used: letters are neither taken nor delivered until it "
					+ "can: {}", failure.getMessage());
			logger.debug("The failure of the store", failure);
		}
	}

	/**
	 * Returns why the store cannot be used.
	 * @return the outage, or {@code null} while it can be used
	 */
	public @Nullable Outage outage() {
		return this.outage;
	}

	private static MailboxUnavailableException closed(@Nullable Throwable cause) {
		return new MailboxUnavailableException("The mailbox is closed", cause);
	}

	/** Lets what has begun end, for a while. What is awaited then fails. */
	@Override
	public void close() {
		this.timer.shutdownNow();
		this.late.shutdown();
		this.threads.shutdown();
		try {
			if (!this.threads.awaitTermination(this.lastAnswers.toNanos(), TimeUnit.NANOSECONDS)) {
				this.threads.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.awaited.forEach((answer) -> answer.completeExceptionally(closed(null)));
	}

	/**
	 * A time in which the store cannot be used.
	 *
	 * @param cause why
	 * @param since since when
	 */
	public record Outage(MailboxUnavailableException cause, Instant since) {

	}

}
