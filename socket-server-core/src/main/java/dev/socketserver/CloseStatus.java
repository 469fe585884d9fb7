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

}
