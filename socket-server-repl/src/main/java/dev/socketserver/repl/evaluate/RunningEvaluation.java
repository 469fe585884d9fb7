package dev.socketserver.repl.evaluate;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The evaluation that runs on a thread, if any. Lets other threads interrupt it, and
 * makes sure that no interrupt hits what the thread does afterwards. All fields are
 * guarded by the monitor.
 */
public final class RunningEvaluation {

	/** How long code may take to react to its interrupt. */
	public static final Duration PATIENCE = Duration.ofSeconds(5);

	/** How long an evaluation may go on when no interrupt can be typed any more. */
	static final Duration UNATTENDED = Duration.ofSeconds(5);

	/**
	 * How long code that has noticed its interrupt may clean up before its loops end.
	 */
	private static final Duration GRACE = Duration.ofSeconds(1);

	/** A time passes in so many parts, of which a pause of the JVM uses up one. */
	static final int PARTS = 5;

	/** The evaluation of the calling thread. */
	private static final ThreadLocal<RunningEvaluation> CURRENT = new ThreadLocal<>();

	/**
	 * How many evaluations were interrupted and have not ended: nearly always none.
	 */
	private static final AtomicInteger ENDING = new AtomicInteger();

	private final ScheduledExecutorService timer;

	private final Consumer<Thread> stuck;

	private @Nullable Thread thread;

	private long number;

	private boolean interrupted;

	/** When it was interrupted, in nanoseconds of the JVM's clock. */
	private long interruptedAt;

	/** Whether an interrupt is held back until code runs that may be interrupted. */
	private boolean held;

	private boolean unattended;

	/** Whether what begins is interrupted at once. */
	private boolean givenUp;

	/** Whether the evaluation closes the application, and is not interrupted. */
	private boolean spared;

	/**
	 * Creates an object for one evaluation after the other.
	 * @param timer runs what is to happen later
	 * @param stuck called on the timer's thread, with a thread that has not reacted to
	 * its interrupt
	 */
	public RunningEvaluation(ScheduledExecutorService timer, Consumer<Thread> stuck) {
		this.timer = timer;
		this.stuck = stuck;
	}

	/** Begins an evaluation on the calling thread. */
	public synchronized void begin() {
		this.thread = Thread.currentThread();
		CURRENT.set(this);
		this.number++;
		this.held = false;
		if (this.unattended) {
			interruptLater(this.number);
		}
		if (this.givenUp) {
			interrupt();
		}
	}

	/**
	 * Ends the evaluation on the calling thread, and clears its interrupt.
	 * @return whether the evaluation was interrupted
	 */
	public synchronized boolean end() {
		this.thread = null;
		CURRENT.remove();
		// An interrupt must not hit what the thread does next.
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
	public synchronized boolean interrupt() {
		Thread evaluating = this.thread;
		if (evaluating == null) {
			return false;
		}
		if (this.spared) {
			return true;
		}
		if (!this.interrupted) {
			// Only once: a peer can type interrupts faster than the timer forgets them.
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

	/** Interrupts the evaluation, also if it has yet to begin, as nobody waits for it. */
	public synchronized void giveUp() {
		this.givenUp = true;
		interrupt();
	}

	/**
	 * Spares an evaluation that closes the application, on the calling thread or by
	 * {@link System#exit}: it waits for everything to end in order.
	 * @return whether there is one
	 */
	public synchronized boolean spareIfItCloses() {
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

	/**
	 * Called when nothing can interrupt any more: from now on no evaluation goes on for
	 * long.
	 */
	public synchronized void leaveAlone() {
		this.unattended = true;
		if (this.thread != null) {
			interruptLater(this.number);
		}
	}

	private void interruptLater(long evaluation) {
		later(UNATTENDED.dividedBy(PARTS), PARTS, () -> interrupt(evaluation));
	}

	private synchronized void interrupt(long evaluation) {
		if (this.number != evaluation || this.thread == null) {
			return;
		}
		if (this.held) {
			// What takes its time is not the code that was typed, but the start of a
			// compiler, for example.
			interruptLater(evaluation);
		}
		else {
			interrupt();
		}
	}

	private void reportLater(long evaluation) {
		later(PATIENCE.dividedBy(PARTS), PARTS, () -> report(evaluation));
	}

	private void report(long evaluation) {
		Thread evaluating;
		synchronized (this) {
			evaluating = (this.number == evaluation) ? this.thread : null;
			if (evaluating != null && this.held) {
				reportLater(evaluation);
				return;
			}
		}
		if (evaluating != null) {
			this.stuck.accept(evaluating);
		}
	}

	/** Returns where a thread is that does not react, for the log. */
	public static Exception stackOf(Thread stuck) {
		Exception stack = new Exception("where it is");
		stack.setStackTrace(stuck.getStackTrace());
		return stack;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nothing is waited for
	private void later(Duration part, int parts, Runnable action) {
		this.timer.schedule((parts > 1) ? () -> later(part, parts - 1, action) : action, part.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	/**
	 * Returns whether the evaluation of the calling thread was interrupted.
	 * @return {@code false} also if there is none
	 */
	public static boolean interrupted() {
		RunningEvaluation current = CURRENT.get();
		return current != null && current.wasInterrupted();
	}

	private synchronized boolean wasInterrupted() {
		return this.interrupted;
	}

	/**
	 * Returns whether the evaluation of the calling thread has to end. After a while the
	 * thread's own flag does not count: code that catches an {@link InterruptedException}
	 * has cleared it.
	 * @return {@code false} also while interrupts are held back
	 */
	static boolean hasToEnd() {
		// The count first, which costs next to nothing: this is called often.
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
	 * Holds interrupts back from the calling thread while it does something that they
	 * would break: a file is closed when its reader is interrupted. That time does not
	 * count as the evaluation's.
	 */
	static void holdInterrupts() {
		RunningEvaluation current = CURRENT.get();
		if (current != null) {
			current.hold(true);
		}
		// Clears also an interrupt that the code has caused itself.
		Thread.interrupted();
	}

	/**
	 * Lets interrupts reach the calling thread again, and first the one that was held
	 * back.
	 */
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
