package dev.socketserver;

import java.net.InetSocketAddress;

import dev.socketserver.address.AddressBan;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Limits;
import org.jspecify.annotations.Nullable;

/**
 * A listener that is notified of what happens to servers and their sessions, each event
 * once. It is called on the thread on which the event occurred. That is an I/O thread
 * only for {@link #rejected}, and for sessions of servers in
 * {@link ExecutionMode#EVENT_LOOP}. A listener must be quick, and safe for use by several
 * threads. What it throws is logged and has no other effect.
 */
public interface SocketServerListener {

	/**
	 * A server was registered. Called before any other method for this server.
	 * @param server the server, {@link ServerState#STOPPED}
	 */
	default void registered(SocketServer server) {
	}

	/**
	 * A server was removed. Called after all other methods for this server, except for
	 * {@code closed} of sessions whose handlers did not return in time.
	 * @param server the server, {@link ServerState#STOPPED} or {@link ServerState#FAILED}
	 */
	default void removed(SocketServer server) {
	}

	/**
	 * A server has begun to listen.
	 * @param server the server, {@link ServerState#RUNNING}
	 */
	default void started(SocketServer server) {
	}

	/**
	 * A server could not start.
	 * @param server the server, {@link ServerState#FAILED}
	 * @param cause why
	 */
	default void failed(SocketServer server, Throwable cause) {
	}

	/**
	 * A server has begun to drain. Not called for a stop.
	 * @param server the server, {@link ServerState#DRAINING} unless it has stopped
	 * already
	 */
	default void draining(SocketServer server) {
	}

	/**
	 * A server no longer listens, and its sessions have ended, were aborted, or are kept.
	 * Called after {@link #started}, once for each start that succeeded.
	 * @param server the server, {@link ServerState#STOPPED}
	 */
	default void stopped(SocketServer server) {
	}

	/**
	 * A session has begun; its handler has not been called yet.
	 * @param session the session
	 */
	default void opened(SocketSession session) {
	}

	/**
	 * A session has been {@linkplain SocketSession#bind bound} to an identity. Called on
	 * the thread that has bound it, before that call returns; in a cluster on one that
	 * must not wait, and again when the directory grants another token.
	 * @param session the session, which may have lost the identity again
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	default void bound(SocketSession session, String type, String id) {
	}

	/**
	 * A session has ended, and its handler has finished.
	 * @param session the session
	 * @param status how it ended
	 */
	default void closed(SocketSession session, CloseStatus status) {
	}

	/**
	 * A connection was refused before it became a session. Called on the I/O thread.
	 * @param server the server
	 * @param peer the address of the peer
	 * @param reason why
	 */
	default void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
	}

	/**
	 * A connection was refused before it became a session. Called on the I/O thread. By
	 * default, calls the method without a detail.
	 * @param server the server
	 * @param peer the address of the peer
	 * @param reason why
	 * @param detail more about the reason, for people, without line breaks; {@code null}
	 * if there is nothing more to say
	 */
	default void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		rejected(server, peer, reason);
	}

	/**
	 * A connection was refused before it became a session. Called on the I/O thread. By
	 * default, calls the method without a listener.
	 * @param server the server
	 * @param listener the name of the listener by which it came
	 * @param peer the address of the peer
	 * @param reason why
	 * @param detail more about the reason, for people, without line breaks; {@code null}
	 * if there is nothing more to say
	 */
	default void rejected(SocketServer server, String listener, InetSocketAddress peer, RejectReason reason,
			@Nullable String detail) {
		rejected(server, peer, reason, detail);
	}

	/**
	 * A server has banned an address, and the ban is in force. Called on a thread of its
	 * own; the bans and alarms of one server come one after the other.
	 * @param server the server
	 * @param ban the ban
	 */
	default void banned(SocketServer server, AddressBan ban) {
	}

	/**
	 * An operator should look at something about a server. Called on a thread of its own;
	 * the bans and alarms of one server come one after the other.
	 * @param server the server
	 * @param alarm what it is about
	 */
	default void alarm(SocketServer server, Alarm alarm) {
	}

	/**
	 * Something about a server that an operator should look at. An alarm is raised once
	 * when its condition begins, and again only after the condition was over, or after
	 * the pause that is given for its kind.
	 *
	 * @param kind what the alarm is about
	 * @param detail a description with figures, for people; it contains nothing that a
	 * peer has sent
	 * @param cause the failure, or {@code null} if nothing failed
	 */
	record Alarm(Kind kind, String detail, @Nullable Throwable cause) {

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
			 * The number of sessions, together with connections that are pending, has
			 * reached the part of its limit that {@link Limits#alarm()} gives. Raised
			 * again only after the number was below three quarters of that.
			 */
			SESSIONS,

			/**
			 * A hundred connections were refused within a minute. Raised again after ten
			 * minutes at the earliest.
			 */
			REJECTIONS,

			/**
			 * The {@linkplain SocketServers#memoryUsed() memory for waiting bytes} is
			 * nearly used up. Raised again after a minute at the earliest.
			 */
			MEMORY,

			/**
			 * Key and certificates could not be reloaded; the ones before stay in use.
			 */
			TLS

		}

	}

}
