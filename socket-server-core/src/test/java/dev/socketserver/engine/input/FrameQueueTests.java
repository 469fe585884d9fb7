package dev.socketserver.engine.input;

import dev.socketserver.CloseReason;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.FrameException;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which frames are dropped, and where those are missing that were.
 */
class FrameQueueTests {

	private final SessionState session = new TestSession((spec) -> spec).session.state();

	private FrameQueue queue(int capacity, int bytes, InboundOverflow overflow) {
		return new FrameQueue(new Bounds<>(capacity, bytes, overflow), this.session);
	}

	private static void assertNext(FrameQueue queue, @Nullable Object payload) {
		WaitingFrame next = queue.poll();
		assertThat((next != null) ? next.payload() : null).isEqualTo(payload);
	}

	@Test
	void theOldestMakeRoom() {
		FrameQueue queue = queue(2, 100, InboundOverflow.DROP_OLDEST);
		assertThat(queue.add("a", 1)).isZero();
		assertThat(queue.add("b", 1)).isZero();
		assertThat(queue.add("c", 1)).isOne();
		assertThat(queue.add("d", 1)).isOne();

		assertNext(queue, "c");
		assertThat(queue.add("e", 1)).isZero();
		assertNext(queue, "d");
		assertNext(queue, "e");
		assertNext(queue, null);
	}

	/** What takes the place of a bad frame is dropped as frames are, and is none. */
	@Test
	void whatIsNoMessageIsNotCountedAsDropped() {
		FrameException bad = new FrameException(CloseReason.PROTOCOL_ERROR, "bad", new byte[0]);
		FrameQueue oldest = queue(2, 100, InboundOverflow.DROP_OLDEST);
		oldest.add(bad, 0);
		oldest.add("a", 1);
		assertThat(oldest.add("b", 1)).isZero();
		assertThat(oldest.add(bad, 0)).isOne();
		FrameQueue newest = queue(1, 100, InboundOverflow.DROP_NEWEST);
		newest.add("a", 1);
		assertThat(newest.add(bad, 0)).isZero();
		assertThat(newest.add("b", 1)).isOne();

		assertNext(oldest, "b");
		assertNext(oldest, bad);
		assertNext(oldest, null);
	}

	@Test
	void theOnlyOneMakesRoomToo() {
		FrameQueue queue = queue(1, 100, InboundOverflow.DROP_OLDEST);
		queue.add("a", 1);
		assertThat(queue.add("b", 1)).isOne();
		assertThat(queue.add("c", 1)).isOne();

		assertNext(queue, "c");
		queue.add("d", 1);
		assertNext(queue, "d");
	}

	@Test
	void aLongOneTakesThePlaceOfSeveral() {
		FrameQueue queue = queue(10, 10, InboundOverflow.DROP_OLDEST);
		queue.add("a", 4);
		queue.add("b", 3);
		queue.add("c", 3);
		assertThat(queue.add("long", 7)).isEqualTo(2);

		assertNext(queue, "c");
		assertNext(queue, "long");
		assertThat(queue.add("longer than all may be", 11)).as("is alone").isZero();
		assertThat(queue.size()).isOne();
	}

	@Test
	void theNewestFindNoRoom() {
		FrameQueue queue = queue(2, 100, InboundOverflow.DROP_NEWEST);
		queue.add("a", 1);
		queue.add("b", 1);
		assertThat(queue.add("c", 1)).isOne();
		assertThat(queue.add("d", 1)).isOne();

		assertNext(queue, "a");
		assertThat(queue.add("e", 1)).isZero();
		assertNext(queue, "b");
		assertNext(queue, "e");
		assertNext(queue, null);
	}

	@Test
	void whoTakesIsNotifiedOnceUntilTheLastWasTaken() {
		FrameQueue queue = queue(10, 100, InboundOverflow.DROP_OLDEST);
		assertThat(queue.mustAnnounce()).isFalse();
		queue.add("a", 1);
		assertThat(queue.mustAnnounce()).isTrue();
		queue.add("b", 1);
		assertThat(queue.mustAnnounce()).isFalse();
		queue.poll();
		assertThat(queue.isAnnounced()).as("has to take b").isTrue();
		queue.add("c", 1);
		assertThat(queue.mustAnnounce()).isFalse();
		queue.poll();
		queue.poll();
		assertThat(queue.isAnnounced()).isFalse();
		queue.add("d", 1);
		assertThat(queue.mustAnnounce()).isTrue();
	}

	@Test
	void whatIsTakenCountsUntilItIsHandledAndIsNotDropped() {
		FrameQueue queue = queue(3, 10_000, InboundOverflow.DROP_OLDEST);
		queue.add("a", 3_000);
		queue.add("b", 3_000);
		assertThat(queue.take()).isEqualTo(new WaitingFrame("a", 3_000));
		assertThat(this.session.charged()).isEqualTo(6_000);
		assertThat(queue.add("c", 3_000)).isZero();
		assertThat(queue.add("d", 3_000)).as("in place of b").isOne();
		assertThat(queue.add("e", 8_000)).as("has no room beside a, whatever is dropped").isOne();
		assertThat(this.session.charged()).isEqualTo(9_000);

		queue.handled(1, 3_000);
		assertThat(this.session.charged()).isEqualTo(6_000);
		assertThat(queue.add("f", 3_000)).isZero();
		assertNext(queue, "c");
		assertNext(queue, "d");
		assertNext(queue, "f");
		assertThat(this.session.charged()).isZero();
	}

}
