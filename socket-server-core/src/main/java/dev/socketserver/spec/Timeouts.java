package dev.socketserver.spec;

import java.time.Duration;

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
	 * Returns a copy with another {@link #firstFrame()}.
	 * @param firstFrame the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts firstFrame(@Nullable Duration firstFrame) {
		return new Timeouts(firstFrame, this.frame, this.idle, this.write, this.session, this.handler, this.onFrame);
	}

	/**
	 * Returns a copy with another {@link #frame()}.
	 * @param frame the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts frame(@Nullable Duration frame) {
		return new Timeouts(this.firstFrame, frame, this.idle, this.write, this.session, this.handler, this.onFrame);
	}

	/**
	 * Returns a copy with another {@link #idle()}.
	 * @param idle the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts idle(@Nullable Duration idle) {
		return new Timeouts(this.firstFrame, this.frame, idle, this.write, this.session, this.handler, this.onFrame);
	}

	/**
	 * Returns a copy with another {@link #write()}.
	 * @param write the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts write(@Nullable Duration write) {
		return new Timeouts(this.firstFrame, this.frame, this.idle, write, this.session, this.handler, this.onFrame);
	}

	/**
	 * Returns a copy with another {@link #session()}.
	 * @param session the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts session(@Nullable Duration session) {
		return new Timeouts(this.firstFrame, this.frame, this.idle, this.write, session, this.handler, this.onFrame);
	}

	/**
	 * Returns a copy with another {@link #handler()}.
	 * @param handler the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts handler(@Nullable Duration handler) {
		return new Timeouts(this.firstFrame, this.frame, this.idle, this.write, this.session, handler, this.onFrame);
	}

	/**
	 * Returns a copy with another {@link #onFrame()}.
	 * @param onFrame the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Timeouts onFrame(@Nullable OnFrame onFrame) {
		return new Timeouts(this.firstFrame, this.frame, this.idle, this.write, this.session, this.handler, onFrame);
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
