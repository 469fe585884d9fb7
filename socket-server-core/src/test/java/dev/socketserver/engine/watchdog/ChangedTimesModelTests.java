package dev.socketserver.engine.watchdog;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.TestSession;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Timeouts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Times that are changed at random, while a peer sends at random, against a model: no
 * session ends before a time is over that is in force, and each soon after that.
 */
class ChangedTimesModelTests {

	/** The timer checks so often. */
	private static final long CHECK = 25;

	/** To this the time of the last byte is kept. */
	private static final long ROUNDING = 17;

	private static final @Nullable Duration[] TIMES = { null, Duration.ofMillis(200), Duration.ofMillis(800),
			Duration.ofMillis(3_000) };

	@Test
	void noSessionEndsBeforeItsTimeNorLongAfterIt() {
		Map<CloseReason, Integer> ends = new EnumMap<>(CloseReason.class);
		int seeds = Rounds.of("changed-times.seeds", 400, 20_000);
		for (long seed = 0; seed < seeds; seed++) {
			CloseReason end = new Round(seed).run();
			if (end != null) {
				ends.merge(end, 1, Integer::sum);
			}
		}
		assertThat(ends).as("all of them are seen")
			.containsOnlyKeys(CloseReason.IDLE_TIMEOUT, CloseReason.SESSION_TIMEOUT, CloseReason.FIRST_FRAME_TIMEOUT,
					CloseReason.FRAME_TIMEOUT);
	}

	/** One session, and what is to become of it. */
	private static final class Round {

		private final long seed;

		private final Random random;

		private Timeouts times = new Timeouts(null, null, null, null, null, null);

		private final TestSession test = new TestSession((spec) -> spec.timeouts(this.times));

		/** However long it takes to make one. */
		private final long start = this.test.session.state().openedNanos();

		private final TimeoutsInForce timeouts = new TimeoutsInForce(spec(), () -> nanos());

		private long millis;

		private long lastByte;

		private long changed;

		/** Negative if none has begun. */
		private long frameBegan = -1;

		private boolean noneYet = true;

		Round(long seed) {
			this.seed = seed;
			this.random = new Random(seed);
		}

		private long nanos() {
			return this.start + this.millis * 1_000_000;
		}

		private SessionSpec spec() {
			return ServerSpec.builder("test")
				.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
				.timeouts(this.times)
				.build()
				.session();
		}

		@Nullable CloseReason run() {
			for (int step = 0; step < 60; step++) {
				switch (this.random.nextInt(4)) {
					case 0 -> change();
					case 1 -> receive(this.random.nextInt(3) > 0);
					default -> {
					}
				}
				int checks = this.random.nextInt(16);
				for (int i = 0; i <= checks; i++) {
					check();
					CloseStatus status = this.test.session.end().settled();
					if (status != null) {
						isNotEarly(status);
						return status.reason();
					}
					isNotLate();
					this.millis += CHECK;
				}
			}
			return null;
		}

		private void change() {
			this.times = new Timeouts(any(), any(), any(), null, any(), null);
			this.test.followedBy(spec());
			this.changed = this.millis;
		}

		private @Nullable Duration any() {
			return TIMES[this.random.nextInt(TIMES.length)];
		}

		private void receive(boolean whole) {
			this.test.receive(whole ? "x\n" : "x", nanos());
			this.test.run();
			this.lastByte = this.millis;
			if (whole) {
				this.noneYet = false;
				this.frameBegan = -1;
			}
			else if (this.frameBegan < 0) {
				this.frameBegan = this.millis;
			}
		}

		private void check() {
			this.timeouts.check(this.test.session.spec(), Stream.of(this.test.session));
			this.test.run();
		}

		private void isNotEarly(CloseStatus status) {
			long due = switch (status.reason()) {
				case IDLE_TIMEOUT -> due(this.times.idle(), this.lastByte);
				case SESSION_TIMEOUT -> due(this.times.session(), 0) - age() / 10;
				case FIRST_FRAME_TIMEOUT -> this.noneYet ? due(this.times.firstFrame(), 0) : Long.MAX_VALUE;
				case FRAME_TIMEOUT ->
					(this.frameBegan >= 0) ? due(this.times.frame(), this.frameBegan) : Long.MAX_VALUE;
				default -> Long.MAX_VALUE;
			};
			assertThat(this.millis).as("seed %s: %s by %s", this.seed, status, this.times)
				.isGreaterThanOrEqualTo(due - ROUNDING);
		}

		private long age() {
			Duration age = this.times.session();
			return (age != null) ? age.toMillis() : 0;
		}

		private static long due(@Nullable Duration time, long since) {
			return (time != null) ? since + time.toMillis() : Long.MAX_VALUE / 2;
		}

		private void isNotLate() {
			isNotLate("idle", this.times.idle(), this.lastByte);
			isNotLate("session", this.times.session(), age() / 10);
			if (this.noneYet) {
				isNotLate("first frame", this.times.firstFrame(), 0);
			}
			if (this.frameBegan >= 0) {
				// If it was not limited before, it counts from the last byte.
				isNotLate("frame", this.times.frame(),
						(this.changed >= this.frameBegan) ? this.lastByte : this.frameBegan);
			}
		}

		private void isNotLate(String what, @Nullable Duration time, long since) {
			if (time != null) {
				long latest = Math.max(since + time.toMillis(), this.changed) + 4 * CHECK + ROUNDING;
				assertThat(this.millis).as("seed %s: %s by %s", this.seed, what, this.times)
					.isLessThanOrEqualTo(latest + time.toMillis() / 4);
			}
		}

	}

}
