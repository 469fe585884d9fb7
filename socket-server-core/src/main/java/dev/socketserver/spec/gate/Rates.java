package dev.socketserver.spec.gate;

import java.util.Objects;

import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * How fast the peer of a session may send, after the session has been silent for a while
 * a burst at once. A frame is never cut: one that is larger than what is left passes, and
 * those behind it wait longer.
 *
 * @param messages how many messages; {@code null}, the default, for any number
 * @param bytes how many bytes, as the framing gets them, with delimiters; {@code null},
 * the default, for any number
 * @param messagesBurst how many messages may come at once; 0, the default, for those of a
 * second
 * @param bytesBurst how many bytes may come at once; 0, the default, for those of a
 * second, and at least one frame of the greatest length
 * @param onExceeded what happens to what is too much; default {@link OnExceeded#PAUSE}
 */
public record Rates(@Nullable Rate messages, @Nullable Rate bytes, int messagesBurst, int bytesBurst,
		OnExceeded onExceeded) {

	/** No limits. */
	public static final Rates DEFAULTS = new Rates(null, null, 0, 0, OnExceeded.PAUSE);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Rates {
		Objects.requireNonNull(onExceeded, "onExceeded");
		InvalidSpecException.check(messagesBurst >= 0, "rate.messagesBurst", messagesBurst, "must not be negative");
		InvalidSpecException.check(bytesBurst >= 0, "rate.bytesBurst", bytesBurst, "must not be negative");
	}

	/**
	 * Whether anything is limited.
	 * @return {@code true} with a rate of messages or bytes
	 */
	public boolean limited() {
		return this.messages != null || this.bytes != null;
	}

	/**
	 * Returns a copy with another {@link #messages()}.
	 * @param messages the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Rates messages(@Nullable Rate messages) {
		return new Rates(messages, this.bytes, this.messagesBurst, this.bytesBurst, this.onExceeded);
	}

	/**
	 * Returns a copy with another {@link #bytes()}.
	 * @param bytes the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Rates bytes(@Nullable Rate bytes) {
		return new Rates(this.messages, bytes, this.messagesBurst, this.bytesBurst, this.onExceeded);
	}

	/**
	 * Returns a copy with another {@link #messagesBurst()}.
	 * @param messagesBurst the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Rates messagesBurst(int messagesBurst) {
		return new Rates(this.messages, this.bytes, messagesBurst, this.bytesBurst, this.onExceeded);
	}

	/**
	 * Returns a copy with another {@link #bytesBurst()}.
	 * @param bytesBurst the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Rates bytesBurst(int bytesBurst) {
		return new Rates(this.messages, this.bytes, this.messagesBurst, bytesBurst, this.onExceeded);
	}

	/**
	 * Returns a copy with another {@link #onExceeded()}.
	 * @param onExceeded the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Rates onExceeded(OnExceeded onExceeded) {
		return new Rates(this.messages, this.bytes, this.messagesBurst, this.bytesBurst, onExceeded);
	}

}
