package dev.socketserver.repl;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The evaluation that a thread is in, if any, so that others can interrupt it and no
 * interrupt hits what comes behind it. All fields are guarded by the monitor.
 */
final class RunningEvaluation {

	/** How long code may take to react to its interrupt. */
	static final Duration PATIENCE = Duration.ofSeconds(5);

	/** How long an evaluation may go on when nobody can type an interrupt any more. */
	static final Duration UNATTENDED = Duration.ofSeconds(5);

	/**
	 * How long code that has heard of its interrupt may clean up before its loops end.
	 */
	private static final Duration GRACE = Duration.ofSeconds(1);

	/** What the calling thread is in. */
	private static final ThreadLocal<RunningEvaluation> CURRENT = new ThreadLocal<>();

	/** How many are interrupted and have not ended: nearly always none. */
	private static final AtomicInteger ENDING = new AtomicInteger();

	private final ScheduledExecutorService timer;

	private final Consumer<Thread> stuck;

	private @Nullable Thread thread;

	private long number;

	private boolean interrupted;

	/** When, in nanoseconds of the JVM's clock. */
	private long interruptedAt;

	/** The interrupt is kept until something runs that may be interrupted. */
	private boolean held;

	private boolean unattended;

	/** It closes the application. */
	private boolean spared;

	/**
	 * Creates what watches one evaluation after another.
	 * @param timer has the time pass
	 * @param stuck is told, on the timer's thread, of a thread that has not reacted to
	 * its interrupt
	 */
	RunningEvaluation(ScheduledExecutorService timer, Consumer<Thread> stuck) {
		this.timer = timer;
		this.stuck = stuck;
	}

	/** The calling thread begins to evaluate. */
	synchronized void begin() {
		this.thread = Thread.currentThread();
		CURRENT.set(this);
		this.number++;
		this.held = false;
		if (this.unattended) {
			interruptLater(this.number);
		}
	}

	/**
	 * The calling thread has evaluated; what was interrupted is forgotten.
	 * @return whether it was interrupted
	 */
	synchronized boolean end() {
		this.thread = null;
		CURRENT.remove();
		// Not left to what comes next.
		Thread.interrupted();
		boolean interrupted = this.interrupted;
		if (interrupted) {
			this.interrupted = false;
			ENDING.decrementAndGet();
		}
		return interrupted;
	}

	/**
	 * Interrupts the evaluation.
	 * @return whether there is one
	 */
	synchronized boolean interrupt() {
		Thread evaluating = this.thread;
		if (evaluating == null) {
			return false;
		}
		if (this.spared) {
			return true;
		}
		if (!this.interrupted) {
			// Once: a peer can type interrupts faster than a timer forgets them.
			this.interrupted = true;
			this.interruptedAt = System.nanoTime();
			ENDING.incrementAndGet();
			reportLater(this.number);
		}
		if (!this.held) {
			evaluating.interrupt();
		}
		return true;
	}

	/**
	 * Leaves an evaluation alone that closes the application, on the calling thread or by
	 * {@link System#exit}: it waits for whatever has to be orderly.
	 * @return whether there is one
	 */
	synchronized boolean spareIfItCloses() {
		Thread evaluating = this.thread;
		if (evaluating == null || !(evaluating == Thread.currentThread() || isExiting(evaluating))) {
			return false;
		}
		this.spared = true;
		return true;
	}

	private static boolean isExiting(Thread thread) {
		return Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals("java.lang.Shutdown"));
	}

	/** From now on nobody can interrupt: no evaluation goes on for long. */
	synchronized void leaveAlone() {
		this.unattended = true;
		if (this.thread != null) {
			interruptLater(this.number);
		}
	}

	private void interruptLater(long evaluation) {
		later(UNATTENDED, () -> interrupt(evaluation));
	}

	private synchronized void interrupt(long evaluation) {
		if (this.number != evaluation || this.thread == null) {
			return;
		}
		if (this.held) {
			// What takes its time is not the code that was typed: a compiler's start.
			interruptLater(evaluation);
		}
		else {
			interrupt();
		}
	}

	private void reportLater(long evaluation) {
		later(PATIENCE, () -> report(evaluation));
	}

	private void report(long evaluation) {
		Thread evaluating = running(evaluation);
		if (evaluating == null) {
			return;
		}
		if (isHeld()) {
			reportLater(evaluation);
		}
		else {
			this.stuck.accept(evaluating);
		}
	}

	/** Where a thread that does not react is, for the log. */
	static Exception stackOf(Thread stuck) {
		Exception stack = new Exception("where it is");
		stack.setStackTrace(stuck.getStackTrace());
		return stack;
	}

	private synchronized boolean isHeld() {
		return this.held;
	}

	private synchronized @Nullable Thread running(long evaluation) {
		return (this.number == evaluation) ? this.thread : null;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nothing is waited for
	private void later(Duration delay, Runnable action) {
		this.timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Whether the evaluation that the calling thread is in was interrupted.
	 * @return {@code false} too if it is in none
	 */
	static boolean interrupted() {
		RunningEvaluation current = CURRENT.get();
		return current != null && current.wasInterrupted();
	}

	private synchronized boolean wasInterrupted() {
		return this.interrupted;
	}

	/**
	 * Whether the code that the calling thread evaluates has to end. After a while the
	 * thread's own mark does not count: whoever catches an {@link InterruptedException}
	 * has lost it.
	 * @return {@code false} too while interrupts are held
	 */
	static boolean hasToEnd() {
		// The count first: it costs next to nothing, and a loop asks often.
		if (ENDING.get() == 0) {
			return false;
		}
		RunningEvaluation current = CURRENT.get();
		return current != null && current.isOverdue();
	}

	private synchronized boolean isOverdue() {
		return this.interrupted && !this.held
				&& (Thread.currentThread().isInterrupted() || System.nanoTime() - this.interruptedAt > GRACE.toNanos());
	}

	/**
	 * Keeps interrupts from the calling thread, which does something that they would
	 * break: a file that is read when its reader is interrupted is closed. That time is
	 * not the evaluation's.
	 */
	static void holdInterrupts() {
		RunningEvaluation current = CURRENT.get();
		if (current != null) {
			current.hold(true);
		}
		// Also one that the code gave itself.
		Thread.interrupted();
	}

	/** Interrupts reach the calling thread again, that which was held first. */
	static void letInterruptsThrough() {
		RunningEvaluation current = CURRENT.get();
		if (current != null) {
			current.hold(false);
		}
	}

	private synchronized void hold(boolean hold) {
		this.held = hold;
		if (!hold && this.interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
