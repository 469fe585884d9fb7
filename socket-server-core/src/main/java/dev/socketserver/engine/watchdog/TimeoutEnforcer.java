package dev.socketserver.engine.watchdog;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.input.Deframer;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.spec.Timeouts.OnFrame;
import org.jspecify.annotations.Nullable;

/**
 * Enforces {@link SessionTimeouts} on one session, and has it send heartbeats. Two
 * threads check: the timer, from outside and perhaps at outdated numbers; and, where
 * something seems to be under way or due, the loop, which decides. Exists for as long as
 * the session if that has heartbeats or an idle timeout, else only while something is
 * under way.
 */
public final class TimeoutEnforcer {

	private final Watched watched;

	private final SessionState session;

	/** Absent unless heartbeats are on. */
	private final @Nullable Heartbeats heartbeats;

	/** Absent unless there is an idle timeout. Written by the timer. */
	private volatile @Nullable IdleTimer idle;

	/** Absent while nothing is under way. On the loop. */
	private @Nullable UnderWay underWay;

	/** The loop has been asked to check, and has not done so yet. */
	private volatile boolean checkingOnLoop;

	/**
	 * Creates the enforcer of one session.
	 * @param watched the session
	 * @param heartbeats the session's heartbeats, if they are on
	 */
	private TimeoutEnforcer(Watched watched, @Nullable Heartbeats heartbeats) {
		this.watched = watched;
		this.session = watched.state();
		this.heartbeats = heartbeats;
	}

	/**
	 * Creates what a session has from its beginning: the enforcer of its heartbeats.
	 * @param watched the session
	 * @return the enforcer, or {@code null} if they are off
	 */
	public static @Nullable TimeoutEnforcer ofHeartbeats(Watched watched) {
		SessionState session = watched.state();
		Heartbeats heartbeats = (session.heartbeat() != null) ? Heartbeats.of(session.spec().heartbeat(),
				watched.input().deframer().heartbeat(), session.openedNanos()) : null;
		return (heartbeats != null) ? new TimeoutEnforcer(watched, heartbeats) : null;
	}

	/**
	 * Ends a session if something takes too long. Of a session in which nothing is under
	 * way, this only reads a few fields. One thread at a time.
	 * @param watched the session
	 * @param timeouts how long things may take
	 * @param now the time, by the clock of the timeouts
	 */
	static void check(Watched watched, SessionTimeouts timeouts, long now) {
		SessionState session = watched.state();
		long age = timeouts.session(session.number());
		// What was received before its connection was lost is handled, and its end has a
		// reason.
		if (age > 0 && now - session.openedNanos() >= age && session.end().handlesMore() && !session.end().isGone()) {
			watched.stop(CloseStatus.of(CloseReason.SESSION_TIMEOUT, "open for " + millis(age) + " ms"));
		}
		// These numbers may be outdated; but what lasts is seen by the next check.
		boolean underWay = awaitsFirstFrame(watched, timeouts) || restOfFrame(watched, timeouts) > 0
				|| writes(watched, timeouts);
		TimeoutEnforcer enforcer = watched.timeoutEnforcer();
		if (enforcer == null) {
			if (!underWay && timeouts.idle() == 0) {
				return;
			}
			enforcer = new TimeoutEnforcer(watched, null);
			watched.timeoutEnforcer(enforcer);
		}
		enforcer.check(timeouts, now, underWay);
	}

	/** Whether no frame has been received yet, and that may take too long. */
	private static boolean awaitsFirstFrame(Watched watched, SessionTimeouts timeouts) {
		return timeouts.firstFrame() > 0 && watched.state().messagesReceived() == 0;
	}

	/** Returns how many bytes of a frame were received that may take too long. */
	private static int restOfFrame(Watched watched, SessionTimeouts timeouts) {
		return (timeouts.frame() > 0) ? watched.input().deframer().rest() : 0;
	}

	/** Whether a write is under way that may take too long. */
	private static boolean writes(Watched watched, SessionTimeouts timeouts) {
		return timeouts.write() > 0 && watched.outbox().writer().inFlight();
	}

