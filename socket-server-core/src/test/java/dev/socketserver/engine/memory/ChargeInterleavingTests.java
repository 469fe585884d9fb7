package dev.socketserver.engine.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.FakeConnection;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.fixtures.Interleavings;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A session whose parts charge what they hold, from several threads, while it ends: the
 * budget has what the session has, and nothing once that has ended.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class ChargeInterleavingTests {

	@Test
	void theBudgetHasWhatSessionsHold() {
		Interleavings.controlled(Model.class);
	}

	/** One session, beside something that belongs to none. */
	public static class Model implements MemoryHolder {

		private static final int PART = 2 * STEP;

		private final MemoryBudget budget = new MemoryBudget(4 * PART);

		private final AtomicLong held = new AtomicLong();

		private final AtomicLong apart = new AtomicLong();

		private final AtomicInteger exceeded = new AtomicInteger();

		private volatile boolean ended;

		private final SessionState session = new SessionState(
				new SharedState(ServerSpec.builder("test")
					.framing(Framing.line())
					.handler(ServerHandler.function("test", PayloadConverter.bytes(), (bytes) -> bytes))
					.build()
					.session(), new ServerCounters(), this.budget, TestDiagnostics.none()),
				1, new FakeConnection(), new LoopScratch(), this);

		public Model() {
			this.budget.watcher(new MemoryBudget.Watcher() {

				@Override
				public void exceeded() {
					Model.this.exceeded.incrementAndGet();
				}

			});
		}

		@Operation
		public void takeAndGiveBack() {
			this.session.charge(PART);
			this.session.charge(-PART);
		}

		@Operation
		public void take() {
			this.held.addAndGet(PART);
			this.session.charge(PART);
		}

		@Operation
		public void takeApart() {
			this.apart.addAndGet(PART);
			this.budget.charge(PART);
		}

		@Operation
		public void end() {
			this.ended = true;
			this.session.chargeEnded();
		}

		@Validate
		public void allIsAccountedFor() {
			long expected = this.ended ? 0 : this.held.get();
			check(charged() == expected, charged() + " bytes are charged, and not " + expected);
			long all = expected + this.apart.get();
			check(this.budget.used() == all, this.budget.used() + " bytes are in use, and not " + all);
			check(all <= this.budget.limit() || this.exceeded.get() > 0,
					"No one is notified that the limit is exceeded");
			end();
			check(this.budget.used() == this.apart.get(), "A session that has ended holds memory");
		}

		private static void check(boolean right, String message) {
			if (!right) {
				throw new IllegalStateException(message);
			}
		}

		@Override
		public SessionSpec spec() {
			throw new UnsupportedOperationException();
		}

		@Override
		public long charged() {
			return this.session.charged();
		}

		@Override
		public boolean isAborted() {
			return false;
		}

		@Override
		public void abort(CloseStatus status) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void readLess() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void readAgain() {
			throw new UnsupportedOperationException();
		}

	}

}
