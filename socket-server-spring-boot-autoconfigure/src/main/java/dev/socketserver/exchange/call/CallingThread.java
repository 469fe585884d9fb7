package dev.socketserver.exchange.call;

import dev.socketserver.operator.IoThread;
import reactor.core.scheduler.Schedulers;

import org.springframework.util.ClassUtils;

/**
 * Whether the thread that calls a method may wait.
 */
final class CallingThread {

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.scheduler.Schedulers",
			CallingThread.class.getClassLoader());

	private CallingThread() {
	}

	/**
	 * Checks that the calling thread may wait.
	 * @param method the method that waits
	 * @throws IllegalStateException if it must not
	 */
	static void checkWait(ExchangeMethod method) {
		if (Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException(
					method.title() + " waits, and was called on an event loop, which has to receive what "
							+ "it waits for; return a CompletableFuture, or choose another execution mode");
		}
		if (REACTOR && Reactor.mustNotWait()) {
			throw new IllegalStateException(method.title() + " waits, and was called on the thread '"
					+ Thread.currentThread().getName() + "', which Reactor says must not wait; return a Mono or a "
					+ "CompletableFuture, make it a suspend function, or call it by "
					+ "subscribeOn(Schedulers.boundedElastic())");
		}
	}

	/** Loaded where Reactor is on the class path. */
	private static final class Reactor {

		/** Event loops of Reactor Netty count, too. */
		static boolean mustNotWait() {
			return Schedulers.isInNonBlockingThread();
		}

	}

}
