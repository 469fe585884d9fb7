package dev.socketserver.session;

import java.time.Duration;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the time limits of one session, and has it send heartbeats. Two threads look:
 * the timer, from outside and perhaps at outdated numbers; and, where something seems to
 * be under way or due, the loop, which decides. Exists for as long as the session if that
 * has heartbeats or an idle timeout, else only while something is under way.
 */
final class Timekeeper {

	private final Session session;

	/** Absent unless heartbeats are on. */
	private final @Nullable Heartbeats heartbeats;

	/** Absent unless there is an idle timeout. */
	private final @Nullable Silence idle;

	/** Absent while nothing is under way. On the loop. */
	private @Nullable Clocks clocks;

	/** The loop has been asked to look closer, and has not done so yet. */
	private volatile boolean lookingCloser;

	/**
	 * Creates what keeps the time of a session.
	 * @param session the session
	 * @param heartbeats the session's heartbeats, if they are on
	 */
	Timekeeper(Session session, @Nullable Heartbeats heartbeats) {
		this.session = session;
		this.heartbeats = heartbeats;
		Duration timeout = session.spec().timeouts().idle();
		this.idle = (timeout != null) ? new Silence(timeout.toNanos(), session.openedNanos()) : null;
	}

	/**
	 * Ends a session if something takes too long. Of a session in which nothing is under
	 * way, this only reads a few fields. One thread at a time.
	 * @param session the session
	 * @param deadlines how long things may take
	 * @param now the time, by the clock of the deadlines
	 */
	static void look(Session session, Deadlines deadlines, long now) {
		long age = deadlines.session(session.number());
		if (age > 0 && now - session.openedNanos() >= age && !session.closing()) {
			session.stop(CloseStatus.of(CloseReason.SESSION_TIMEOUT, "open for " + millis(age) + " ms"));
		}
		// These numbers may be outdated; but what lasts is seen by the next look.
		boolean underWay = (deadlines.firstFrame() > 0 && session.messagesReceived() == 0)
				|| (deadlines.frame() > 0 && session.deframer().rest() > 0)
				|| (deadlines.write() > 0 && session.outbox().inFlight());
		Timekeeper keeper = session.timekeeper;
		if (keeper == null) {
			if (!underWay && deadlines.idle() == 0) {
				return;
			}
			keeper = new Timekeeper(session, null);
			session.timekeeper = keeper;
		}
		keeper.look(deadlines, now, underWay);
	}

	private void look(Deadlines deadlines, long now, boolean begun) {
		Silence silence = this.idle;
		boolean silent = silence != null && !this.session.closing()
				&& silence.look(now, this.session.bytesReceived(), mayBeIdle());
		Heartbeats beats = this.heartbeats;
		boolean due = beats != null && this.session.status() == null && beats.look(now, this.session.bytesReceived(),
				this.session.isReading(), this.session.bytesSent(), this.session.outbox().inFlight());
		if (this.lookingCloser) {
			return;
		}
		// Read behind the flag above: the loop resets that last.
		boolean underWay = begun || this.clocks != null;
		if (underWay || due || silent) {
			this.lookingCloser = true;
			// There may be many sessions: by now it may be later than the time of this
			// look.
			long asked = deadlines.now();
			this.session.wire().execute(() -> {
				try {
					// The loop may be late.
					long later = deadlines.now();
					if (underWay) {
						lookCloser(deadlines, later);
					}
					if (silence != null && silent) {
						lookAtIdle(silence, asked, later, deadlines.tickNanos());
					}
					if (beats != null && due) {
						beat(beats, asked, later, deadlines.tickNanos());
					}
				}
				finally {
					this.lookingCloser = false;
				}
			});
		}
		else if (beats == null && silence == null) {
			// Nothing here would be of use to the next look.
			this.session.timekeeper = null;
		}
	}

	/**
	 * Whether silence counts: while we do not read, the peer may well have sent
	 * something.
	 */
	private boolean mayBeIdle() {
		return this.session.isReading() || this.session.driver().stalled();
	}

	/** Ends the session if its peer is silent. On the loop. */
	private void lookAtIdle(Silence silence, long asked, long now, long tickNanos) {
		if (silence.isOver(now, asked, tickNanos, this.session.bytesReceived(), mayBeIdle())
				&& !this.session.closing()) {
			this.session.close(CloseStatus.of(CloseReason.IDLE_TIMEOUT,
					"nothing received for " + millis(silence.timeout()) + " ms"));
		}
	}

