package dev.socketserver.engine;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

import dev.socketserver.ManualTimer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.engine.events.CompositeListener;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.threads.Background;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.engine.threads.KeepAlive;

/**
 * What servers and clients share, for those that have no network: the timer is the
 * test's, and what is given to the background runs where it is given.
 */
public final class ManualEngine {

	private static final DaemonThreads THREADS = new DaemonThreads();

	private static final Background BACKGROUND = new Background(THREADS.workers("test"), (task) -> new Thread() {

		@Override
		public synchronized void start() {
			task.run();
		}

	}, new ManualTimer());

	static {
		BACKGROUND.endIdle();
	}

	private ManualEngine() {
	}

	/** Returns what those share that use one timer. */
	public static SharedResources with(ScheduledExecutorService timer, SocketServerListener... listeners) {
		return with(timer, NanoTime.SYSTEM, listeners);
	}

	/** Returns what those share that use one timer and one clock. */
	public static SharedResources with(ScheduledExecutorService timer, LongSupplier clock,
			SocketServerListener... listeners) {
		return new SharedResources(THREADS, BACKGROUND, timer, new KeepAlive(THREADS), new MemoryBudget(1_000_000),
				new CompositeListener(() -> List.of(listeners), timer), () -> null, false, clock, (stack) -> "");
	}

}
