package dev.socketserver.engine.output;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class BlockedSendersTests {

	private static final Exception REFUSAL = new IllegalStateException("full");

	private final BlockedSenders<String> senders = new BlockedSenders<>(BlockedSenders.NO_CHECKS);

	private final List<String> queue = new ArrayList<>();

	@Test
	void admitsInOrderAsLongAsTheFirstFits() {
		BlockedSend<String> shortest = this.senders.add("a");
		BlockedSend<String> longer = this.senders.add("bbb");
		BlockedSend<String> last = this.senders.add("c");

		assertThat(this.senders.admit((sent) -> sent.length() < 2, this.queue::add)).isTrue();

		assertThat(this.queue).containsExactly("a");
		assertThat(shortest.await()).isTrue();
		assertThat(shortest.refusal()).isNull();
		assertThat(longer.isReleasable()).isFalse();
		assertThat(last.isReleasable()).as("overtakes").isFalse();
		assertThat(this.senders.admit((sent) -> sent.length() < 2, this.queue::add)).isFalse();
	}

	@Test
	void refusesOneOrAll() {
		BlockedSend<String> first = this.senders.add("a");
		BlockedSend<String> second = this.senders.add("b");
		BlockedSend<String> third = this.senders.add("c");

		assertThat(this.senders.refuse("b"::equals, REFUSAL)).isEqualTo("b");
		assertThat(this.senders.refuse("b"::equals, REFUSAL)).isNull();
		assertThat(second.refusal()).isSameAs(REFUSAL);
		assertThat(first.isReleasable()).isFalse();

		this.senders.refuseAll(REFUSAL);
		assertThat(first.refusal()).isSameAs(REFUSAL);
		assertThat(third.refusal()).isSameAs(REFUSAL);
		assertThat(this.senders.isEmpty()).isTrue();
	}

	@Test
	void whoIsInterruptedIsWithdrawnUnlessItIsDecided() {
		BlockedSend<String> sender = this.senders.add("a");
		Thread.currentThread().interrupt();
		assertThat(sender.await()).isFalse();
		assertThat(Thread.interrupted()).as("interrupted again").isTrue();
		assertThat(this.senders.withdraw(sender, REFUSAL)).isTrue();
		assertThat(sender.refusal()).isSameAs(REFUSAL);

		BlockedSend<String> admitted = this.senders.add("b");
		this.senders.admit((sent) -> true, this.queue::add);
		assertThat(this.senders.withdraw(admitted, REFUSAL)).isFalse();
		assertThat(admitted.refusal()).isNull();
	}

	@Test
	void checksWhileItWaits() throws Exception {
		BlockedSenders<String> checking = new BlockedSenders<>(1);
		BlockedSend<String> sender = checking.add("a");
		AtomicInteger checks = new AtomicInteger();
		CompletableFuture<Boolean> waited = CompletableFuture.supplyAsync(() -> sender.await(() -> {
			if (checks.incrementAndGet() == 3) {
				checking.admit((sent) -> true, this.queue::add);
			}
		}));

		assertThat(waited.get(10, TimeUnit.SECONDS)).isTrue();
		assertThat(checks).hasValue(3);
		assertThat(this.queue).containsExactly("a");
	}

}
