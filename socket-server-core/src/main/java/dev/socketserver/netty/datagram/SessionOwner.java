package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;

import dev.socketserver.DatagramDrop;
import dev.socketserver.engine.session.Session;
import io.netty.channel.EventLoop;

/**
 * What the sessions of UDP belong to.
 */
interface SessionOwner {

	/** Serves all of them. */
	EventLoop loop();

	/** Datagrams were dropped. Any thread. */
	void dropped(DatagramDrop reason, int count);

	/** A datagram was taken by the system. A client counts its messages. */
	default void sent() {
	}

	/**
	 * Whether a stranger may not be sent so much. To a client, its server is none.
	 * @param received how many bytes he has sent
	 * @param sent how many he will have been sent
	 */
	default boolean amplifies(long received, long sent) {
		return false;
	}

	/**
	 * The system has reported a failure, and has not taken a datagram. On the loop.
	 * @param failure what it says
	 * @return what has failed
	 */
	default Failed failed(Throwable failure) {
		return Failed.DATAGRAM;
	}

	/** A session takes nothing more, and sends nothing. On the loop. */
	void gone(Session session);

	/**
	 * A session has ended, and its handler was notified. A client learns that elsewhere.
	 * Any thread.
	 */
	default void ended(InetSocketAddress peer, long number) {
	}

	/** What a failure is about. */
	enum Failed {

		/** The datagram that was to be sent: the next may reach its peer. */
		DATAGRAM,

		/** One that was sent before: the same may be tried again. */
		EARLIER,

		/** The socket, which has no other peer: the session ends. */
		SESSION

	}

}
