package dev.socketserver.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.fixtures.Interleavings;
import dev.socketserver.spec.OutboundOverflow;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What several threads may do to a lane and an outbox, in every order that Lincheck finds
 * in the time it has. Each scenario ends with a check of what became of everything.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class InterleavingTests {

	@Test
	void laneRunsEachTaskOnceInOrderAndAlone() {
		Interleavings.controlled(LaneModel.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { Failing.class, DroppingNewest.class, DroppingOldest.class, Closing.class })
	void everyOutcomeIsReportedOnceAndBeforeTheEnd(Class<?> model) {
		Interleavings.stressed(model);
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalStateException(message);
		}
	}

	/** Tasks from several threads, and several threads that would run them. */
	public static class LaneModel {

		private final AtomicInteger ready = new AtomicInteger();

		private final Lane lane = new Lane((lane) -> this.ready.incrementAndGet(), new Lane.Owner() {

			@Override
			public long sessionNumber() {
				return 1;
			}

			@Override
			public void batchEnded() {
			}

			@Override
			public void refused() {
			}

		});

		private final int[] submitted = new int[8];

		/** Not safe for use by several threads: the lane is to see to that. */
		private final int[] ran = new int[8];

		private int inside;

		private volatile String wrong = "";

		@Operation
		public void submit(@Param(gen = ThreadIdGen.class) int thread) {
			int number = ++this.submitted[thread];
			this.lane.submit(() -> {
				if (this.inside++ != 0) {
					this.wrong = "tasks overlap";
				}
				if (++this.ran[thread] != number) {
					this.wrong = "task " + number + " of a thread ran as its " + this.ran[thread];
				}
				this.inside--;
			});
		}

		@Operation
		public void run() {
			int count = this.ready.get();
			if (count > 0 && this.ready.compareAndSet(count, count - 1)) {
				this.lane.run();
			}
		}

		@Validate
		public void everythingRan() {
			while (this.ready.get() > 0) {
				run();
			}
			check(this.wrong.isEmpty(), this.wrong);
			for (int thread = 0; thread < this.submitted.length; thread++) {
				check(this.submitted[thread] == this.ran[thread],
						this.ran[thread] + " tasks of a thread ran, of " + this.submitted[thread]);
			}
		}

	}

	/** A session whose outbox takes two writes. */
	public abstract static class SessionModel {

		private final TestSession test;

		private final List<List<String>> outcomes = new ArrayList<>();

		private final int[] sends = new int[8];

		SessionModel(OutboundOverflow overflow) {
			this.test = new TestSession((spec) -> spec.outbound((o) -> o.overflow(overflow).capacity(2)));
			for (int thread = 0; thread < this.sends.length; thread++) {
				this.outcomes.add(new ArrayList<>());
			}
		}

		@Operation
		public void send(@Param(gen = ThreadIdGen.class) int thread) {
			int number = this.sends[thread]++;
			this.test.session.send("x", (failure) -> this.outcomes.get(thread)
				.add(number + " " + ((failure != null) ? failure.getClass().getSimpleName() : "sent")));
		}

		@Operation(nonParallelGroup = "loop")
		public void loop() {
			this.test.connection.runLoop();
			if (!this.test.connection.pending.isEmpty()) {
				this.test.connection.complete(null);
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void receive() {
			this.test.receive("a\n");
		}

		@Operation(nonParallelGroup = "lane")
		public void runLanes() {
			this.test.runLanes();
		}

		@Operation(runOnce = true)
		public void close() {
			this.test.session.close();
		}

		@Validate
		public void everythingWasNotified() {
			this.test.drain();
			this.test.session.close();
			this.test.drain();
			this.test.disconnect();
			check(this.test.ended.get() == 1, this.test.ended + " ends were reported");
			check(this.test.session.info().pendingWrites() == 0, "writes are pending");
			for (int thread = 0; thread < this.sends.length; thread++) {
				List<String> outcomes = this.outcomes.get(thread);
				check(outcomes.size() == this.sends[thread], outcomes + " were notified of " + this.sends[thread]);
				List<String> sent = outcomes.stream().filter((outcome) -> outcome.endsWith("sent")).toList();
				check(sent.equals(sent.stream().sorted().toList()), outcomes + " are not in order");
			}
		}

	}

	public static class Failing extends SessionModel {

		public Failing() {
			super(OutboundOverflow.FAIL);
		}

	}

	public static class DroppingNewest extends SessionModel {

		public DroppingNewest() {
			super(OutboundOverflow.DROP_NEWEST);
		}

	}

	public static class DroppingOldest extends SessionModel {

		public DroppingOldest() {
			super(OutboundOverflow.DROP_OLDEST);
		}

	}

	public static class Closing extends SessionModel {

		public Closing() {
			super(OutboundOverflow.CLOSE);
		}

	}

}
