package dev.socketserver.engine.gate;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.operator.SessionRate;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import org.jspecify.annotations.Nullable;

/**
 * What one session may do that has to prove itself, or may send only so fast. Absent for
 * all others. On the loop, unless stated otherwise.
 */
public final class SessionGate {

	/** In place of a payload that is too much, for the handler to be notified of. */
	public static final Object EXCEEDED = new Object();

	private volatile @Nullable LoginPhase login;

	private volatile @Nullable SessionRates rates;

	/** When all that has come would have come at exactly the rate. */
	private long messagesDue;

	private long bytesDue;

	/**
	 * How many bytes were decoded while the peer had to wait: replies may be among them.
	 */
	private int beyond;

	// Logins. Any thread.

	/**
	 * Returns the time until the session is logged in.
	 * @return the phase, or {@code null} if it is over
	 */
	public @Nullable LoginPhase login() {
		return this.login;
	}

	/**
	 * Begins or ends that time.
	 * @param login the phase, or {@code null} if it is over
	 */
	public void login(@Nullable LoginPhase login) {
		this.login = login;
	}

	// Rates.

	/**
	 * Returns how fast the peer may send. Any thread.
	 * @return the rates, or {@code null} for as fast as it likes
	 */
	public @Nullable SessionRates rates() {
		return this.rates;
	}

	/**
	 * Returns how fast the peer may send, for operators. Any thread.
	 * @return the rate, or {@code null} if it is not limited
	 */
	public @Nullable SessionRate rate() {
		SessionRates present = this.rates;
		if (present == null) {
			return null;
		}
		Rate messages = present.rules().messages();
		Rate bytes = present.rules().bytes();
		return new SessionRate((messages != null) ? messages.text() : null, (bytes != null) ? bytes.text() : null,
				isWaiting());
	}

	/**
	 * Sets how fast the peer may send from now on, after a full burst.
	 * @param rates the rates, or {@code null} for as fast as it likes
	 */
	public void rates(@Nullable SessionRates rates) {
		long now = System.nanoTime();
		this.messagesDue = now;
		this.bytesDue = now;
		this.rates = rates;
	}

	/**
	 * Returns how many frames may be decoded, before the peer has to wait. Any thread,
	 * for whether there are any.
	 * @return the number, 0 for none
	 */
	public int frameRoom() {
		SessionRates present = this.rates;
		if (present == null || present.rules().onExceeded() != OnExceeded.PAUSE) {
			return Integer.MAX_VALUE;
		}
		long now = System.nanoTime();
		int frames = (present.messages() != null) ? present.messages().room(this.messagesDue, now) : Integer.MAX_VALUE;
		boolean empty = present.bytes() != null && present.bytes().room(this.bytesDue, now) == 0;
		return empty ? 0 : frames;
	}

	/**
	 * Returns after how many bytes no further frame may be decoded.
	 * @return the number
	 */
	public int byteRoom() {
		SessionRates present = this.rates;
		Bucket bytes = (present != null) ? present.bytes() : null;
		if (present == null || bytes == null || present.rules().onExceeded() != OnExceeded.PAUSE) {
			return Integer.MAX_VALUE;
		}
		return bytes.room(this.bytesDue, System.nanoTime());
	}

	/**
	 * The peer has to wait.
	 * @param then is run when it need not wait any longer, on the timer
	 * @param begins whether it has not waited before
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // it does not throw
	public void await(Runnable then, boolean begins) {
		SessionRates present = this.rates;
		if (present == null) {
			return;
		}
		long now = System.nanoTime();
		long wait = 1;
		if (present.messages() != null) {
			wait = Math.max(wait, present.messages().wait(this.messagesDue, now, 1));
		}
		if (present.bytes() != null) {
			wait = Math.max(wait, present.bytes().wait(this.bytesDue, now, 1));
		}
		if (begins) {
			present.countExceeded();
		}
		present.timer().schedule(then, wait, TimeUnit.NANOSECONDS);
	}

	/**
	 * Returns how the session ends because of a frame.
	 * @param length how many bytes it has
	 * @return how, or {@code null} if it may be handled; then {@link #admit} follows
	 */
	public @Nullable CloseStatus refuses(int length) {
		LoginPhase phase = this.login;
		CloseStatus status = (phase != null) ? phase.frame(length) : null;
		SessionRates present = this.rates;
		if (status == null && present != null && present.rules().onExceeded() == OnExceeded.CLOSE
				&& isTooMuch(present, System.nanoTime())) {
			present.countExceeded();
			status = CloseStatus.of(CloseReason.RATE_EXCEEDED, "more than rate.messages or rate.bytes: "
					+ present.rules().messages() + ", " + present.rules().bytes());
		}
		return status;
	}

	private boolean isTooMuch(SessionRates present, long now) {
		return (present.messages() != null && present.messages().room(this.messagesDue, now) == 0)
				|| (present.bytes() != null && present.bytes().room(this.bytesDue, now) == 0);
	}

	/**
	 * Counts a frame that is no reply.
	 * @param payload what it holds
	 * @param consumed how many bytes it has in the stream
	 * @return what is handled: the payload, {@link #EXCEEDED}, or {@code null} for
	 * nothing
	 */
	public @Nullable Object admit(Object payload, int consumed) {
		SessionRates present = this.rates;
		if (present == null) {
			return payload;
		}
		OnExceeded action = present.rules().onExceeded();
		long now = System.nanoTime();
		boolean tooMuch = isTooMuch(present, now);
		if (tooMuch && (action == OnExceeded.DROP || action == OnExceeded.ERROR)) {
			present.countExceeded();
			return (action == OnExceeded.DROP) ? null : EXCEEDED;
		}
		this.beyond = (tooMuch && action == OnExceeded.PAUSE) ? this.beyond + consumed : 0;
		if (present.messages() != null) {
			this.messagesDue = present.messages().taken(this.messagesDue, now, 1);
		}
		if (present.bytes() != null) {
			this.bytesDue = present.bytes().taken(this.bytesDue, now, consumed);
		}
		return payload;
	}

	/**
	 * Counts frames of which none is a reply.
	 * @param payloads what they hold; then what is handled
	 * @param count how many there are
	 * @param bytes how many bytes all of them have
	 * @return how many are handled
	 */
	public int admit(@Nullable Object[] payloads, int count, int bytes) {
		int admitted = 0;
		for (int i = 0; i < count; i++) {
			Object payload = Objects.requireNonNull(payloads[i]);
			payloads[i] = null;
			Object handled = admit(payload, bytes / count);
			if (handled != null) {
				payloads[admitted++] = handled;
			}
		}
		return admitted;
	}

	/**
	 * Returns how many more bytes may be decoded while the peer has to wait.
	 * @param most how many in all
	 * @return the number
	 */
	public long extraRoom(long most) {
		return isWaiting() ? Math.max(0, most - this.beyond) : most;
	}

	/**
	 * Whether the peer has to wait. Any thread, which may see it a moment too late.
	 * @return {@code true} while nothing is read because of its rate
	 */
	public boolean isWaiting() {
		return frameRoom() == 0;
	}

}
