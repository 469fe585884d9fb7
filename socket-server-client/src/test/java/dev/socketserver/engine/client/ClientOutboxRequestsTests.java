package dev.socketserver.engine.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.client.ClientState;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests among what a client has to send.
 */
class ClientOutboxRequestsTests {

	private final ClientOutboxFixture client = new ClientOutboxFixture();

	/** Checks that what a connection receives is the reply to a request. */
	private static void assertReplyOn(FakeConnection connection, String reply, Request request) {
		assertThat(connection.asks.take(reply)).isTrue();
		assertThat(request.reply()).isCompletedWithValue(reply);
	}

	/** Attaches a connection that takes nothing any more. */
	private void attachClosing(ClientOutbox outbox) {
		FakeConnection closing = new FakeConnection(this.client.counters);
		closing.closing = true;
		this.client.attach(outbox, closing);
	}

	@Test
	void requestThatIsGivenUpIsNotSent() {
		ClientOutbox outbox = this.client.outbox();
		Request given = this.client.ask(outbox, "a");
		Request kept = this.client.ask(outbox, "b");
		given.failed(new TimeoutException());
		assertThat(this.client.counters.undelivered()).isEqualTo(1);
		assertThat(this.client.counters.pendingReplies()).isEqualTo(1);
		FakeConnection connection = this.client.attached(outbox);
		assertThat(connection.payloads()).containsExactly("b");
		assertReplyOn(connection, "reply", kept);
		connection.completeAll();
		this.client.assertEmpty();
	}

	@Test
	void requestThatTheCallerCompletesIsNotSentEither() {
		ClientOutbox outbox = this.client.outbox(1, 1_000, OutboundOverflow.FAIL);
		Request completed = this.client.ask(outbox, "a");
		completed.reply().complete("instead");
		assertThat(this.client.counters.undelivered()).isEqualTo(1);
		this.client.assertEmpty();
		this.client.send(outbox, "b");
		assertThat(this.client.outcomes).isEmpty();
	}

