package dev.socketserver.netty.tls;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Computes TLS handshakes on one event loop: those that take about a millisecond, and
 * wait for nothing. To hand one over to another thread and back costs a fifth more. When
 * many begin at once, the rest of the loop's work goes on: in each turn of the loop they
 * take as long as that has taken, and two milliseconds at least. Confined to the loop.
 */
final class LoopHandshakes implements Executor {

	private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	/** Even if the rest of a turn was stuck for longer. */
	private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final FastThreadLocal<@Nullable LoopHandshakes> CURRENT = new FastThreadLocal<>();

	private final EventExecutor loop;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	/**
	 * A turn was asked for, or is under way. If none could be had for those who wait, the
	 * next one begins it.
	 */
	private boolean hasTurn;

	LoopHandshakes(EventExecutor loop) {
		this.loop = loop;
	}

	/** Returns what computes on a loop. To be called on the loop. */
	static LoopHandshakes of(EventExecutor loop) {
		LoopHandshakes current = CURRENT.get();
		if (current == null) {
			current = new LoopHandshakes(loop);
			CURRENT.set(current);
		}
		return current;
	}

	/** Runs a task when the loop has handled what it has read in this turn, or later. */
	@Override
	public void execute(Runnable task) {
		this.waiting.add(task);
		if (!this.hasTurn) {
			this.loop.execute(() -> turn(LEAST_NANOS));
			this.hasTurn = true;
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // it fails only with the loop
	private void turn(long nanos) {
		long began = System.nanoTime();
		try {
			do {
				this.waiting.remove().run();
			}
			while (!this.waiting.isEmpty() && System.nanoTime() - began < nanos);
		}
		finally {
			this.hasTurn = false;
			if (!this.waiting.isEmpty()) {
				long ended = System.nanoTime();
				// What is executed would run in this turn; what is due, in the next.
				this.loop.schedule(() -> turn(share(System.nanoTime() - ended)), 0, TimeUnit.NANOSECONDS);
				this.hasTurn = true;
			}
		}
	}

	/** As much as the rest has taken, within limits. */
	private static long share(long rest) {
		return Math.min(Math.max(rest, LEAST_NANOS), MOST_NANOS);
	}

}