	private void check(SessionTimeouts timeouts, long now, boolean begun) {
		IdleTimer idleTimer = idleTimer(timeouts);
		boolean changed = timeouts.isChanged();
		boolean idle = idleTimer != null && this.session.end().handlesMore()
				&& idleTimer.check(now, this.session.bytesReceived(), mayBeIdle());
		Heartbeats beats = this.heartbeats;
		boolean due = beats != null && !this.session.end().isSettled() && beats.check(now, this.session.bytesReceived(),
				this.watched.input().isReading(), this.session.bytesSent(), this.watched.outbox().writer().inFlight());
		if (this.checkingOnLoop) {
			return;
		}
		// Read after the flag above: the loop resets that last.
		boolean underWay = begun || this.underWay != null;
		if (underWay || due || idle) {
			this.checkingOnLoop = true;
			// There may be many sessions: by now it may be later than the time of this
			// check.
			long asked = timeouts.now();
			this.session.connection().execute(() -> {
				try {
					// The loop may be late.
					long later = timeouts.now();
					if (underWay) {
						checkOnLoop(timeouts, later, changed);
					}
					if (idleTimer != null && idle) {
						checkIdle(idleTimer, asked, later, timeouts.tickNanos());
					}
					if (beats != null && due) {
						beat(beats, asked, later, timeouts.tickNanos());
					}
				}
				finally {
					this.checkingOnLoop = false;
				}
			});
		}
		else if (beats == null && idleTimer == null) {
			// Nothing here would be of use to the next check.
			this.watched.timeoutEnforcer(null);
		}
	}

	/** Returns what knows for how long the peer is silent, if that is limited. */
	private @Nullable IdleTimer idleTimer(SessionTimeouts timeouts) {
		IdleTimer present = this.idle;
		long nanos = timeouts.idle();
		if (nanos == 0) {
			this.idle = null;
			return null;
		}
		if (present == null) {
			present = new IdleTimer(nanos, this.session.openedNanos());
			this.idle = present;
			if (timeouts.isChanged()) {
				present.timeout(nanos, this.session.heardAt(), this.session.bytesReceived());
			}
		}
		else if (present.timeout() != nanos) {
			present.timeout(nanos, this.session.heardAt(), this.session.bytesReceived());
		}
		return present;
	}

	/**
	 * Whether the session counts as idle: while it does not read, the peer may well have
	 * sent something.
	 */
	private boolean mayBeIdle() {
		return this.watched.input().isReading() || this.watched.stalled();
	}

	/** Ends the session if its peer is idle. On the loop. */
	private void checkIdle(IdleTimer idleTimer, long asked, long now, long tickNanos) {
		if (idleTimer.isTooLong(now, asked, tickNanos, this.session.bytesReceived(), mayBeIdle())
				&& this.session.end().handlesMore()) {
			this.watched.close(CloseStatus.of(CloseReason.IDLE_TIMEOUT,
					this.watched.input()
						.deframer()
						.withProtocol("nothing received for " + millis(idleTimer.timeout()) + " ms")));
		}
	}

	/** Reading begins again: every limit counts anew from now on. On the loop. */
	public void readAgain() {
		if (this.underWay != null) {
			this.underWay.inputRests();
		}
		IdleTimer idleTimer = this.idle;
		if (idleTimer != null) {
			idleTimer.readAgain();
		}
		if (this.heartbeats != null) {
			this.heartbeats.readAgain();
		}
	}

	/**
	 * Ends the session if its peer is idle, else sends a heartbeat if one is due. On the
	 * loop.
	 */
	private void beat(Heartbeats beats, long asked, long now, long tickNanos) {
		if (this.session.end().isSettled()) {
			return;
		}
		if (beats.peer()
			.isTooLong(now, asked, tickNanos, this.session.bytesReceived(), this.watched.input().isReading())) {
			// Reset, and not closed: a peer that is gone takes nothing of what is still
			// to be sent.
			this.session.abort(CloseStatus.of(CloseReason.HEARTBEAT_TIMEOUT,
					"nothing received for " + millis(beats.peer().timeout()) + " ms, not even a heartbeat"));
		}
		else if (beats.isUnanswered(now, asked, tickNanos, this.watched.input().isReading())) {
			this.session.abort(CloseStatus.of(CloseReason.HEARTBEAT_TIMEOUT,
					"no answer to a heartbeat for " + millis(beats.replyTimeout()) + " ms"));
		}
		else if (beats.isDue(now)) {
			beats.send(this.watched.outbox(), now);
			beats.sent(now, this.session.bytesSent());
		}
	}