	@Test
	void requestThatTheCallerCompletesIsNotAwaited() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = new FakeConnection(this.client.counters, (payload) -> payload);
		this.client.attach(outbox, connection);
		Request completed = new Request("key", Runnable::run);
		outbox.ask("a".getBytes(UTF_8), null, true, completed);
		connection.completeAll();
		assertThat(this.client.counters.pendingReplies()).isEqualTo(1);
		completed.reply().complete("instead");
		assertThat(this.client.counters.pendingReplies()).isZero();
		assertThat(connection.asks.take("key")).isTrue();
		assertThat(this.client.counters.repliesDropped()).isEqualTo(1);
	}

	@Test
	void requestThatIsGivenUpWhileItIsSentDoesNotWaitForTheNextConnection() {
		ClientOutbox outbox = this.client.outbox(2, 1_000, OutboundOverflow.BLOCK);
		FakeConnection connection = this.client.attached(outbox);
		Request given = this.client.ask(outbox, "a");
		this.client.send(outbox, "b");
		Thread sender = this.client.sendBlocked(outbox, "c");
		given.failed(new TimeoutException());
		// It may be on the connection in part.
		assertThat(this.client.counters.pending()).isEqualTo(2);
		connection.failAll();
		this.client.detach(outbox);
		assertThat(this.client.counters.undelivered()).isEqualTo(1);
		assertThat(this.client.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(3);
		Awaitility.await().until(() -> !sender.isAlive());
		FakeConnection second = this.client.attached(outbox);
		assertThat(second.payloads()).containsExactly("b", "c");
		second.completeAll();
		assertThat(this.client.outcomes).containsExactly("b", "c");
		this.client.assertEmpty();
	}

	@Test
	void requestThatIsGivenUpBeforeItIsAddedIsNotSent() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		Request ask = new Request(null, Runnable::run);
		ask.failed(new TimeoutException());
		outbox.ask("a".getBytes(UTF_8), null, true, ask);
		assertThat(connection.handed).isEmpty();
		this.client.assertEmpty();
	}

	@Test
	void requestThatIsGivenUpWaitsForRoomNoLonger() throws Exception {
		ClientOutbox outbox = this.client.outbox(1, 10, OutboundOverflow.BLOCK);
		this.client.send(outbox, "a");
		Request ask = new Request(null, Runnable::run);
		Thread asking = this.client.blocked(() -> outbox.ask("b".getBytes(UTF_8), null, true, ask));
		ask.failed(new TimeoutException());
		asking.join(Patience.millis());
		assertThat(asking.isAlive()).isFalse();
		assertThat(this.client.counters.pending()).isEqualTo(1);
		assertThat(this.client.counters.accepted()).isEqualTo(1);
	}

	@Test
	void requestWhoseTimeIsOverIsNotSentWhileItsFutureIsBeingFailed() {
		ClientOutbox outbox = this.client.outbox();
		List<Runnable> background = new ArrayList<>();
		Request ask = new Request(null, background::add);
		outbox.ask("a".getBytes(UTF_8), null, true, ask);
		assertThat(ask.expire()).isTrue();
		ask.failed(new RequestNotSentException("late"));
		FakeConnection connection = this.client.attached(outbox);
		assertThat(connection.all).isEmpty();
		assertThat(connection.asks.size()).isZero();
		assertThat(background).hasSize(1);
		background.get(0).run();
		assertThat(ask.reply()).isCompletedExceptionally();
		this.client.assertEmpty();
	}

	@Test
	void requestThatAConnectionHasNotTakenHasNotBegun() {
		ClientOutbox outbox = this.client.outbox();
		Request ask = this.client.ask(outbox, "a");
		attachClosing(outbox);
		this.client.detach(outbox);
		assertThat(ask.expire()).isTrue();
	}

	@Test
	void requestThatMayHaveLeftInPartHasBegun() {
		ClientOutbox outbox = this.client.outbox();
		Request ask = this.client.ask(outbox, "a");
		FakeConnection connection = this.client.attached(outbox);
		connection.failAll();
		this.client.detach(outbox);
		attachClosing(outbox);
		assertThat(ask.expire()).isFalse();
	}

	@Test
	void requestOfAConnectionThatBreaksAtOnceHasBegun() {
		ClientOutbox outbox = this.client.outbox();
		Request ask = this.client.ask(outbox, "a");
		this.client.attach(outbox, this.client.breaksAtOnce());
		this.client.detach(outbox);
		assertThat(this.client.counters.repeated()).isZero();
		attachClosing(outbox);
		assertThat(ask.expire()).isFalse();
	}

	@Test
	void requestIsNotRepeatedWhenItsReplyHasCome() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		Request ask = this.client.ask(outbox, "a");
		assertReplyOn(connection, "reply", ask);
		// The write had not been reported when the connection broke.
		connection.failAll();
		this.client.detach(outbox);
		FakeConnection second = this.client.attached(outbox);
		assertThat(second.handed).isEmpty();
		this.client.assertEmpty();
	}

	@Test
	void requestThatDidNotLeaveIsAskedOnTheNextConnection() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		Request ask = this.client.ask(outbox, "a");
		connection.failAll();
		this.client.detach(outbox);
		connection.asks.close(new IllegalStateException("ended"));
		assertThat(ask.reply()).isNotDone();
		FakeConnection second = this.client.attached(outbox);
		second.completeAll();
		assertReplyOn(second, "reply", ask);
	}

	/** Over TLS it is unknown what the server has received of what was sent last. */
	@Test
	void replyToARequestThatGoesBackIsNotThatToTheOneAfterIt() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		Request first = this.client.ask(outbox, "a");
		Request second = this.client.ask(outbox, "b");
		Request third = this.client.ask(outbox, "c");
		// What was received before the connection broke is handled beside all this.
		connection.failNext();
		assertReplyOn(connection, "reply to a", first);
		connection.failAll();
		this.client.detach(outbox);
		assertReplyOn(connection, "reply to b", second);
		assertThat(this.client.counters.pendingReplies()).isEqualTo(1);
		connection.asks.close(new IllegalStateException("ended"));
		FakeConnection next = this.client.attached(outbox);
		assertThat(next.payloads()).containsExactly("c");
		next.completeAll();
		assertReplyOn(next, "reply to c", third);
		this.client.assertEmpty();
	}

	/** The handler of the connection before may take its time. */
	@Test
	void replyMayStillComeWhenTheRequestIsOnTheNextConnection() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		Request first = this.client.ask(outbox, "a");
		Request second = this.client.ask(outbox, "b");
		connection.failAll();
		this.client.detach(outbox);
		FakeConnection next = this.client.attached(outbox);
		next.completeAll();
		assertThat(this.client.counters.pendingReplies()).isEqualTo(2);
		assertReplyOn(connection, "reply to a", first);
		connection.asks.close(new IllegalStateException("ended"));
		assertThat(second.reply()).isNotDone();
		assertThat(next.asks.take("reply to a again")).isTrue();
		assertThat(this.client.counters.repliesDropped()).isEqualTo(1);
		assertReplyOn(next, "reply to b", second);
		assertThat(this.client.counters.pendingReplies()).isZero();
	}

	/** As where the handler asks with it when the connection opens. */
	@Test
	void requestWhoseKeyAnotherHasOnTheConnectionFails() {
		ClientOutbox outbox = this.client.outbox();
		Request clash = new Request("key", Runnable::run);
		outbox.ask("a".getBytes(UTF_8), null, true, clash);
		this.client.send(outbox, "b");
		FakeConnection connection = new FakeConnection(this.client.counters, (payload) -> payload);
		Request ofSession = new Request("key", Runnable::run);
		connection.asks.add(ofSession);
		this.client.attach(outbox, connection);
		assertThat(clash.reply()).isCompletedExceptionally();
		assertThat(connection.payloads()).containsExactly("b");
		connection.completeAll();
		this.client.assertEmpty();
		assertReplyOn(connection, "key", ofSession);
	}

	/** Its handler asks beside the client. */
	@Test
	void repliesAreInTheOrderInWhichTheOutputOfTheSessionHasTheRequests() {
		ClientOutbox outbox = this.client.outbox();
		Request ofSession = new Request(null, Runnable::run);
		FakeConnection connection = new FakeConnection(this.client.counters) {

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				this.asks.add(ofSession);
				return super.deliver(payload, completion);
			}

		};
		this.client.attach(outbox, connection);
		Request ofClient = this.client.ask(outbox, "a");
		assertReplyOn(connection, "to the first", ofSession);
		assertReplyOn(connection, "to the second", ofClient);
	}

	@Test
	void requestGivenUpIsTheLastThatAStopWaitsFor() {
		ClientOutbox outbox = this.client.outbox();
		Request ask = this.client.ask(outbox, "a");
		AtomicInteger empty = new AtomicInteger();
		outbox.close(ClientState.CLOSING, empty::incrementAndGet);
		assertThat(empty).hasValue(0);
		ask.failed(new TimeoutException());
		assertThat(empty).hasValue(1);
	}

}
