package dev.socketserver.engine.gate;

import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.operator.LoginOutcome;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.LoginBy;
import org.jspecify.annotations.Nullable;

/**
 * The time of one session from its opening until it is logged in, and what it may do
 * meanwhile. Exists no longer than that.
 */
public final class LoginPhase implements Terms, Comparable<LoginPhase> {

	/** How a session ends that has to make room for others, which is no offence. */
	public static final CloseStatus DISPLACED = CloseStatus.of(CloseReason.LOGIN_TIMEOUT, "displaced");

	private final SocketSession session;

	/** Ends the session at once. */
	private final Consumer<CloseStatus> abort;

	/** Whether it has a principal, or an identity. */
	private final Predicate<LoginBy> has;

	private final Logins logins;

	/** Whether there are frames, and so messages: not where bytes are handed on. */
	private final boolean framed;

	/** When the session began. */
	private final long begun;

	/** How fast the peer may send. */
	private volatile @Nullable SessionRates rates;

	/** How many messages were handled. Guarded by this. */
	private int messages;

	/** How many logins have failed. Guarded by this. */
	private int attempts;

	/** It is logged in, or has ended. Written under the monitor. */
	private volatile boolean over;

	LoginPhase(SocketSession session, boolean framed, Consumer<CloseStatus> abort, Predicate<LoginBy> has,
			Logins logins, long begun) {
		this.session = session;
		this.framed = framed;
		this.abort = abort;
		this.has = has;
		this.logins = logins;
		this.begun = begun;
	}

	SocketSession session() {
		return this.session;
	}

	private Login rules() {
		return this.logins.rules();
	}

	/** The older is less. */
	@Override
	public int compareTo(LoginPhase other) {
		int age = Long.signum(this.begun - other.begun);
		return (age != 0) ? age : this.session.id().compareTo(other.session.id());
	}

	long deadline() {
		return this.begun + rules().timeout().toNanos();
	}

	/** Returns this phase, if it is not over. */
	@Nullable LoginPhase login() {
		return isDone() ? null : this;
	}

	/** Returns how fast its peer may send, if that is limited. */
	@Nullable SessionRates rates() {
		return this.rates;
	}

	void rates(@Nullable SessionRates rates) {
		this.rates = rates;
	}

	/**
	 * Checks the length of a frame. On the loop.
	 * @param length its length in bytes
	 * @return how the session ends, or {@code null}
	 */
	public @Nullable CloseStatus checkLength(int length) {
		return (length > rules().frame() && this.framed && !this.over)
				? CloseStatus.of(CloseReason.FRAME_TOO_LARGE,
						"a frame of " + length + " bytes before the login, with login.frame = " + rules().frame())
				: null;
	}

	/**
	 * A message is to be handled. Where the handler runs.
	 * @return {@code false} if it is one too many, and the session ends
	 */
	public boolean countMessage() {
		synchronized (this) {
			if (!this.framed || this.messages < rules().messages()) {
				this.messages++;
				return true;
			}
		}
		if (isDone()) {
			return true;
		}
		// It may be logged in by now.
		return !end(LoginOutcome.FAILED, CloseReason.LOGIN_FAILED, rules().messages() + " messages and no login");
	}

	/**
	 * The application reports that a login has failed. Any thread.
	 * @param reason why, for people
	 */
	public void failed(String reason) {
		boolean last;
		synchronized (this) {
			last = ++this.attempts >= rules().attempts();
		}
		if (last) {
			end(LoginOutcome.FAILED, CloseReason.LOGIN_FAILED, LogText.of(reason));
		}
	}

	/**
	 * The session has got a principal or an identity. Any thread.
	 * @param by which of both
	 */
	void done(LoginBy by) {
		if (rules().by() == by) {
			finish(LoginOutcome.SUCCESS);
		}
	}

	/**
	 * Whether it is logged in, perhaps by a certificate that the peer presented late, or
	 * by what it had before that was a login.
	 */
	boolean isDone() {
		if (!this.over && this.has.test(rules().by())) {
			finish(LoginOutcome.SUCCESS);
		}
		return this.over;
	}

	/** The session has ended, for whatever reason. */
	public void ended() {
		boolean failed;
		synchronized (this) {
			failed = this.attempts > 0;
		}
		finish(failed ? LoginOutcome.FAILED : null);
	}

	/** The time is over. */
	void timedOut() {
		if (!isDone()) {
			end(LoginOutcome.TIMEOUT, CloseReason.LOGIN_TIMEOUT,
					"not logged in " + rules().timeout().toMillis() + " ms after the opening");
		}
	}

	/** No session has to log in any more. */
	void notNeeded() {
		finish(null);
	}

	/** Others need the room. */
	void displaced() {
		// Reset, and not closed: a peer that says nothing would keep its place for long.
		if (finish(LoginOutcome.DISPLACED)) {
			this.abort.accept(DISPLACED);
		}
	}

	/** Returns whether the session ends because of that. */
	private boolean end(LoginOutcome outcome, CloseReason reason, String detail) {
		boolean ends = finish(outcome);
		if (ends) {
			this.session.close(CloseStatus.of(reason, detail));
		}
		return ends;
	}

	private boolean finish(@Nullable LoginOutcome outcome) {
		synchronized (this) {
			if (this.over) {
				return false;
			}
			this.over = true;
		}
		this.logins.over(this, outcome);
		return true;
	}

}
