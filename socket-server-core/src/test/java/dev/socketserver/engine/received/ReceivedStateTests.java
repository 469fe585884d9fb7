package dev.socketserver.engine.received;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.client.Received;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReceivedStateTests {

	private final ReceivedQueue queue = new ReceivedQueue("it", new Bounds<>(1, 100, InboundOverflow.BLOCK),
			new ClientCounters(), MemoryBudget.unlimited(), new ScheduledThreadPoolExecutor(1));

	@Test
	void payloadThatWaitsIsAddedWhenTheClientStops() {
		assertThat(this.queue.state).isEqualTo(ReceivedState.OPEN);
		assertThat(this.queue.received("one", () -> {
		})).isNull();
		assertThat(this.queue.received("two", () -> {
		})).isNotNull();
		this.queue.closing();
		assertThat(this.queue.state).isEqualTo(ReceivedState.CLOSING);
		assertThat(this.queue.received("three", () -> {
		})).isNull();
	}

	@Test
	void stoppedClientReceivesNothingUntilItStarts() {
		this.queue.closing();
		this.queue.closed();
		assertThat(this.queue.state).isEqualTo(ReceivedState.CLOSED);
		this.queue.closing();
		assertThat(this.queue.state).isEqualTo(ReceivedState.CLOSED);
		this.queue.received("lost", () -> {
		});
		assertThat(this.queue.take(Duration.ZERO)).isInstanceOf(Received.Closed.class);
		this.queue.open();
		assertThat(this.queue.state).isEqualTo(ReceivedState.OPEN);
		assertThat(this.queue.take(Duration.ZERO)).isNull();
	}

	@Test
	void openQueueIsClosedAtOnce() {
		this.queue.closed();
		assertThat(this.queue.state).isEqualTo(ReceivedState.CLOSED);
	}

	@Test
	void clientThatStopsStartsAgain() {
		this.queue.closing();
		this.queue.open();
		assertThat(this.queue.state).isEqualTo(ReceivedState.OPEN);
	}

}
