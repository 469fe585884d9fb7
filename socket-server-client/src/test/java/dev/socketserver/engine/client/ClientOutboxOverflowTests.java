package dev.socketserver.engine.client;

import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.client.ClientState;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of payloads of a client for which there is no room, and of their senders.
 */
class ClientOutboxOverflowTests {

	private final ClientOutboxFixture client = new ClientOutboxFixture();

	@Test
	void failPolicyRefusesWhatIsTooMuch() {
		ClientOutbox outbox = this.client.outbox(2, 10, OutboundOverflow.FAIL);
		this.client.send(outbox, "a");
		this.client.send(outbox, "0123456789");
		this.client.send(outbox, "b");
		this.client.send(outbox, "c");
		assertThat(this.client.outcomes).containsExactly("0123456789 OutboundFullException", "c OutboundFullException");
		assertThat(this.client.counters.outboundRefused()).isEqualTo(2);
		assertThat(this.client.counters.accepted()).isEqualTo(2);
		this.client.assertIdentity();
		outbox.failAll(ClientState.STOPPED);
		this.client.assertEmpty();
	}

	@Test
	void onePayloadMayBeLargerThanTheLimit() {
		ClientOutbox outbox = this.client.outbox(2, 3, OutboundOverflow.FAIL);
		this.client.send(outbox, "0123456789");
		assertThat(this.client.outcomes).isEmpty();
		this.client.send(outbox, "a");
		assertThat(this.client.outcomes).containsExactly("a OutboundFullException");
	}

	@Test
	void dropNewestDropsWhatComes() {
		ClientOutbox outbox = this.client.outbox(1, 10, OutboundOverflow.DROP_NEWEST);
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		assertThat(this.client.outcomes).containsExactly("b OutboundFullException");
		FakeConnection connection = this.client.attached(outbox);
		connection.completeAll();
		assertThat(this.client.outcomes).containsExactly("b OutboundFullException", "a");
		this.client.assertEmpty();
	}

