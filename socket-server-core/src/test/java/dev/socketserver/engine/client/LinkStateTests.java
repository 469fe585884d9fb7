package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.client.ClientState;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.fixtures.Transitions;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.client.LinkState.ATTACHED;
import static dev.socketserver.engine.client.LinkState.DETACHED;
import static dev.socketserver.engine.client.LinkState.ENDING;
import static org.assertj.core.api.Assertions.assertThat;

class LinkStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(LinkState.class, Subject::new, (subject) -> subject.outbox.link())
			.reached(DETACHED, (subject) -> {
			})
			.reached(ATTACHED, Subject::attach)
			.reached(ENDING, Subject::refuseNext)
			.on("attach", Subject::attachNext, Map.of(DETACHED, ATTACHED, ENDING, ATTACHED))
			.on("takes nothing more", (subject) -> {
				subject.link.taking = false;
				subject.send();
			}, Map.of(ATTACHED, ENDING))
			.on("gives back", (subject) -> {
				subject.send();
				subject.link.taken.forEach((completion) -> completion.completed(new IllegalStateException("lost")));
			}, Map.of(ATTACHED, ENDING))
			.on("detach", Subject::detach, Map.of(ATTACHED, DETACHED, ENDING, DETACHED))
			.on("the client ends", (subject) -> subject.outbox.failAll(ClientState.STOPPED),
					Map.of(ATTACHED, DETACHED, ENDING, DETACHED))
			.tests();
	}

	@Test
	void whatAConnectionDoesNotTakeIsSentOnTheNext() {
		Subject subject = new Subject();
		subject.refuseNext();
		subject.attachNext();
		assertThat(subject.link.taken).hasSize(1);
	}

	private static final class Subject {

		private final ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(10, 1_000, OutboundOverflow.FAIL),
				new ClientCounters(), MemoryBudget.unlimited());

		private final Link link = new Link();

		Subject() {
			this.outbox.open();
		}

		void send() {
			this.outbox.send(new byte[1], (failure) -> {
			});
		}

		void attach() {
			this.outbox.attach(this.link);
		}

		void attachNext() {
			this.link.taking = true;
			attach();
		}

		void refuseNext() {
			this.link.taking = false;
			attach();
			send();
		}

		void detach() {
			this.outbox.detach(() -> {
			});
		}

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
