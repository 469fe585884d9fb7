package dev.socketserver.spec.gate;

import java.util.Objects;
import java.util.function.Consumer;

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
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Rates with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private @Nullable Rate messages;

		private @Nullable Rate bytes;

		private int messagesBurst;

		private int bytesBurst;

		private OnExceeded onExceeded;

		private Builder(Rates from) {
			this.messages = from.messages();
			this.bytes = from.bytes();
			this.messagesBurst = from.messagesBurst();
			this.bytesBurst = from.bytesBurst();
			this.onExceeded = from.onExceeded();
		}

		/**
		 * Sets {@link Rates#messages()}.
		 * @param messages the value
		 * @return this builder
		 */
		public Builder messages(@Nullable Rate messages) {
			this.messages = messages;
			return this;
		}

		/**
		 * Sets {@link Rates#bytes()}.
		 * @param bytes the value
		 * @return this builder
		 */
		public Builder bytes(@Nullable Rate bytes) {
			this.bytes = bytes;
			return this;
		}

		/**
		 * Sets {@link Rates#messagesBurst()}.
		 * @param messagesBurst the value
		 * @return this builder
		 */
		public Builder messagesBurst(int messagesBurst) {
			this.messagesBurst = messagesBurst;
			return this;
		}

		/**
		 * Sets {@link Rates#bytesBurst()}.
		 * @param bytesBurst the value
		 * @return this builder
		 */
		public Builder bytesBurst(int bytesBurst) {
			this.bytesBurst = bytesBurst;
			return this;
		}

		/**
		 * Sets {@link Rates#onExceeded()}.
		 * @param onExceeded the value
		 * @return this builder
		 */
		public Builder onExceeded(OnExceeded onExceeded) {
			this.onExceeded = onExceeded;
			return this;
		}

		private Rates build() {
			return new Rates(this.messages, this.bytes, this.messagesBurst, this.bytesBurst, this.onExceeded);
		}

	}

}
