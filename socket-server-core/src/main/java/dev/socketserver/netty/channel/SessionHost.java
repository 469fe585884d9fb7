package dev.socketserver.netty.channel;

import java.net.InetAddress;
import java.util.List;

import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.tls.RequestedHandshakes;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What connections belong to: the run of a server, or of a client.
 */
public interface SessionHost {

	/** What the sessions share. */
	SessionContext sessionContext();

	/** What runs the lanes of sessions on a loop. */
	LaneScheduler lanes(EventLoop loop);

	/** Who adds handlers to the connections, in order. */
	List<ConnectionCustomizer> customizers();

	/** What makes the TLS handshakes that handlers ask for, if they may. */
	default @Nullable RequestedHandshakes handshakes() {
		return null;
	}

	/** Of which kind the connections are. */
	default SocketKind kind() {
		return SocketKind.TCP;
	}

	/** Whether a PROXY header may precede what sessions get. */
	default boolean proxied() {
		return false;
	}

	/**
	 * Keeps the JVM alive for a session that is about to open, if it is to live so long.
	 * No one else has seen the session yet. On the loop.
	 */
	default void keepAlive() {
	}

	/** A session is about to open: its handler has not been called. On the loop. */
	default void opening(Session session) {
	}

	/** A session has opened, perhaps too late to be among those that a stop ends. */
	default void opened(Session session) {
	}

	/**
	 * A connection has ended that never became a session.
	 * @param refused whether it was refused, and is counted so
	 */
	void connectionEnded(boolean refused);

	/**
	 * The connection of a session is gone; what it had to send has been given back. On
	 * the loop.
	 */
	default void disconnected(Session session) {
	}

	/** A connection releases its permit among those of an address. */
	default void permitFree(InetAddress address) {
	}

}
