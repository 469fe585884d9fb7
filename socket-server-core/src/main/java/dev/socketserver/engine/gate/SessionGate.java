package dev.socketserver.engine.gate;

import java.util.Objects;

import dev.socketserver.CloseStatus;
import dev.socketserver.operator.SessionRate;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.RateExceededException;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one session: what it may do before its login, and how fast its peer may
 * send. Takes 32 bytes; sessions without such limits have none. On the loop, unless
 * stated otherwise. The caller asks for the {@link #time} once for each batch that it
 * decodes.
 */
public final class SessionGate {

	/** In place of a payload beyond the rate, of which the handler is to be notified. */
	public static final RateExceededException EXCEEDED = new RateExceededException();

	/** Written under the monitor. */
	private volatile @Nullable Terms terms;

	/** The theoretical arrival time of messages; see {@link Bucket}. */
	private long messageArrival;

	/** The theoretical arrival time of bytes. */
	private long byteArrival;

	// Logins. Any thread.

	/**
	 * The session has to log in.
	 * @param login the time until it is logged in
	 */
	public synchronized void login(LoginPhase login) {
		login.rates(rates());
		this.terms = login;
	}

	/**
	 * Returns the time until the session is logged in.
	 * @return the phase, or {@code null} if it is over
	 */
	public @Nullable LoginPhase login() {
		return (this.terms instanceof LoginPhase phase) ? phase.login() : null;
	}

	/**
	 * The session has got a principal or an identity.
	 * @param by which of both
	 */
	public synchronized void loggedIn(LoginBy by) {
		if (this.terms instanceof LoginPhase phase) {
			phase.done(by);
			this.terms = (phase.login() != null) ? phase : phase.rates();
		}
	}

	/** The peer may have shown a certificate, which may be a login. */
	public synchronized void certified() {
		if (this.terms instanceof LoginPhase phase && phase.isDone()) {
			this.terms = phase.rates();
		}
	}

	// Rates.

	/** Returns how fast the peer may send. Any thread. */
	private @Nullable SessionRates rates() {
		Terms present = this.terms;
		return (present instanceof LoginPhase phase) ? phase.rates() : (SessionRates) present;
	}

	/** Returns the rates, if a peer that sends too much only has to wait. */
	private @Nullable SessionRates pausingRates() {
		SessionRates present = rates();
		return (present != null && present.pauses()) ? present : null;
	}

	/**
	 * Returns how fast the peer may send, for operators. Any thread.
	 * @param paused whether it is not read for that
	 * @return the rate, or {@code null} if it is not limited
	 */
	public @Nullable SessionRate rate(boolean paused) {
		SessionRates present = rates();
		if (present == null || !present.rules().limited()) {
			return null;
		}
		Rate messages = present.rules().messages();
		Rate bytes = present.rules().bytes();
		return new SessionRate((messages != null) ? messages.text() : null, (bytes != null) ? bytes.text() : null,
				paused);
	}

	/**
	 * Sets how fast the peer may send from now on, after a full burst.
	 * @param rates the rates, or {@code null} for as fast as it likes
	 */
	public synchronized void rates(@Nullable SessionRates rates) {
		long now = (rates != null) ? rates.clock().getAsLong() : 0;
		this.messageArrival = now;
		this.byteArrival = now;
		if (this.terms instanceof LoginPhase phase) {
			phase.rates(rates);
		}
		else {
			this.terms = rates;
		}
	}

	/**
	 * Replaces how fast the peer may send, unless the application has decided that.
	 * @param former the rates of all until now, or {@code null} for as fast as they like
	 * @param next the rates from now on, or {@code null} for as fast as they like
	 * @return whether it was replaced
	 */
	public synchronized boolean replace(@Nullable SessionRates former, @Nullable SessionRates next) {
		boolean common = rates() == former;
		if (common) {
			rates(next);
		}
		return common;
	}

	/**
	 * Reads the clock, unless the time makes no difference to what is decoded next.
	 * @return the time, or what stands for one that was not read
	 */
	public long time() {
		SessionRates present = rates();
		return (present == null || allowsBatch(present)) ? Bucket.CLOCK_NOT_READ : present.clock().getAsLong();
	}

	private boolean allowsBatch(SessionRates rates) {
		Bucket messages = rates.messages();
		Bucket bytes = rates.bytes();
		return (messages == null || messages.allowsBatch(this.messageArrival))
				&& (bytes == null || bytes.allowsBatch(this.byteArrival));
	}

	/**
	 * Returns how many frames may be decoded before the peer has to wait.
	 * @param now the {@link #time}
	 * @return the number, 0 for none
	 */
	public int frameRoom(long now) {
		SessionRates present = pausingRates();
		return (present != null) ? room(present.messages(), this.messageArrival, present.bytes(), this.byteArrival, now)
				: Integer.MAX_VALUE;
	}

	/**
	 * Returns after how many bytes no further frame may be decoded.
	 * @param now the {@link #time}
	 * @return the number, 0 if no frame may be
	 */
	public int byteRoom(long now) {
		SessionRates present = pausingRates();
		return (present != null) ? room(present.bytes(), this.byteArrival, present.messages(), this.messageArrival, now)
				: Integer.MAX_VALUE;
	}

	/** Returns the room of one kind, which is none while the other kind has to wait. */
	private static int room(@Nullable Bucket one, long arrival, @Nullable Bucket other, long otherArrival, long now) {
		if (other != null && other.wait(otherArrival, now) > 0) {
			return 0;
		}
		return (one != null) ? one.room(arrival, now) : Integer.MAX_VALUE;
	}

	/**
	 * Returns how long the peer has to wait, by the clock. Any thread that has seen that
	 * it has to.
	 * @return the time in nanoseconds, 0 if it need not
	 */
	public long waitNanos() {
		SessionRates present = pausingRates();
		return (present != null) ? waitNanos(present.clock().getAsLong()) : 0;
	}

	/**
	 * Returns how long the peer has to wait.
	 * @param now the {@link #time}
	 * @return the time in nanoseconds, 0 if it need not
	 */
	public long waitNanos(long now) {
		SessionRates present = pausingRates();
		if (present == null) {
			return 0;
		}
		long wait = (present.messages() != null) ? present.messages().wait(this.messageArrival, now) : 0;
		return (present.bytes() != null) ? Math.max(wait, present.bytes().wait(this.byteArrival, now)) : wait;
	}

	/**
	 * The peer has to wait. Any thread.
	 * @param then is run when it need not wait any longer, or a little earlier
	 * @param nanos how long it has to
	 * @param begins whether it has not waited before
	 */
	public void schedule(Runnable then, long nanos, boolean begins) {
		SessionRates present = rates();
		if (present == null) {
			// They were replaced just now, and whoever did it runs the task.
			return;
		}
		if (begins) {
			present.countExceeded();
		}
		present.schedule(then, nanos);
	}

	/**
	 * Whether each frame is checked; else they are {@link #count counted} together.
	 * @return {@code false} if a peer that sends too much only has to wait
	 */
	public boolean checksFrames() {
		SessionRates present = rates();
		return login() != null || (present != null && !present.pauses());
	}

	/**
	 * Counts frames that are not checked.
	 * @param frames how many there are, without replies
	 * @param bytes how many bytes they have in the stream
	 * @param now the time
	 */
	public void count(int frames, int bytes, long now) {
		SessionRates present = rates();
		if (present != null) {
			count(present, frames, bytes, now);
		}
	}

	/**
	 * Checks and counts a frame that is no reply.
	 * @param payload what it holds
	 * @param length the length of that, in bytes
	 * @param consumed how many bytes it has in the stream, with what was dropped in front
	 * @param now the time
	 * @return what is handled: the payload, or {@link #EXCEEDED}; {@code null} for
	 * nothing; or how the session ends because of it, a {@link CloseStatus}
	 */
	public @Nullable Object check(Object payload, int length, int consumed, long now) {
		CloseStatus refused = checkLength(length);
		if (refused != null) {
			return refused;
		}
		SessionRates present = rates();
		return (present != null) ? admitted(present, payload, consumed, now) : payload;
	}

	/**
	 * Checks a frame that may still be a reply; {@link #admit} follows unless it is.
	 * @param length how many bytes its payload has
	 * @return how the session ends because of it, or {@code null}
	 */
	public @Nullable CloseStatus checkLength(int length) {
		LoginPhase phase = login();
		return (phase != null) ? phase.checkLength(length) : null;
	}

	private @Nullable Object admitted(SessionRates rates, Object payload, int bytes, long now) {
		boolean fits = rates.pauses()
				|| ((rates.messages() == null || rates.messages().allows(this.messageArrival, now, 1))
						&& (rates.bytes() == null || rates.bytes().allows(this.byteArrival, now, bytes)));
		if (fits) {
			count(rates, 1, bytes, now);
			return payload;
		}
		rates.countExceeded();
		return (rates.rules().onExceeded() == OnExceeded.ERROR) ? EXCEEDED : rates.refusal();
	}

	private void count(SessionRates rates, int frames, int bytes, long now) {
		if (rates.messages() != null) {
			this.messageArrival = rates.messages().after(this.messageArrival, frames, now, rates.clock());
		}
		if (rates.bytes() != null) {
			this.byteArrival = rates.bytes().after(this.byteArrival, bytes, now, rates.clock());
		}
	}

	/**
	 * The framing has dropped bytes that were received.
	 * @param bytes how many bytes
	 */
	public void dropped(int bytes) {
		count(0, bytes, time());
	}

	/**
	 * Checks and counts frames that have turned out to be no replies.
	 * @param payloads what they hold; afterwards what is handled
	 * @param count how many there are
	 * @param bytes how many bytes all of them have
	 * @param now the time
	 * @return how many are handled; if the session ends behind them, there is one more
	 * element, which says how
	 */
	public int admit(@Nullable Object[] payloads, int count, int bytes, long now) {
		SessionRates present = rates();
		if (present == null) {
			return count;
		}
		int admitted = 0;
		for (int i = 0; i < count; i++) {
			Object handled = admitted(present, Objects.requireNonNull(payloads[i]), bytes / count, now);
			payloads[i] = null;
			payloads[admitted] = handled;
			if (handled instanceof CloseStatus) {
				break;
			}
			admitted += (handled != null) ? 1 : 0;
		}
		return admitted;
	}

}
