package dev.socketserver.engine.received;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;

import dev.socketserver.client.Received;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Transitions;
import dev.socketserver.spec.InboundOverflow;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.received.ReceivedState.CLOSED;
import static dev.socketserver.engine.received.ReceivedState.CLOSING;
import static dev.socketserver.engine.received.ReceivedState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

class ReceivedStateTests {

	private final ReceivedQueue queue = queue();

	private static ReceivedQueue queue() {
		return new ReceivedQueue("it", new Bounds<>(1, 100, InboundOverflow.BLOCK), new ClientCounters(),
				MemoryBudget.unlimited(), new ScheduledThreadPoolExecutor(1));
	}

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(ReceivedState.class, ReceivedStateTests::queue, ReceivedQueue::state)
			.reached(OPEN, (queue) -> {
			})
			.reached(CLOSING, ReceivedQueue::closing)
			.reached(CLOSED, ReceivedQueue::closed)
			.on("it starts", ReceivedQueue::open, Map.of(CLOSING, OPEN, CLOSED, OPEN))
			.on("the client stops", ReceivedQueue::closing, Map.of(OPEN, CLOSING))
			.on("it has stopped", ReceivedQueue::closed, Map.of(OPEN, CLOSED, CLOSING, CLOSED))
			.tests();
	}

	@Test
	void payloadThatWaitsIsAddedWhenTheClientStops() {
		assertThat(this.queue.state()).isEqualTo(ReceivedState.OPEN);
		assertThat(this.queue.received("it", "one", () -> {
		})).isNull();
		assertThat(this.queue.received("it", "two", () -> {
		})).isNotNull();
		this.queue.closing();
		assertThat(this.queue.state()).isEqualTo(ReceivedState.CLOSING);
		assertThat(this.queue.received("it", "three", () -> {
		})).isNull();
	}

	@Test
	void stoppedClientReceivesNothingUntilItStarts() {
		this.queue.closing();
		this.queue.closed();
		assertThat(this.queue.state()).isEqualTo(ReceivedState.CLOSED);
		this.queue.closing();
		assertThat(this.queue.state()).isEqualTo(ReceivedState.CLOSED);
		this.queue.received("it", "lost", () -> {
		});
		assertThat(this.queue.take(Duration.ZERO)).isInstanceOf(Received.Closed.class);
		this.queue.open();
		assertThat(this.queue.state()).isEqualTo(ReceivedState.OPEN);
		assertThat(this.queue.take(Duration.ZERO)).isNull();
	}

}
