package dev.socketserver.engine.threads;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeThreadsTests {

	private final AtomicInteger left = new AtomicInteger();

	private final HandshakeThreads threads = new HandshakeThreads(new DaemonThreads.Pool(4, (task) -> {
		if (this.left.getAndDecrement() <= 0) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		Thread thread = new Thread(task, "computing");
		thread.setDaemon(true);
		return thread;
	}));

	private final Queue<String> ran = new ConcurrentLinkedQueue<>();

	private void ran() {
		this.ran.add(Thread.currentThread().getName());
	}

	/** An event loop must not wait for a trust manager if it can be helped. */
	@Test
	void threadThatCannotBeMadeIsReplacedByThoseThereAre() {
		Semaphore gate = new Semaphore(0);
		this.left.set(1);
		this.threads.execute(() -> {
			gate.acquireUninterruptibly();
			ran();
		});
		this.threads.execute(this::ran);
		assertThat(this.ran).isEmpty();
		gate.release();
		Awaitility.await().untilAsserted(() -> assertThat(this.ran).containsExactly("computing", "computing"));
	}

	@Test
	void withoutAnyThreadTheCallingOneComputes() {
		this.threads.execute(this::ran);
		assertThat(this.ran).containsExactly(Thread.currentThread().getName());
	}

}
