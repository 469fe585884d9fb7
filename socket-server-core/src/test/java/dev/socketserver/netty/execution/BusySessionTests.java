package dev.socketserver.netty.execution;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spi.HandlerExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions whose peers are always ahead of them, on executors that are full or shut down.
 */
@Tag("virtual-threads")
class BusySessionTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final ExecutorService executor = Executors.newCachedThreadPool((task) -> new Thread(task, "lent"));

	private final Semaphore entered = new Semaphore(0);

	private final CountDownLatch release = new CountDownLatch(1);

	/** Ends what keeps handlers busy. */
	private volatile boolean over;

	@AfterEach
	void close() {
		this.over = true;
		this.release.countDown();
		this.executor.shutdownNow();
	}

	private void awaitEntered(int count) throws InterruptedException {
		assertThat(this.entered.tryAcquire(count, Patience.seconds(), TimeUnit.SECONDS)).isTrue();
	}

	/** As one without a queue does while its threads are in use. */
	@Test
	void goesOnWhereTheExecutorRefusesItsOwnThread() throws Exception {
		AtomicInteger refused = new AtomicInteger();
		SocketServer server = busy(new HandlerExecutor("one", (task) -> {
			if (Thread.currentThread().getName().equals("lent")) {
				refused.incrementAndGet();
				throw new RejectedExecutionException("no thread is free");
			}
			this.executor.execute(task);
		}, false));

		try (Peer peer = new Peer(server)) {
			keepAhead(peer);
			Awaitility.await().until(() -> refused.get() > 2);
			assertThat(server.statistics().closed()).isEmpty();
		}
	}

	@Test
	void endsWhenTheExecutorHasBeenShutDown() throws Exception {
		SocketServer server = busy(this.executor);

		try (Peer peer = new Peer(server)) {
			keepAhead(peer);
			awaitEntered(100);
			this.executor.shutdown();

			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.EXECUTOR_REJECTED);
			assertThat(this.executor.awaitTermination(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void doesNotKeepItsThreadFromThoseThatFillTheQueue() throws Exception {
		ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1));
		try {
			SocketServer server = busy(one);
			try (Peer peer = new Peer(server); Peer other = new Peer(server)) {
				// Both have opened, and the thread is free again.
				Awaitility.await().until(() -> one.getCompletedTaskCount() == 2);
				peer.send("wait\n");
				awaitEntered(1);
				other.send("other\n");
				Awaitility.await().until(() -> one.getQueue().size() == 1);
				keepAhead(peer);
				Awaitility.await().until(() -> server.statistics().inboundDropped() > 0);
				this.release.countDown();

				assertThat(other.line()).isEqualTo("other");
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.EXECUTOR_REJECTED);
			}
		}
		finally {
			one.shutdownNow();
		}
	}

	/** Of a peer that is ahead it handles each frame until the next is there. */
	private SocketServer busy(Executor executor) {
		SessionHandler busy = (payload, session) -> {
			this.entered.release();
			if (payload.equals("wait")) {
				this.release.await();
			}
			if (!payload.equals("ahead")) {
				return payload;
			}
			while (!this.over && session.info().pendingInbound() == 0) {
				LockSupport.parkNanos(1);
			}
			return null;
		};
		return this.fixture.start(ServerFixture.messages("busy", busy),
				(spec) -> spec.inbound((i) -> i.overflow(InboundOverflow.DROP_OLDEST))
					.execution((e) -> e.executor(executor)));
	}

	/** Has a peer send more than is handled, until the test ends. */
	private void keepAhead(Peer peer) {
		new Thread(() -> {
			try {
				while (!this.over) {
					peer.send("ahead\n".repeat(100));
					// More at once would only be dropped.
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
				}
			}
			catch (IOException ex) {
				// Its session was closed.
			}
		}).start();
	}

}
