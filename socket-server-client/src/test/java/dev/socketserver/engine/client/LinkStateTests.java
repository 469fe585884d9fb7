package dev.socketserver.engine.client;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.SessionClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Transitions;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.client.LinkState.ATTACHED;
import static dev.socketserver.engine.client.LinkState.DETACHED;
import static dev.socketserver.engine.client.LinkState.DRAINING;
import static dev.socketserver.engine.client.LinkState.ENDING;
import static org.assertj.core.api.Assertions.assertThat;

class LinkStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(LinkState.class, Subject::new, (subject) -> subject.outbox.state(subject.link))
			.reached(DETACHED, (subject) -> {
			})
			.reached(ATTACHED, Subject::attach)
			.reached(DRAINING, Subject::release)
			.reached(ENDING, Subject::refuseNext)
			.on("attach", Subject::attachNext, Map.of(DETACHED, ATTACHED, DRAINING, ATTACHED, ENDING, ATTACHED))
			.on("takes nothing more", (subject) -> {
				subject.link.open = false;
				subject.send();
			}, Map.of(ATTACHED, ENDING))
			.on("gives back", (subject) -> {
				subject.send();
				subject.link.taken
					.forEach((completion) -> completion.completed(new SessionClosedException("it", null, null)));
			}, Map.of(ATTACHED, ENDING, DRAINING, ENDING))
			.on("release", (subject) -> subject.outbox.release(subject.link, () -> {
			}), Map.of(ATTACHED, DRAINING))
			.on("detach", Subject::detach, Map.of(ATTACHED, DETACHED, DRAINING, DETACHED, ENDING, DETACHED))
			.on("the client ends", (subject) -> subject.outbox.failAll(ClientState.STOPPED),
					Map.of(ATTACHED, DETACHED, DRAINING, DETACHED, ENDING, DETACHED))
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
				new ClientCounters(), MemoryBudget.unlimited(), Spread.NONE, null);

		private final TestLink link = new TestLink();

		Subject() {
			this.outbox.open();
		}

		void send() {
			this.outbox.send(new byte[1], null, true, (failure) -> {
			});
		}

		void attach() {
			this.outbox.attach(this.link);
		}

		/** With a payload that has not left. */
		void release() {
			attach();
			send();
			this.outbox.release(this.link, () -> {
			});
		}

		void attachNext() {
			this.link.open = true;
			attach();
		}

		void refuseNext() {
			this.link.open = false;
			attach();
			send();
		}

		void detach() {
			this.outbox.detach(this.link, () -> {
			});
		}

	}

}
