package dev.socketserver.bridge.jdbc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Waits for more messages before a transaction begins. Those that a session has received
 * at once come one by one, and the first of them is to have no transaction of its own.
 * Where the last transaction had a single message, the next one does not wait. Confined
 * to the thread that stores.
 */
final class Gathering {

	/** If no message comes for so long, those that are there are stored. */
	private static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

	/** So long, at most, is waited for more: little beside a commit. */
	private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private final int most;

	private final LongSupplier nanoTime;

	private final LongConsumer pause;

	private boolean alone = true;

	/**
	 * Creates the object.
	 * @param most how many messages a transaction has at most
	 */
	Gathering(int most) {
		this(most, System::nanoTime, LockSupport::parkNanos);
	}

	Gathering(int most, LongSupplier nanoTime, LongConsumer pause) {
		this.most = most;
		this.nanoTime = nanoTime;
		this.pause = pause;
	}

	/**
	 * Waits while more messages come.
	 * @param waiting says how many there are
	 */
	void await(IntSupplier waiting) {
		if (this.alone) {
			return;
		}
		long begun = this.nanoTime.getAsLong();
		int before = 0;
		int size = waiting.getAsInt();
		while (size > before && size < this.most && this.nanoTime.getAsLong() - begun < MOST_NANOS) {
			this.pause.accept(QUIET_NANOS);
			before = size;
			size = waiting.getAsInt();
		}
	}

	/** A transaction begins with so many messages. */
	void taken(int messages) {
		this.alone = messages == 1;
	}

}
