package dev.socketserver;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How a session ended.
 *
 * @param reason why it ended
 * @param detail more about the reason, for people, or {@code null}; it never contains
 * payload
 * @param cause the failure behind it; always {@code null} for an
 * {@linkplain CloseReason#orderly() orderly} reason
 */
public record CloseStatus(CloseReason reason, @Nullable String detail, @Nullable Throwable cause) {

	/** How many characters of a text are shown. */
	private static final int MOST = 4 * 1024;

	public CloseStatus {
		Objects.requireNonNull(reason, "reason");
		if (reason.orderly()) {
			cause = null;
		}
	}

	/**
	 * Creates a status with a reason only.
	 * @param reason the reason
	 * @return the status
	 */
	public static CloseStatus of(CloseReason reason) {
		return new CloseStatus(reason, null, null);
	}

	/**
	 * Creates a status with a reason and a detail.
	 * @param reason the reason
	 * @param detail more about the reason, for people
	 * @return the status
	 */
	public static CloseStatus of(CloseReason reason, String detail) {
		return new CloseStatus(reason, detail, null);
	}

	/**
	 * Describes the end. Never throws, whatever a cause does that is asked for its
	 * message. Of detail and cause, 4096 characters each are shown.
	 */
	@Override
	public String toString() {
		return "CloseStatus[reason=" + this.reason + ", detail=" + cut(this.detail) + ", cause=" + shown(this.cause)
				+ "]";
	}

	private static @Nullable String shown(@Nullable Throwable cause) {
		try {
			return (cause != null) ? cut(cause.toString()) : null;
		}
		catch (Throwable ex) {
			return cause.getClass().getName() + ", which cannot be shown";
		}
	}

	private static @Nullable String cut(@Nullable String text) {
		return (text != null && text.length() > MOST) ? text.substring(0, MOST) + "..." : text;
	}

}
