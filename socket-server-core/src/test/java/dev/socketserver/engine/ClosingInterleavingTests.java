package dev.socketserver.engine;

import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SessionEnd.Connected;
import dev.socketserver.engine.state.SessionEnd.Wish;
import dev.socketserver.fixtures.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A session that is ended from all sides, and the registry that it is listed in: it ends
 * once, for one reason, its end never goes back, and it is found until it has ended.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class ClosingInterleavingTests {

	@Test
	void aSessionEndsOnceFromWhateverSide() {
		Interleavings.stressed(Model.class);
	}

	/** One session: its application, its server, an operator and its peer. */
	public static class Model {

		private final SessionRegistry registry = new SessionRegistry("test");

		private final TestSession test = new TestSession((payload, session) -> payload, UnaryOperator.identity(),
				MemoryBudget.unlimited(), this.registry);

		private boolean gone;

		private volatile Wish wish = Wish.NONE;

		private volatile Connected connected = Connected.OPEN;

		private volatile String wrong = "";

		@Operation
		public void close() {
			this.test.session.close();
		}

		@Operation
		public void stop() {
			this.test.session.stop();
		}

		@Operation
		public void abort() {
			this.test.session.abort(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}

		@Operation
		public void join() {
			this.test.session.join("group");
			this.test.session.bind("device", "4711");
		}

		@Operation(nonParallelGroup = "lane")
		public void runLanes() {
			this.test.runLanes();
		}

		@Operation(nonParallelGroup = "loop")
		public void loop() {
			this.test.connection.runLoop();
		}

		@Operation(nonParallelGroup = "loop")
		public void receive() {
			if (!this.gone) {
				this.test.receive("a\n");
			}
		}

		@Operation(nonParallelGroup = "loop", runOnce = true)
		public void disconnect() {
			lost();
		}

		private void lost() {
			if (!this.gone) {
				this.gone = true;
				this.test.session.disconnected(null);
			}
		}

		@Operation(nonParallelGroup = "reader")
		public void look() {
			Wish wished = this.wish;
			Connected before = this.connected;
			boolean listed = this.registry.find(this.test.session.id()).isPresent();
			Wish wishes = this.test.session.end().wish();
			Connected now = this.test.session.end().connected();
			if (wishes.compareTo(wished) < 0 || now.compareTo(before) < 0) {
				this.wrong = "the end went from " + wished + ", " + before + " to " + wishes + ", " + now;
			}
			if (!listed && this.registry.ended().isEmpty()) {
				this.wrong = "the session is neither open nor among those that have ended";
			}
			this.wish = wishes;
			this.connected = now;
		}

		@Validate
		public void itHasEndedOnce() {
			this.test.drain();
			this.test.session.close();
			this.test.drain();
			lost();
			this.test.drain();
			long closed = this.test.calls.stream().filter((call) -> call.startsWith("closed")).count();
			if (this.test.ended.get() != 1 || closed != 1) {
				this.wrong = this.test.ended + " ends were reported, " + closed + " of them to the handler";
			}
			if (this.test.counters.closed().values().stream().mapToLong(Long::longValue).sum() != 1) {
				this.wrong = "counted were " + this.test.counters.closed();
			}
			if (this.registry.stream().findAny().isPresent() || !this.registry.bound("device", "4711").isEmpty()
					|| this.registry.group("group").findAny().isPresent() || this.registry.ended().size() != 1) {
				this.wrong = "an ended session is still listed";
			}
			if (!this.wrong.isEmpty()) {
				throw new IllegalStateException(this.wrong);
			}
		}

	}

}
