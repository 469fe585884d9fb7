package dev.socketserver.spec;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * How long things may take in a session: each at least a millisecond and at most 100
 * years, or {@code null} for no limit. One timer checks all sessions, so that a limit may
 * be exceeded by a little before something happens.
 *
 * @param firstFrame time within which the first frame of a session must be complete, or
 * the session closes with {@link dev.socketserver.CloseReason#FIRST_FRAME_TIMEOUT};
 * default {@code null}
 * @param frame time from the first byte of a frame to its last, after which the session
 * closes with {@link dev.socketserver.CloseReason#FRAME_TIMEOUT}; default 30 s
 * @param idle time without a byte from the peer after which the session closes with
 * {@link dev.socketserver.CloseReason#IDLE_TIMEOUT}; default {@code null}
 * @param write time in which a write must make progress, or the session is aborted with
 * {@link dev.socketserver.CloseReason#WRITE_TIMEOUT}; default 30 s
 * @param session the age, give or take a tenth, at which a session closes with
 * {@link dev.socketserver.CloseReason#SESSION_TIMEOUT}; default {@code null}
 * @param handler time after which a call of a message handler is reported as stuck; it is
 * not interrupted; default 10 s
 * @param onFrame what happens when the time of {@code frame} is over; {@code null}, the
 * default, is {@link OnFrame#CLOSE}
 */
public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
		@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler, @Nullable OnFrame onFrame) {

	private static final Duration MIN = Duration.ofMillis(1);

	private static final Duration MAX = Duration.ofDays(36_525);

	/** 30 s for a frame and for a write, 10 s until a handler is reported. */
	public static final Timeouts DEFAULT = new Timeouts(null, Duration.ofSeconds(30), null, Duration.ofSeconds(30),
			null, Duration.ofSeconds(10));

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Timeouts {
		check("timeouts.firstFrame", firstFrame);
		check("timeouts.frame", frame);
		check("timeouts.idle", idle);
		check("timeouts.write", write);
		check("timeouts.session", session);
		check("timeouts.handler", handler);
	}

	/**
	 * Creates timeouts of which that of a frame closes the session.
	 * @param firstFrame see {@link #firstFrame()}
	 * @param frame see {@link #frame()}
	 * @param idle see {@link #idle()}
	 * @param write see {@link #write()}
	 * @param session see {@link #session()}
	 * @param handler see {@link #handler()}
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler) {
		this(firstFrame, frame, idle, write, session, handler, null);
	}

	/**
	 * Checks any timeout by the rule of this block.
	 * @param component the component's name
	 * @param timeout the timeout, or {@code null} for none
	 * @throws InvalidSpecException if it is shorter than a millisecond or longer than 100
	 * years
	 */
	public static void check(String component, @Nullable Duration timeout) {
		boolean possible = timeout == null || (timeout.compareTo(MIN) >= 0 && timeout.compareTo(MAX) <= 0);
		InvalidSpecException.check(possible, component, timeout,
				"must be at least a millisecond and at most 100 years");
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Timeouts with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private @Nullable Duration firstFrame;

		private @Nullable Duration frame;

		private @Nullable Duration idle;

		private @Nullable Duration write;

		private @Nullable Duration session;

		private @Nullable Duration handler;

		private @Nullable OnFrame onFrame;

		private Builder(Timeouts from) {
			this.firstFrame = from.firstFrame();
			this.frame = from.frame();
			this.idle = from.idle();
			this.write = from.write();
			this.session = from.session();
			this.handler = from.handler();
			this.onFrame = from.onFrame();
		}

		/**
		 * Sets {@link Timeouts#firstFrame()}.
		 * @param firstFrame the value
		 * @return this builder
		 */
		public Builder firstFrame(@Nullable Duration firstFrame) {
			this.firstFrame = firstFrame;
			return this;
		}

		/**
		 * Sets {@link Timeouts#frame()}.
		 * @param frame the value
		 * @return this builder
		 */
		public Builder frame(@Nullable Duration frame) {
			this.frame = frame;
			return this;
		}

		/**
		 * Sets {@link Timeouts#idle()}.
		 * @param idle the value
		 * @return this builder
		 */
		public Builder idle(@Nullable Duration idle) {
			this.idle = idle;
			return this;
		}

		/**
		 * Sets {@link Timeouts#write()}.
		 * @param write the value
		 * @return this builder
		 */
		public Builder write(@Nullable Duration write) {
			this.write = write;
			return this;
		}

		/**
		 * Sets {@link Timeouts#session()}.
		 * @param session the value
		 * @return this builder
		 */
		public Builder session(@Nullable Duration session) {
			this.session = session;
			return this;
		}

		/**
		 * Sets {@link Timeouts#handler()}.
		 * @param handler the value
		 * @return this builder
		 */
		public Builder handler(@Nullable Duration handler) {
			this.handler = handler;
			return this;
		}

		/**
		 * Sets {@link Timeouts#onFrame()}.
		 * @param onFrame the value, or {@code null} for the default
		 * @return this builder
		 */
		public Builder onFrame(@Nullable OnFrame onFrame) {
			this.onFrame = onFrame;
			return this;
		}

		private Timeouts build() {
			return new Timeouts(this.firstFrame, this.frame, this.idle, this.write, this.session, this.handler,
					this.onFrame);
		}

	}

	/** What happens when a frame is not complete in time. */
	public enum OnFrame {

		/**
		 * The session closes with {@link dev.socketserver.CloseReason#FRAME_TIMEOUT}.
		 */
		CLOSE,

		/**
		 * What has come of the frame is dropped and counted, and what comes next begins a
		 * frame.
		 */
		DISCARD

	}

}