	/** Reading begins again: every limit counts anew from now on. On the loop. */
	void readAgain() {
		if (this.clocks != null) {
			this.clocks.inputRests();
		}
		if (this.idle != null) {
			this.idle.readAgain();
		}
		if (this.heartbeats != null) {
			this.heartbeats.peer().readAgain();
		}
	}

	/**
	 * Ends the session if its peer is silent, else sends a heartbeat if one is due. On
	 * the loop.
	 */
	private void beat(Heartbeats beats, long asked, long now, long tickNanos) {
		if (this.session.status() != null) {
			return;
		}
		if (beats.peer().isOver(now, asked, tickNanos, this.session.bytesReceived(), this.session.isReading())) {
			// Reset, and not closed: a peer that is gone takes nothing of what is still
			// to be sent.
			this.session.cut(CloseStatus.of(CloseReason.HEARTBEAT_TIMEOUT,
					"nothing received for " + millis(beats.peer().timeout()) + " ms, not even a heartbeat"));
		}
		else if (beats.isDue(now)) {
			this.session.outbox().beat();
			beats.said(now, this.session.bytesSent());
		}
	}

	/** Looks at what is under way. On the loop, where nothing changes meanwhile. */
	private void lookCloser(Deadlines deadlines, long now) {
		Clocks clocks = this.clocks;
		if (clocks == null) {
			// What is seen for the first time has begun behind the previous look.
			clocks = new Clocks(Math.max(this.session.openedNanos(), now - deadlines.tickNanos()));
			this.clocks = clocks;
		}
		long elapsed = clocks.elapsed(now, 2 * deadlines.tickNanos());
		boolean underWay = lookAtInput(deadlines, clocks, elapsed);
		underWay |= lookAtOutput(deadlines, clocks, elapsed);
		if (!underWay) {
			this.clocks = null;
		}
	}

	private boolean lookAtInput(Deadlines deadlines, Clocks clocks, long elapsed) {
		Deframer deframer = this.session.deframer();
		int rest = (deadlines.frame() > 0) ? deframer.rest() : 0;
		boolean noneYet = deadlines.firstFrame() > 0 && this.session.messagesReceived() == 0;
		if (this.session.closing() || (rest == 0 && !noneYet)) {
			clocks.noFrame();
			return false;
		}
		if (!this.session.isReading()) {
			clocks.inputRests();
			return true;
		}
		if (noneYet && clocks.firstFrame(elapsed) >= deadlines.firstFrame()) {
			this.session.close(CloseStatus.of(CloseReason.FIRST_FRAME_TIMEOUT, deframer
				.withProtocol("no frame was complete " + millis(deadlines.firstFrame()) + " ms after the opening")));
			return false;
		}
		if (rest == 0) {
			clocks.noFrame();
		}
		else if (clocks.frame(this.session.bytesReceived() - rest, elapsed) >= deadlines.frame()) {
			deframer.end(CloseStatus.of(CloseReason.FRAME_TIMEOUT, deframer.withProtocol("of a frame only " + rest
					+ " bytes had come " + millis(deadlines.frame()) + " ms after the first")));
			return false;
		}
		return true;
	}

	private boolean lookAtOutput(Deadlines deadlines, Clocks clocks, long elapsed) {
		Outbox outbox = this.session.outbox();
		// Asked first, since this offers the output to the socket once more, which may
		// take all of it.
		long unwritten = (deadlines.write() > 0 && outbox.inFlight()) ? this.session.wire().unwritten() : 0;
		if (unwritten == 0 || !outbox.inFlight()) {
			clocks.noWrite();
			return false;
		}
		if (clocks.write(unwritten, outbox.left(), elapsed) >= deadlines.write()) {
			this.session.cut(CloseStatus.of(CloseReason.WRITE_TIMEOUT, "the peer took nothing of what was sent for "
					+ millis(deadlines.write()) + " ms, " + outbox.pendingBytes() + " bytes were pending"));
			return false;
		}
		return true;
	}

	private static long millis(long nanos) {
		return nanos / 1_000_000;
	}

}
