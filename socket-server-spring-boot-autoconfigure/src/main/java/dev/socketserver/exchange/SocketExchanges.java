package dev.socketserver.exchange;

import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.cluster.SocketCluster;

/**
 * Makes objects of {@link SocketExchange} interfaces. A bean. Each method checks the
 * interface first, and fails with an {@link IllegalArgumentException} that names the
 * interface and the method. What is returned is cheap, may be made for each use, and is
 * safe for use by several threads. Any thread.
 */
public interface SocketExchanges {

	/**
	 * Returns an object whose methods send and ask with a client.
	 * @param name the client's name
	 * @param type the interface
	 * @param <T> the interface
	 * @return the object; its methods fail as those of {@link SocketClient} do
	 * @throws IllegalArgumentException if there is no such client, or the interface
	 * cannot work
	 */
	<T> T client(String name, Class<T> type);

	/**
	 * Returns an object whose methods send to, and ask, the peer of a session.
	 * @param session the session, which is not kept beyond its end
	 * @param type the interface
	 * @param <T> the interface
	 * @return the object; its methods fail as those of {@link SocketSession} do
	 * @throws IllegalArgumentException if the interface cannot work
	 */
	<T> T session(SocketSession session, Class<T> type);

	/**
	 * Returns an object whose methods send to, and ask, the newest session of an
	 * identity, on this node or another.
	 * @param identity what kind of identity, for example {@code device}
	 * @param id the identity itself
	 * @param type the interface
	 * @param <T> the interface
	 * @return the object; its methods fail with a
	 * {@link dev.socketserver.cluster.DeliveryException} at once where there is no
	 * session, and else as those of {@link SocketCluster} do
	 * @throws IllegalArgumentException if the interface cannot work
	 */
	<T> T identity(String identity, String id, Class<T> type);

	/**
	 * Returns an object whose methods post letters to an identity, each under a key of
	 * its own. Only {@link Send} is possible; a parameter of type
	 * {@link java.time.Duration} is how long the letter may wait.
	 * @param identity what kind of identity, for example {@code device}
	 * @param id the identity itself
	 * @param type the interface
	 * @param <T> the interface
	 * @return the object; its methods fail as the mailbox does
	 * @throws IllegalArgumentException if the interface cannot work
	 * @throws IllegalStateException if there is no mailbox
	 */
	<T> T mailbox(String identity, String id, Class<T> type);

}
