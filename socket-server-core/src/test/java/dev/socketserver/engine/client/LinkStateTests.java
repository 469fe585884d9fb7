package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LinkStateTests {

	private final ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(10, 1_000, OutboundOverflow.FAIL),
			new ClientCounters(), MemoryBudget.unlimited());

	private final Link link = new Link();

	@BeforeEach
	void open() {
		this.outbox.open();
	}

	@Test
	void connectionIsAttachedAndDetached() {
		assertThat(this.outbox.link).isEqualTo(LinkState.DETACHED);
		this.outbox.attach(this.link);
		assertThat(this.outbox.link).isEqualTo(LinkState.ATTACHED);
		this.outbox.detach(() -> {
		});
		assertThat(this.outbox.link).isEqualTo(LinkState.DETACHED);
	}

	@Test
	void connectionThatTakesNothingMoreEndsUntilTheNextIsAttached() {
		this.link.taking = false;
		this.outbox.attach(this.link);
		send();
		assertThat(this.outbox.link).isEqualTo(LinkState.ENDING);
		this.link.taking = true;
		this.outbox.attach(this.link);
		assertThat(this.outbox.link).isEqualTo(LinkState.ATTACHED);
		assertThat(this.link.taken).hasSize(1);
	}

	@Test
	void connectionThatGivesBackEndsUntilItIsDetached() {
		this.outbox.attach(this.link);
		send();
		this.link.taken.remove().completed(new IllegalStateException("lost"));
		assertThat(this.outbox.link).isEqualTo(LinkState.ENDING);
		this.outbox.detach(() -> {
		});
		assertThat(this.outbox.link).isEqualTo(LinkState.DETACHED);
	}

	@Test
	void endOfTheClientDetaches() {
		this.outbox.attach(this.link);
		this.outbox.failAll(ClientState.STOPPED);
		assertThat(this.outbox.link).isEqualTo(LinkState.DETACHED);
	}

	private void send() {
		this.outbox.send(new byte[1], (failure) -> {
		});
	}

	private static final class Link implements ClientLink {

		private final Deque<Completion> taken = new ArrayDeque<>();

		private final PendingRequests asks = new PendingRequests(null, new ClientCounters());

		private boolean taking = true;

		@Override
		public boolean deliver(byte[] payload, Completion completion) {
			return this.taking && this.taken.add(completion);
		}

		@Override
		public PendingRequests asks() {
			return this.asks;
		}

		@Override
		public long pendingBytes() {
			return 0;
		}

		@Override
		public void slow() {
		}

	}

}
