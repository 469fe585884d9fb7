package dev.socketserver.engine.waiting;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WaitingTests {

	private long held;

	private final List<String> waits = new ArrayList<>();

	private final Waiting<String> waiting = new Waiting<>(new EntryKind<>() {

		@Override
		public long bytes(String entry) {
			return entry.length();
		}

		@Override
		public int count(String entry) {
			return entry.startsWith("mark") ? 0 : 1;
		}

		@Override
		public boolean isDroppable(String entry) {
			return entry.startsWith("drop");
		}

		@Override
		public void waits(String entry, boolean waits) {
			if (waits) {
				WaitingTests.this.waits.add(entry);
			}
			else {
				WaitingTests.this.waits.remove(entry);
			}
		}

	}, Charge.exact((bytes) -> this.held += bytes));

	@Test
	void isChargedAsLongAsItIsToBe() {
		this.waiting.add("one");

		this.waiting.chargeTo(null);
		this.waiting.add("other");
		assertThat(this.held).isZero();

		this.waiting.chargeTo(Charge.exact((bytes) -> this.held += bytes));
		assertThat(this.held).isEqualTo(8);
		this.waiting.remove("one");
		assertThat(this.held).isEqualTo(5);
	}

	@Test
	void countsWhatWaits() {
		this.waiting.add("one");
		this.waiting.add("mark");
		this.waiting.addFirst("first");
		assertCounts(2, 12);
		assertThat(this.waiting.peek()).isEqualTo("first");
		assertThat(this.waiting.peekLast()).isEqualTo("mark");
		assertThat(this.waits).containsExactly("one", "mark", "first");

		assertThat(this.waiting.poll()).isEqualTo("first");
		assertThat(this.waiting.pollLast()).isEqualTo("mark");
		assertCounts(1, 3);
		assertThat(this.waiting.remove("other")).isFalse();
		assertThat(this.waiting.remove("one")).isTrue();
		assertThat(this.waiting.poll()).isNull();
		assertCounts(0, 0);
		assertThat(this.waits).isEmpty();
	}

	@Test
	void whatWasTakenCountsUntilItIsDone() {
		this.waiting.add("drop this");
		this.waiting.add("other");

		assertThat(this.waiting.take()).isEqualTo("drop this");
		assertThat(this.waiting.size()).isOne();
		assertCounts(2, 14);
		assertThat(this.waiting.dropOldest()).isNull();

		this.waiting.done(1, 9);
		assertCounts(1, 5);
	}

	@Test
	void dropsTheOldestThatMayBeDropped() {
		Bounds<?> bounds = new Bounds<>(2, 100, OutboundOverflow.DROP_OLDEST);
		this.waiting.add("stays");
		this.waiting.add("drop 1");
		this.waiting.add("drop 2");

		assertThat(this.waiting.fits(bounds, 1)).isFalse();
		assertThat(this.waiting.dropOldest()).isEqualTo("drop 1");
		assertThat(this.waiting.droppable()).isOne();
		assertThat(this.waiting.dropOldest()).isEqualTo("drop 2");
		assertThat(this.waiting.dropOldest()).isNull();
		assertThat(this.waiting.fits(bounds, 1)).isTrue();
		assertCounts(1, 5);
	}

	@Test
	void drainsInOrder() {
		this.waiting.add("one");
		this.waiting.add("two");
		List<String> drained = new ArrayList<>();

		this.waiting.drain(drained::add);

		assertThat(drained).containsExactly("one", "two");
		assertThat(this.waiting.isEmpty()).isTrue();
		assertCounts(0, 0);
	}

	private void assertCounts(int count, long bytes) {
		assertThat(this.waiting.count()).isEqualTo(count);
		assertThat(this.waiting.bytes()).isEqualTo(bytes);
		assertThat(this.held).as("charged").isEqualTo(bytes);
	}

}
