package dev.socketserver.engine.waiting;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RoomTests {

	private static final Exception REFUSAL = new IllegalStateException("full");

	private final Room<String> room = new Room<>(String::length, Room.NO_CHECKS);

	private final List<String> queue = new ArrayList<>();

	@Test
	void admitsInOrderAsLongAsTheFirstFits() {
		BlockedSend<String> shortest = this.room.add("a");
		BlockedSend<String> longer = this.room.add("bbb");
		BlockedSend<String> last = this.room.add("c");

		assertThat(this.room.admit((sent) -> sent.length() < 2, this.queue::add)).isTrue();

		assertThat(this.queue).containsExactly("a");
		assertThat(shortest.await()).isTrue();
		assertThat(shortest.refusal()).isNull();
		assertThat(longer.isReleasable()).isFalse();
		assertThat(last.isReleasable()).as("overtakes").isFalse();
		assertThat(this.room.admit((sent) -> sent.length() < 2, this.queue::add)).isFalse();
	}

	@Test
	void whoHoldsNoThreadIsNotifiedAndMaySendOnce() {
		Runnable waiter = () -> this.queue.add("notified");
		this.room.congested(4);
		this.room.add(waiter);

		assertThat(this.room.roomMade(3, false)).as("one of those that waited is left").isEmpty();
		assertThat(this.room.isCongested()).isTrue();
		assertThat(this.room.useGrant()).isFalse();

		assertThat(this.room.roomMade(1, false)).containsExactly(waiter);
		assertThat(this.room.isCongested()).isFalse();
		assertThat(this.room.useGrant()).isTrue();
		assertThat(this.room.useGrant()).as("once").isFalse();
	}

	@Test
	void whenNoRoomComesAllAreNotified() {
		Runnable waiter = () -> this.queue.add("notified");
		this.room.congested(4);
		this.room.add(waiter);

		assertThat(this.room.end()).containsExactly(waiter);
		assertThat(this.room.isCongested()).isFalse();
		assertThat(this.room.useGrant()).isFalse();
	}

	@Test
	void countsWhatSendersHold() {
		this.room.add("a");
		BlockedSend<String> second = this.room.add("bb");
		assertThat(this.room.bytes()).isEqualTo(3);
		this.room.withdraw(second, REFUSAL);
		assertThat(this.room.bytes()).isOne();
		this.room.admit((sent) -> true, this.queue::add);
		assertThat(this.room.bytes()).isZero();
	}

	@Test
	void refusesOneOrAll() {
		BlockedSend<String> first = this.room.add("a");
		BlockedSend<String> second = this.room.add("b");
		BlockedSend<String> third = this.room.add("c");

		assertThat(this.room.refuse("b"::equals, REFUSAL)).isTrue();
		assertThat(this.room.refuse("b"::equals, REFUSAL)).isFalse();
		assertThat(second.refusal()).isSameAs(REFUSAL);
		assertThat(first.isReleasable()).isFalse();

		this.room.refuseAll(REFUSAL);
		assertThat(first.refusal()).isSameAs(REFUSAL);
		assertThat(third.refusal()).isSameAs(REFUSAL);
		assertThat(this.room.hasSenders()).isFalse();
	}

	@Test
	void whoIsInterruptedIsWithdrawnUnlessItIsDecided() {
		BlockedSend<String> sender = this.room.add("a");
		Thread.currentThread().interrupt();
		assertThat(sender.await()).isFalse();
		assertThat(Thread.interrupted()).as("interrupted again").isTrue();
		assertThat(this.room.withdraw(sender, REFUSAL)).isTrue();
		assertThat(sender.refusal()).isSameAs(REFUSAL);

		BlockedSend<String> admitted = this.room.add("b");
		this.room.admit((sent) -> true, this.queue::add);
		assertThat(this.room.withdraw(admitted, REFUSAL)).isFalse();
		assertThat(admitted.refusal()).isNull();
	}

	@Test
	void checksWhileItWaits() throws Exception {
		Room<String> checking = new Room<>(String::length, 1);
		BlockedSend<String> sender = checking.add("a");
		AtomicInteger checks = new AtomicInteger();
		CompletableFuture<Boolean> waited = CompletableFuture.supplyAsync(() -> sender.await(() -> {
			if (checks.incrementAndGet() == 3) {
				checking.admit((sent) -> true, this.queue::add);
			}
		}));

		assertThat(Patience.await(waited)).isTrue();
		assertThat(checks).hasValue(3);
		assertThat(this.queue).containsExactly("a");
	}

}
