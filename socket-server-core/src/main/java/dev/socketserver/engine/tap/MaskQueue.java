package dev.socketserver.engine.tap;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What waits to be masked: event loops add without waiting, and one thread takes it. It
 * runs for many frames at once, since waking it for each would cost a session more than
 * the rest of its tap. The tap bounds how much is in here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what the thread does never fails
final class MaskQueue {

	/** How long frames gather before the thread runs. */
	private static final long PAUSE_MILLIS = 10;

	private final Queue<TapEntry> entries = new ConcurrentLinkedQueue<>();

	/** Whether the thread was asked to run. */
	private final AtomicBoolean asked = new AtomicBoolean();

	private final ScheduledExecutorService timer;

	private final Executor thread;

	private final Consumer<TapEntry> worker;

	MaskQueue(ScheduledExecutorService timer, Executor thread, Consumer<TapEntry> worker) {
		this.timer = timer;
		this.thread = thread;
		this.worker = worker;
	}

	void add(TapEntry entry) {
		this.entries.add(entry);
		ask();
	}

	private void ask() {
		if (this.asked.compareAndSet(false, true)) {
			attempt(() -> this.timer.schedule(() -> attempt(() -> this.thread.execute(this::run)), PAUSE_MILLIS,
					TimeUnit.MILLISECONDS));
		}
	}

	private void attempt(Runnable step) {
		try {
			step.run();
		}
		catch (RejectedExecutionException ex) {
			// The system has no thread now: the next frame asks again.
			this.asked.set(false);
		}
	}

	private void run() {
		for (TapEntry entry = this.entries.poll(); entry != null; entry = this.entries.poll()) {
			this.worker.accept(entry);
		}
		this.asked.set(false);
		if (!this.entries.isEmpty()) {
			ask();
		}
	}

	/** Forgets what waits. */
	void clear() {
		this.entries.clear();
	}

}
