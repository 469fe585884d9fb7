package dev.socketserver.engine.tap;

import java.net.InetSocketAddress;

/**
 * What a tap remembers of a session, so that it does not keep the session itself.
 *
 * @param id the id
 * @param server the name of its server or client
 * @param ofClient whether it is a connection of a client
 * @param datagrams whether what it receives and sends are datagrams
 * @param remoteAddress the peer's address
 * @param localAddress our address
 */
public record TappedSession(String id, String server, boolean ofClient, boolean datagrams,
		InetSocketAddress remoteAddress, InetSocketAddress localAddress) {

	static TappedSession of(Tappable session) {
		return new TappedSession(session.id(), session.server(), session.isOfClient(), session.spec().datagrams(),
				session.remoteAddress(), session.localAddress());
	}

}
