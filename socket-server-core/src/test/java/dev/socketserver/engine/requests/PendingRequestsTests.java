package dev.socketserver.engine.requests;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

import dev.socketserver.engine.stats.ClientCounters;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which reply belongs to which request.
 */
class PendingRequestsTests {

	private final ClientCounters counters = new ClientCounters();

	private final PendingRequests inOrder = new PendingRequests(null, this.counters);

	private final PendingRequests byKey = new PendingRequests(
			(payload) -> payload.toString().contains(":") ? payload.toString().split(":")[0] : null, this.counters);

	private static Request ask(PendingRequests asks, @Nullable String key) {
		Request ask = new Request(key, Runnable::run);
		asks.add(ask);
		return ask;
	}

	private static void giveUp(Request ask) {
		ask.failed(new TimeoutException());
		ask.gaveUp();
	}

	private List<WeakReference<Request>> asksGivenUp(int count) {
		List<WeakReference<Request>> asked = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Request ask = ask(this.inOrder, null);
			giveUp(ask);
			asked.add(new WeakReference<>(ask));
		}
		return asked;
	}

	@Test
	void repliesComeInOrder() {
		Request first = ask(this.inOrder, null);
		Request second = ask(this.inOrder, null);
		assertThat(this.inOrder.size()).isEqualTo(2);
		assertThat(this.inOrder.take("a")).isTrue();
		assertThat(this.inOrder.take("b")).isTrue();
		assertThat(this.inOrder.take("c")).isFalse();
		assertThat(first.reply()).isCompletedWithValue("a");
		assertThat(second.reply()).isCompletedWithValue("b");
		assertThat(this.inOrder.size()).isZero();
	}

	@Test
	void requestThatIsGivenUpKeepsItsSlotInOrder() {
		Request first = ask(this.inOrder, null);
		Request second = ask(this.inOrder, null);
		giveUp(first);
		assertThat(this.inOrder.size()).isEqualTo(1);
		assertThat(this.inOrder.take("late")).isTrue();
		assertThat(this.counters.repliesDropped()).isEqualTo(1);
		assertThat(this.inOrder.take("b")).isTrue();
		assertThat(second.reply()).isCompletedWithValue("b");
	}

	@Test
	void nothingIsKeptOfRequestsThatAreGivenUpButTheirSlots() {
		int count = 1_000;
		List<WeakReference<Request>> asked = asksGivenUp(count);
		Awaitility.await().until(() -> {
			System.gc();
			return asked.stream().allMatch((reference) -> reference.get() == null);
		});
		Request last = ask(this.inOrder, null);
		assertThat(this.inOrder.size()).isEqualTo(1);
		assertThat(this.inOrder.take("late")).isTrue();
		for (int i = 1; i < count; i++) {
			assertThat(this.inOrder.take("late")).isTrue();
		}
		assertThat(this.counters.repliesDropped()).isEqualTo(count);
		assertThat(this.inOrder.take("last")).isTrue();
		assertThat(last.reply()).isCompletedWithValue("last");
	}

	@Test
	void nothingIsKeptAfterARequestThatIsStillWaitedForButSlots() {
		int count = 1_000;
		Request first = ask(this.inOrder, null);
		List<WeakReference<Request>> asked = asksGivenUp(count);
		Awaitility.await().until(() -> {
			System.gc();
			return asked.stream().filter((reference) -> reference.get() != null).count() <= 2;
		});
		Request last = ask(this.inOrder, null);
		assertThat(this.inOrder.take("first")).isTrue();
		assertThat(first.reply()).isCompletedWithValue("first");
		for (int i = 0; i < count; i++) {
			assertThat(this.inOrder.take("late")).isTrue();
		}
		assertThat(this.counters.repliesDropped()).isEqualTo(count);
		assertThat(this.inOrder.take("last")).isTrue();
		assertThat(last.reply()).isCompletedWithValue("last");
	}

	@Test
	void requestThatIsGivenUpAndDidNotLeaveHasNoSlot() {
		Request first = ask(this.inOrder, null);
		Request second = ask(this.inOrder, null);
		giveUp(first);
		giveUp(second);
		this.inOrder.withdraw(second);
		this.inOrder.withdraw(second);
		Request third = ask(this.inOrder, null);
		this.inOrder.take("late");
		this.inOrder.take("c");
		assertThat(third.reply()).isCompletedWithValue("c");
	}

	@Test
	void requestThatDidNotLeaveHasNoSlot() {
		Request first = ask(this.inOrder, null);
		Request second = ask(this.inOrder, null);
		this.inOrder.withdraw(second);
		Request third = ask(this.inOrder, null);
		this.inOrder.take("a");
		this.inOrder.take("c");
		assertThat(first.reply()).isCompletedWithValue("a");
		assertThat(third.reply()).isCompletedWithValue("c");
		assertThat(second.reply()).isNotDone();
	}

	@Test
	void repliesComeByKeyAndAllElseIsLeft() {
		Request first = ask(this.byKey, "1");
		Request second = ask(this.byKey, "2");
		assertThat(this.byKey.take("news")).isFalse();
		assertThat(this.byKey.take("2:b")).isTrue();
		assertThat(this.byKey.take("9:unknown")).isTrue();
		assertThat(this.byKey.take("2:again")).isTrue();
		assertThat(first.reply()).isNotDone();
		assertThat(second.reply()).isCompletedWithValue("2:b");
		assertThat(this.counters.repliesDropped()).isEqualTo(2);
	}

	@Test
	void successorOfAKeyIsNotRemovedByWhoeverGaveItUp() {
		Request first = ask(this.byKey, "1");
		first.failed(new TimeoutException());
		Request second = ask(this.byKey, "1");
		first.gaveUp();
		this.byKey.withdraw(first);
		assertThat(this.byKey.take("1:b")).isTrue();
		assertThat(second.reply()).isCompletedWithValue("1:b");
	}

	@Test
	void endOfTheConnectionFailsThoseThatWait() {
		Request ordered = ask(this.inOrder, null);
		Request keyed = ask(this.byKey, "1");
		IllegalStateException ended = new IllegalStateException("ended");
		this.inOrder.close(ended);
		this.byKey.close(ended);
		assertThat(ordered.reply()).isCompletedExceptionally();
		assertThat(keyed.reply()).isCompletedExceptionally();
		assertThat(ask(this.inOrder, null).sentOn()).isNull();
		assertThat(this.inOrder.size()).isZero();
		assertThat(this.inOrder.take("late")).isFalse();
	}

}
