package dev.socketserver;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to servers and sessions, each fact once. Calls come from the
 * thread on which the fact occurred, never from an I/O thread except for
 * {@link #rejected}, and for sessions of servers in {@link ExecutionMode#EVENT_LOOP}: a
 * listener must be quick, and safe for use by several threads. An exception is logged and
 * has no other effect.
 */
public interface SocketServerListener extends SessionListener {

	/**
	 * A server exists from now on. It is told before anything else of the server.
	 * @param server the server, {@link ServerState#STOPPED}
	 */
	default void registered(SocketServer server) {
	}

	/**
	 * A server was removed. It is told after everything else of the server, except for
	 * the ends of sessions whose handlers did not return in time.
	 * @param server the server, {@link ServerState#STOPPED} or {@link ServerState#FAILED}
	 */
	default void removed(SocketServer server) {
	}

	/**
	 * A server listens.
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
	 * A server no longer listens and its sessions have ended, have been cut, or are kept.
	 * It is told after {@link #started}, once for each start that succeeded.
	 * @param server the server, {@link ServerState#STOPPED}
	 */
	default void stopped(SocketServer server) {
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
	 * A connection was refused before it became a session. Called on the I/O thread; does
	 * by default what the method without a detail does.
	 * @param server the server
	 * @param peer the address of the peer
	 * @param reason why
	 * @param detail what exactly, for people, if there is more to say; without line ends
	 */
	default void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		rejected(server, peer, reason);
	}

	/**
	 * Something about a server should be looked at. Told on a thread of its own, and of
	 * one server one after the other.
	 * @param server the server
	 * @param alarm what
	 */
	default void alarm(SocketServer server, Alarm alarm) {
	}

}