	@Test
	void dropOldestDropsWhatWaitsButNotWhatIsBeingSent() {
		ClientOutbox outbox = this.client.outbox(3, 1_000, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		connection.closing = true;
		this.client.send(outbox, "b");
		this.client.send(outbox, "c");
		this.client.send(outbox, "d");
		assertThat(this.client.outcomes).containsExactly("b OutboundFullException");
		assertThat(this.client.counters.outboundDropped()).isEqualTo(1);
		this.client.assertIdentity();
		connection.failAll();
		this.client.detach(outbox);
		FakeConnection second = this.client.attached(outbox);
		assertThat(second.payloads()).containsExactly("a", "c", "d");
		second.completeAll();
		this.client.assertEmpty();
	}

	@Test
	void dropOldestDropsNothingForWhatFindsNoRoomAllTheSame() {
		ClientOutbox outbox = this.client.outbox(10, 10, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "123456");
		connection.closing = true;
		this.client.send(outbox, "ab");
		this.client.send(outbox, "12345");
		assertThat(this.client.outcomes).containsExactly("12345 OutboundFullException");
		assertThat(this.client.counters.outboundRefused()).isEqualTo(1);
		assertThat(this.client.counters.outboundDropped()).isZero();
		this.client.assertIdentity();
	}

	@Test
	void dropOldestDropsNothingOfWhatComesBack() {
		ClientOutbox outbox = this.client.outbox(3, 10, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "1234");
		this.client.send(outbox, "5678");
		connection.failNext();
		this.client.send(outbox, "abc");
		assertThat(this.client.outcomes).containsExactly("abc OutboundFullException");
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		assertThat(this.client.outcomes).containsExactly("abc OutboundFullException", "a OutboundFullException");
		assertThat(this.client.counters.pending()).isEqualTo(3);
		connection.failNext();
		this.client.detach(outbox);
		FakeConnection second = this.client.attached(outbox);
		assertThat(second.payloads()).containsExactly("1234", "5678", "b");
		this.client.assertIdentity();
	}

	@Test
	void dropOldestHasNoMorePayloadsThanMayBeBecauseSomeComeBack() {
		ClientOutbox outbox = this.client.outbox(2, 1_000, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		connection.failNext();
		this.client.send(outbox, "c");
		assertThat(this.client.outcomes).containsExactly("c OutboundFullException");
		assertThat(this.client.counters.pending()).isEqualTo(2);
		this.client.assertIdentity();
	}

	@Test
	void closePolicyEndsTheConnection() {
		ClientOutbox outbox = this.client.outbox(1, 10, OutboundOverflow.CLOSE);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		assertThat(connection.slow).isEqualTo(1);
		assertThat(this.client.outcomes).containsExactly("b OutboundFullException");
	}

	@Test
	void closePolicyEndsNoConnectionForWhatOthersHold() {
		ClientOutbox outbox = this.client.outbox(10, 10, OutboundOverflow.CLOSE);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		this.client.memory.charge(this.client.memory.limit());
		outbox.send("b".getBytes(UTF_8), null, true, (failure) -> this.client.outcomes.add(String.valueOf(failure)));
		assertThat(this.client.outcomes).singleElement().asString().contains("limits.memory");
		assertThat(connection.slow).isZero();

		// Its own limit is one of the reasons here.
		outbox.send("0123456789".getBytes(UTF_8), null, true,
				(failure) -> this.client.outcomes.add(String.valueOf(failure)));
		assertThat(this.client.outcomes).last().asString().contains("outbound.bytes");
		assertThat(connection.slow).isEqualTo(1);
	}

	@Test
	void countsNothingThatAConnectionHas() {
		ClientOutbox outbox = this.client.outbox();
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		assertThat(this.client.memory.used()).isEqualTo(2);
		FakeConnection first = this.client.attached(outbox);
		assertThat(this.client.memory.used()).isZero();
		first.completeNext();
		first.failNext();
		assertThat(this.client.memory.used()).isEqualTo(1);
		this.client.detach(outbox);
		first.closing = true;
		this.client.attach(outbox, first);
		assertThat(this.client.memory.used()).isEqualTo(1);
		this.client.detach(outbox);
		this.client.attached(outbox);
		assertThat(this.client.memory.used()).isZero();
		outbox.failAll(ClientState.STOPPED);
		this.client.assertEmpty();
	}

	@Test
	void senderWaitsForRoomInItsOrder() throws Exception {
		ClientOutbox outbox = this.client.outbox(1, 10, OutboundOverflow.BLOCK);
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		Thread second = this.client.sendBlocked(outbox, "b");
		Thread third = this.client.sendBlocked(outbox, "c");
		assertThat(this.client.counters.accepted()).isEqualTo(1);
		connection.completeNext();
		assertThat(this.client.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(2);
		second.join(Patience.millis());
		connection.completeNext();
		assertThat(this.client.counters.accepted()).isEqualTo(3);
		third.join(Patience.millis());
		connection.completeNext();
		assertThat(this.client.outcomes).containsExactly("a", "b", "c");
		assertThat(connection.all).containsExactly("a", "b", "c");
		this.client.assertEmpty();
	}

	@Test
	void nobodyWaitsOnAnIoThread() throws Exception {
		ClientOutbox outbox = this.client.outbox(1, 10, OutboundOverflow.BLOCK);
		this.client.send(outbox, "a");
		LoopLike loop = new LoopLike(() -> this.client.send(outbox, "b"));
		loop.start();
		loop.join(Patience.millis());
		assertThat(this.client.outcomes).containsExactly("b OutboundFullException");
	}

	@Test
	void interruptedSenderIsRefusedAndThoseAfterItGoOn() throws Exception {
		ClientOutbox outbox = this.client.outbox(10, 5, OutboundOverflow.BLOCK);
		this.client.send(outbox, "123");
		AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread large = this.client.blocked(() -> {
			outbox.send("large".getBytes(UTF_8), null, true, refusal::set);
			flag.set(Thread.currentThread().isInterrupted());
		});
		Thread small = this.client.sendBlocked(outbox, "45");
		large.interrupt();
		large.join(Patience.millis());
		assertThat(this.client.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(2);
		small.join(Patience.millis());
		assertThat(refusal.get()).isInstanceOf(InterruptedIOException.class);
		assertThat(flag).isTrue();
		assertThat(this.client.counters.pending()).isEqualTo(2);
		this.client.assertIdentity();
	}

	@Test
	void thoseAfterARequestThatIsGivenUpGoOn() throws Exception {
		ClientOutbox outbox = this.client.outbox(10, 5, OutboundOverflow.BLOCK);
		this.client.send(outbox, "123");
		Request large = new Request(null, Runnable::run);
		Thread asking = this.client.blocked(() -> outbox.ask("large".getBytes(UTF_8), null, true, large));
		Thread small = this.client.sendBlocked(outbox, "45");
		large.failed(new TimeoutException());
		assertThat(this.client.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(2);
		asking.join(Patience.millis());
		small.join(Patience.millis());
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.client.counters.accepted()).isEqualTo(2);
		this.client.assertEmpty();
	}

	@Test
	void blockedSendersAreRefusedWhenItCloses() throws Exception {
		ClientOutbox outbox = this.client.outbox(1, 5, OutboundOverflow.BLOCK);
		this.client.send(outbox, "a");
		Thread second = this.client.sendBlocked(outbox, "b");
		outbox.close(ClientState.CLOSING, () -> {
		});
		second.join(Patience.millis());
		assertThat(this.client.outcomes).containsExactly("b ClientClosedException");
		this.client.send(outbox, "c");
		assertThat(this.client.outcomes).containsExactly("b ClientClosedException", "c ClientClosedException");
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.client.outcomes).endsWith("a ClientClosedException");
		assertThat(this.client.counters.undelivered()).isEqualTo(1);
		this.client.assertEmpty();
	}

	@Test
	void takesNoMoreThanHalfOfTheMemoryThatSessionsNeedToo() {
		MemoryBudget small = new MemoryBudget(100);
		for (OutboundOverflow overflow : List.of(OutboundOverflow.FAIL, OutboundOverflow.DROP_OLDEST)) {
			this.client.outcomes.clear();
			ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(1_000, 1_000_000, overflow), this.client.counters,
					small, Spread.NONE, null);
			outbox.open();
			for (int i = 0; i < 20; i++) {
				this.client.send(outbox, "0123456789");
			}
			assertThat(small.used()).isLessThanOrEqualTo(60);
			assertThat(this.client.outcomes).hasSizeGreaterThanOrEqualTo(14);
			outbox.failAll(ClientState.STOPPED);
			assertThat(small.used()).isZero();
			// What sessions hold must not keep a client from going on, one by one.
			small.charge(90);
			outbox.open();
			this.client.outcomes.clear();
			outbox.send(new byte[5], null, true, (failure) -> this.client.outcomes.add("never"));
			assertThat(this.client.outcomes).isEmpty();
			outbox.send(new byte[5], null, true, (failure) -> this.client.outcomes.add(String.valueOf(failure)));
			if (overflow == OutboundOverflow.FAIL) {
				assertThat(this.client.outcomes).singleElement().asString().contains("limits.memory");
			}
			small.charge(-90);
			outbox.failAll(ClientState.STOPPED);
		}
	}

	@Test
	void refusalsNameTheClientAndTheLimit() {
		ClientOutbox outbox = this.client.outbox(1, 10, OutboundOverflow.FAIL);
		this.client.send(outbox, "a");
		outbox.send("b".getBytes(UTF_8), null, true, (failure) -> this.client.outcomes.add(String.valueOf(failure)));
		assertThat(this.client.outcomes).singleElement()
			.asString()
			.contains("Client 'it' has reached outbound.capacity = 1")
			.doesNotContain("Session");
	}

	/** A thread that is taken for one of an event loop. */
	private static final class LoopLike extends Thread implements IoThread {

		LoopLike(Runnable task) {
			super(task);
		}

	}

}
