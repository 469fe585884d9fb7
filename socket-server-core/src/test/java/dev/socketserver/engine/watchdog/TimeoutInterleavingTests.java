package dev.socketserver.engine.watchdog;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.TestSession;
import dev.socketserver.fixtures.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A session that the timer checks while its loop, its handler and its application are at
 * work: no timeout is too early, none is forgotten, and the session ends once.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class TimeoutInterleavingTests {

	@Test
	void noTimeoutIsEarlyAndNoneIsForgotten() {
		Interleavings.stressed(Model.class);
	}

	/** One session, and a clock that its timer moves. */
	public static class Model {

		private static final Duration TIMEOUT = Duration.ofMillis(800);

		/** Two checks take as long as the timeouts, and more. */
		private static final long STEP_NANOS = 500_000_000;

		/** More checks than any end takes. */
		private static final int ENOUGH = 40;

		private final TestSession test = new TestSession(Model::spec);

		private volatile long now = this.test.session.openedNanos();

		private final TimeoutsInForce timeouts = new TimeoutsInForce(this.test.session.spec(), () -> this.now);

		/** When something was received last. On the loop. */
		private long lastReceived = this.now;

		private boolean gone;

		private boolean half;

		private volatile String wrong = "";

		private static ServerSpec.Builder spec(ServerSpec.Builder builder) {
			return builder.timeouts((t) -> t.idle(TIMEOUT).frame(TIMEOUT).write(TIMEOUT).handler(null));
		}

		@Operation(nonParallelGroup = "timer")
		public void check() {
			this.now += STEP_NANOS;
			this.timeouts.check(this.test.session.spec(), Stream.of(this.test.session));
		}

		@Operation(nonParallelGroup = "loop")
		public void receive() {
			if (!this.gone) {
				this.lastReceived = this.now;
				this.test.receive("a\n");
				this.half = false;
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void receiveHalf() {
			if (!this.gone) {
				this.lastReceived = this.now;
				this.test.receive("h");
				this.half = true;
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void loop() {
			CloseStatus before = this.test.session.end().settled();
			this.test.connection.runLoop();
			CloseStatus after = this.test.session.end().settled();
			CloseReason reason = (before == null && after != null) ? after.reason() : null;
			if (reason == CloseReason.IDLE_TIMEOUT && this.now - this.lastReceived < TIMEOUT.toNanos()) {
				this.wrong = after + ", though something was received " + (this.now - this.lastReceived) / 1_000_000
						+ " ms ago";
			}
			if (reason == CloseReason.FRAME_TIMEOUT && !this.half) {
				this.wrong = after + ", though no frame had begun";
			}
			if (this.test.connection.events.contains("close") || this.test.connection.events.contains("abort")) {
				lost();
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void complete() {
			if (!this.test.connection.pending.isEmpty()) {
				this.test.connection.complete(null);
			}
		}

		private void lost() {
			if (!this.gone) {
				this.gone = true;
				while (!this.test.connection.pending.isEmpty()) {
					this.test.connection.complete(new ClosedChannelException());
				}
				this.test.session.disconnected(null);
			}
		}

		@Operation(nonParallelGroup = "lane")
		public void runLanes() {
			this.test.runLanes();
		}

		@Operation
		public void send() {
			this.test.session.send("x", (failure) -> {
			});
		}

		@Operation(runOnce = true)
		public void close() {
			this.test.session.close();
		}

		/** Nothing is received, and nothing is taken, any more. */
		@Validate
		public void aTimeoutEndsIt() {
			for (int i = 0; !this.gone && i < ENOUGH; i++) {
				check();
				loop();
				runLanes();
			}
			runLanes();
			loop();
			runLanes();
			if (!this.gone) {
				this.wrong = "a session that should have timed out is open, with status "
						+ this.test.session.end().settled();
			}
			else if (this.test.ended.get() != 1
					|| this.test.counters.closed().values().stream().mapToLong(Long::longValue).sum() != 1) {
				this.wrong = this.test.ended + " ends were reported, and counted were " + this.test.counters.closed();
			}
			if (!this.wrong.isEmpty()) {
				throw new IllegalStateException(this.wrong);
			}
		}

	}

}
