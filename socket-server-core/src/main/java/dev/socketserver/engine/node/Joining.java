package dev.socketserver.engine.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Has a member join when that is first needed: before, it has no thread. What is asked of
 * it waits until it has joined, and then begins in the order of the calls. Safe for use
 * by several threads.
 */
final class Joining {

	private static final SafeLogger logger = SafeLogger.of(Joining.class);

	private final ClusterMember member;

	private final Duration patience;

	private final Executor callbacks;

	/** What waits. Guarded by this. */
	private final Queue<Runnable> waiting = new ArrayDeque<>();

	/** Guarded by this. */
	private boolean begun;

	/** Absent until it begins or is not to. Guarded by this. */
	private @Nullable CompletableFuture<Void> joined;

	/** Whether nothing waits any more. */
	private volatile boolean over;

	/**
	 * Creates what has a member join.
	 * @param member joins
	 * @param patience how long calls wait for that
	 * @param callbacks runs these calls
	 */
	Joining(ClusterMember member, Duration patience, Executor callbacks) {
		this.member = member;
		this.patience = patience;
		this.callbacks = callbacks;
	}

	/**
	 * Begins, unless that has happened.
	 * @return completes when it has joined
	 */
	synchronized CompletableFuture<Void> begin() {
		CompletableFuture<Void> known = this.joined;
		if (known == null) {
			CompletableFuture<Void> begins = this.member.start();
			this.joined = begins;
			this.begun = true;
			CompletableFuture<?> unused = begins.copy()
				.completeOnTimeout(null, this.patience.toNanos(), TimeUnit.NANOSECONDS)
				.whenCompleteAsync((done, failure) -> {
					if (!begins.isDone()) {
						logger.warn(
								"Node '{}' has not joined its cluster yet: it serves its own sessions, and goes on trying",
								this.member.node());
					}
					beginWaiting();
				}, this.callbacks);
			known = begins;
		}
		return known;
	}

	synchronized boolean hasBegun() {
		return this.begun;
	}

	/**
	 * Has it never begin from now on.
	 * @return whether it has begun before
	 */
	synchronized boolean end() {
		if (this.joined == null) {
			this.joined = CompletableFuture.completedFuture(null);
			this.over = true;
		}
		return this.begun;
	}

	/**
	 * Begins a call once the node has joined, or has not for too long.
	 * @param call what to do
	 * @param <T> the type of its result
	 * @return its result
	 */
	<T> CompletableFuture<T> then(Supplier<CompletableFuture<T>> call) {
		if (!this.over) {
			CompletableFuture<@Nullable Void> turn = new CompletableFuture<>();
			CompletableFuture<T> result = turn.thenCompose((begins) -> call.get());
			if (waits(() -> turn.complete(null))) {
				return result;
			}
		}
		return call.get();
	}

	private synchronized boolean waits(Runnable call) {
		CompletableFuture<?> unused = begin();
		return !this.over && this.waiting.add(call);
	}

	private void beginWaiting() {
		for (Runnable next = next(); next != null; next = next()) {
			next.run();
		}
	}

	private synchronized @Nullable Runnable next() {
		Runnable next = this.waiting.poll();
		this.over = next == null;
		return next;
	}

}