	/** Checks what is under way. On the loop, where nothing changes meanwhile. */
	private void checkOnLoop(SessionTimeouts timeouts, long now, boolean changed) {
		UnderWay underWay = this.underWay;
		if (underWay == null) {
			// What is seen for the first time has begun after the previous check.
			underWay = new UnderWay(Math.max(this.session.openedNanos(), now - timeouts.tickNanos()));
			this.underWay = underWay;
		}
		long elapsed = underWay.elapsed(now, 2 * timeouts.tickNanos());
		if (changed) {
			// What has elapsed is added below.
			underWay.beganBefore(this.session, restOfFrame(this.watched, timeouts), now - elapsed);
		}
		boolean goesOn = checkInput(timeouts, underWay, elapsed);
		goesOn |= checkOutput(timeouts, underWay.write, elapsed);
		if (!goesOn) {
			this.underWay = null;
		}
	}

	private boolean checkInput(SessionTimeouts timeouts, UnderWay underWay, long elapsed) {
		Deframer deframer = this.watched.input().deframer();
		int rest = restOfFrame(this.watched, timeouts);
		boolean noneYet = awaitsFirstFrame(this.watched, timeouts);
		if (!this.session.end().handlesMore() || (rest == 0 && !noneYet)) {
			underWay.frame.reset();
			return false;
		}
		if (!this.watched.input().isReading() || deframer.isMatching()) {
			underWay.inputRests();
			return true;
		}
		if (noneYet && underWay.firstFrame.running(elapsed) >= timeouts.firstFrame()) {
			this.watched.close(CloseStatus.of(CloseReason.FIRST_FRAME_TIMEOUT, deframer
				.withProtocol("no frame was complete " + millis(timeouts.firstFrame()) + " ms after the opening")));
			return false;
		}
		if (rest == 0) {
			underWay.frame.reset();
		}
		// The frame is known by the place in the input at which it begins.
		else if (underWay.frame.running(elapsed, this.session.bytesReceived() - rest) >= timeouts.frame()) {
			deframer.frameTimedOut(
					CloseStatus.of(CloseReason.FRAME_TIMEOUT,
							deframer.withProtocol("of a frame only " + rest + " bytes had come "
									+ millis(timeouts.frame()) + " ms after the first")),
					this.session.spec().timeouts().onFrame() == OnFrame.DISCARD);
			underWay.frame.reset();
			return false;
		}
		return true;
	}

	private boolean checkOutput(SessionTimeouts timeouts, Stopwatch write, long elapsed) {
		Outbox outbox = this.watched.outbox();
		// Asked first, since this offers the output to the socket once more, which may
		// take all of it.
		long unwritten = writes(this.watched, timeouts) ? this.session.connection().unwritten() : 0;
		if (unwritten == 0 || !outbox.writer().inFlight()) {
			write.reset();
			return false;
		}
		// If neither number changes, the socket takes nothing.
		if (write.running(elapsed, unwritten, this.session.messagesSent()) >= timeouts.write()) {
			this.session.abort(CloseStatus.of(CloseReason.WRITE_TIMEOUT, "the peer took nothing of what was sent for "
					+ millis(timeouts.write()) + " ms, " + outbox.pendingBytes() + " bytes were pending"));
			return false;
		}
		return true;
	}

	private static long millis(long nanos) {
		return nanos / 1_000_000;
	}

	/**
	 * What may take too long at present. On the loop.
	 */
	private static final class UnderWay {

		/** The peer of a new session has been awaited from the beginning. */
		private final Stopwatch firstFrame = Stopwatch.started();

		private final Stopwatch frame = new Stopwatch();

		private final Stopwatch write = new Stopwatch();

		private long checkedAt;

		UnderWay(long since) {
			this.checkedAt = since;
		}

		/**
		 * Begins a check.
		 * @param now the time
		 * @param most the greatest time to count: if the loop did not run for longer, no
		 * other session caused that
		 * @return how much time to count
		 */
		long elapsed(long now, long most) {
			long elapsed = Math.max(0, Math.min(now - this.checkedAt, most));
			this.checkedAt = now;
			return elapsed;
		}

		/**
		 * Nothing was limited before, or by others: counts a first frame from the
		 * beginning of the session, and another from the last byte.
		 */
		void beganBefore(SessionState session, int rest, long time) {
			this.firstFrame.countAtLeast(time - session.openedNanos());
			if (rest > 0) {
				this.frame.begun(time - session.heardAt(), session.bytesReceived() - rest);
			}
		}

		/** The peer is not read from: it may begin anew when it is. */
		void inputRests() {
			this.firstFrame.reset();
			this.frame.reset();
		}

	}

}
