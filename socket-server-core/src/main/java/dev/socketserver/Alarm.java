package dev.socketserver;

import org.jspecify.annotations.Nullable;

/**
 * Something about a server that an operator should look at. It is told once when it
 * begins, and again only after it was over, or after a pause that its kind names.
 *
 * @param kind what kind of thing
 * @param detail what it is, with its figures, for people; nothing that a peer has sent
 * @param cause what failed, if something did
 */
public record Alarm(Kind kind, String detail, @Nullable Throwable cause) {

	/** What alarms are about. */
	public enum Kind {

		/** Nothing can be accepted: no descriptors, or the listening socket is lost. */
		ACCEPT_FAILED,

		/**
		 * What {@link #ACCEPT_FAILED} told of is over: connections are accepted again,
		 * and nothing has failed for a moment.
		 */
		ACCEPT_RESUMED,

		/**
		 * There are nearly as many sessions as there may be, as
		 * {@link ServerSpec.Limits#alarm()} says. It is told again only after there have
		 * been less than three quarters of that.
		 */
		SESSIONS,

		/**
		 * A hundred connections were refused within a minute. It is told again after ten
		 * minutes at the earliest.
		 */
		REJECTIONS,

		/**
		 * Nearly all memory for waiting bytes is in use. It is told again after a minute
		 * at the earliest.
		 */
		MEMORY,

		/** A certificate could not be reloaded; the one before it stays in use. */
		TLS

	}

}
