package dev.socketserver;

import org.jspecify.annotations.Nullable;

/**
 * Something about a server that an operator should look at. An alarm is raised once when
 * its condition begins, and again only after the condition was over, or after the pause
 * that is given for its kind.
 *
 * @param kind what the alarm is about
 * @param detail a description with figures, for people; it contains nothing that a peer
 * has sent
 * @param cause the failure, or {@code null} if nothing failed
 */
public record Alarm(Kind kind, String detail, @Nullable Throwable cause) {

	/** What alarms are about. */
	public enum Kind {

		/**
		 * No connection can be accepted: there are no file descriptors left, or the
		 * listening socket broke.
		 */
		ACCEPT_FAILED,

		/**
		 * The condition of {@link #ACCEPT_FAILED} is over: connections are accepted
		 * again, and nothing has failed for a moment.
		 */
		ACCEPT_RESUMED,

		/**
		 * The number of sessions, together with connections that are pending, has reached
		 * the part of its limit that {@link ServerSpec.Limits#alarm()} gives. Raised
		 * again only after the number was below three quarters of that.
		 */
		SESSIONS,

		/**
		 * A hundred connections were refused within a minute. Raised again after ten
		 * minutes at the earliest.
		 */
		REJECTIONS,

		/**
		 * The {@linkplain SocketServers#memoryUsed() memory for waiting bytes} is nearly
		 * used up. Raised again after a minute at the earliest.
		 */
		MEMORY,

		/** Key and certificates could not be reloaded; the ones before stay in use. */
		TLS

	}

}
