package dev.socketserver.engine.input;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.state.Bounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class InboxTests {

	private final MemoryHolder holder = new TestSession((spec) -> spec).session;

	@Test
	void eitherBoundCounts() {
		Inbox inbox = new Inbox(new Bounds<>(4, 100, InboundOverflow.BLOCK), this.holder);
		assertThat(inbox.frameRoom()).isEqualTo(4);
		inbox.added(3, 30);
		assertThat(inbox.frameRoom()).isOne();
		inbox.added(1, 70);
		assertThat(inbox.frameRoom()).isZero();
		assertThat(inbox.taken(2, 0)).isFalse();
		assertThat(inbox.frameRoom()).as("bytes are still at the limit").isZero();
		assertThat(inbox.byteRoom()).isZero();
		inbox.taken(2, 100);
		assertThat(inbox.frameRoom()).isEqualTo(4);
	}

	@Test
	void reportsOfRoomOnceWhenHalfOfItIsFree() {
		Inbox inbox = new Inbox(new Bounds<>(4, 100, InboundOverflow.BLOCK), this.holder);
		inbox.added(4, 4);
		assertThat(inbox.stop()).isTrue();
		assertThat(inbox.taken(1, 1)).isFalse();
		assertThat(inbox.taken(1, 1)).isTrue();
		assertThat(inbox.taken(1, 1)).isFalse();
	}

	@Test
	void reportsOfRoomWhenHalfOfItsBytesAreFreeToo() {
		Inbox inbox = new Inbox(new Bounds<>(10, 100, InboundOverflow.BLOCK), this.holder);
		inbox.added(3, 100);
		assertThat(inbox.stop()).isTrue();
		assertThat(inbox.taken(1, 49)).isFalse();
		assertThat(inbox.taken(1, 1)).isTrue();
	}

	@Test
	void whatIsHandledButNotTakenYetWaitsNoMore() {
		Inbox inbox = new Inbox(new Bounds<>(10, 100, InboundOverflow.BLOCK), this.holder);
		inbox.added(4, 4);
		inbox.handled(3);
		assertThat(inbox.frames()).isOne();
		inbox.taken(4, 4);
		inbox.added(2, 2);
		assertThat(inbox.frames()).isEqualTo(2);
	}

	@Test
	void oneFrameAloneMayBeLongerThanAllMayBe() {
		Inbox inbox = new Inbox(new Bounds<>(10, 100, InboundOverflow.CLOSE), this.holder);
		inbox.added(1, 101);
		assertThat(inbox.overflowed()).isFalse();
		inbox.added(1, 1);
		assertThat(inbox.overflowed()).isTrue();
	}

	@Test
	void doesNotStopWhenRoomCameAboutInTheMeantime() {
		Inbox inbox = new Inbox(new Bounds<>(4, 100, InboundOverflow.BLOCK), this.holder);
		inbox.added(4, 4);
		inbox.taken(4, 4);
		assertThat(inbox.stop()).isFalse();
		assertThat(inbox.taken(0, 0)).as("nobody waits").isFalse();
	}

	/**
	 * A reader that stops at the limit and a handler that frees it must never both wait.
	 */
	@Test
	void noWakeUpIsLostBetweenReaderAndHandler() throws Exception {
		int frames = 100_000;
		Inbox inbox = new Inbox(new Bounds<>(4, 1_000_000, InboundOverflow.BLOCK), this.holder);
		BlockingQueue<Integer> handed = new LinkedBlockingQueue<>();
		Semaphore resumed = new Semaphore(0);
		BlockingQueue<String> result = new ArrayBlockingQueue<>(1);
		Thread handler = new Thread(() -> {
			try {
				for (int i = 0; i < frames; i++) {
					if (handed.poll(20, TimeUnit.SECONDS) == null) {
						result.add("starved at " + i);
						return;
					}
					if (inbox.taken(1, 1)) {
						resumed.release();
					}
				}
				result.add("all");
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		handler.start();

		for (int i = 0; i < frames; i++) {
			if (inbox.frameRoom() == 0 && inbox.stop()) {
				assertThat(resumed.tryAcquire(20, TimeUnit.SECONDS)).as("resumed at " + i).isTrue();
			}
			inbox.added(1, 1);
			handed.add(i);
		}

		assertThat(result.poll(20, TimeUnit.SECONDS)).isEqualTo("all");
		assertThat(inbox.frames()).isZero();
	}

}
