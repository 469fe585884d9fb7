package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;

import dev.socketserver.DatagramDrop;
import dev.socketserver.SessionSpec;
import io.netty.channel.EventLoop;

/**
 * What the sessions of UDP belong to.
 */
interface SessionOwner {

	/** What the sessions are made from. */
	SessionSpec spec();

	/** Serves all of them. */
	EventLoop loop();

	/** Datagrams were dropped. Any thread. */
	void dropped(DatagramDrop reason, int count);

	/** A datagram was taken by the system. */
	void sent();

	/**
	 * Whether a stranger may not be sent so much.
	 * @param received how many bytes he has sent
	 * @param sent how many he will have been sent
	 */
	boolean amplifies(long received, long sent);

	/**
	 * Whether a session ends when nobody is there, since its socket has no other peer.
	 */
	default boolean endsWithItsPeer() {
		return false;
	}

	/** A session takes nothing more, and sends nothing. On the loop. */
	void gone();

	/** A session has ended, and its handler was notified. Any thread. */
	void ended(InetSocketAddress peer);

}
