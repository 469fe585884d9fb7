package dev.socketserver.engine.tap;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What waits to be masked: event loops add without waiting, and one thread takes it. The
 * tap bounds how much is in here.
 */
final class MaskQueue {

	private final Queue<TapEntry> entries = new ConcurrentLinkedQueue<>();

	/** Whether the thread was asked to come. */
	private final AtomicBoolean asked = new AtomicBoolean();

	private final Executor thread;

	private final Consumer<TapEntry> worker;

	MaskQueue(Executor thread, Consumer<TapEntry> worker) {
		this.thread = thread;
		this.worker = worker;
	}

	void add(TapEntry entry) {
		this.entries.add(entry);
		if (this.asked.compareAndSet(false, true)) {
			try {
				this.thread.execute(this::run);
			}
			catch (RejectedExecutionException ex) {
				// The system has no thread now: the next frame asks again.
				this.asked.set(false);
			}
		}
	}

	private void run() {
		do {
			for (TapEntry entry = this.entries.poll(); entry != null; entry = this.entries.poll()) {
				this.worker.accept(entry);
			}
			this.asked.set(false);
		}
		while (!this.entries.isEmpty() && this.asked.compareAndSet(false, true));
	}

	/** Forgets what waits. */
	void clear() {
		this.entries.clear();
	}

}
