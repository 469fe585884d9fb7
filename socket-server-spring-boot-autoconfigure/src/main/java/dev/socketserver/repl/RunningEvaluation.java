package dev.socketserver.repl;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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

	private final Consumer<Thread> stuck;

	private @Nullable Thread thread;

	private long number;

	private boolean interrupted;

	private boolean unattended;

	/**
	 * Creates what watches one evaluation after another.
	 * @param stuck is told, on a thread of the JDK's common pool, of a thread that has
	 * not reacted to its interrupt
	 */
	RunningEvaluation(Consumer<Thread> stuck) {
		this.stuck = stuck;
	}

	/** The calling thread begins to evaluate. */
	synchronized void begin() {
		this.thread = Thread.currentThread();
		this.number++;
		this.interrupted = false;
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
		// Not left to what comes next.
		Thread.interrupted();
		return this.interrupted;
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
		this.interrupted = true;
		evaluating.interrupt();
		long current = this.number;
		later(PATIENCE).execute(() -> report(current));
		return true;
	}

	/** From now on nobody can interrupt: no evaluation goes on for long. */
	synchronized void leaveAlone() {
		this.unattended = true;
		if (this.thread != null) {
			interruptLater(this.number);
		}
	}

	private void interruptLater(long evaluation) {
		later(UNATTENDED).execute(() -> interrupt(evaluation));
	}

	private synchronized void interrupt(long evaluation) {
		if (this.number == evaluation) {
			interrupt();
		}
	}

	private void report(long evaluation) {
		Thread evaluating = running(evaluation);
		if (evaluating != null) {
			this.stuck.accept(evaluating);
		}
	}

	private synchronized @Nullable Thread running(long evaluation) {
		return (this.number == evaluation) ? this.thread : null;
	}

	private static Executor later(Duration delay) {
		return CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
	}

}
