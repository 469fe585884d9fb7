package dev.socketserver.operation.search;

import java.util.Map;

import dev.socketserver.operation.BadParameterException;

/**
 * The sessions of all nodes, as far as the nodes show them to operators.
 */
public interface ClusterList {

	/**
	 * Returns a page of the sessions of all nodes. Asks the other nodes, and waits for
	 * them as long as {@code socket.cluster.request-timeout} says for each of their
	 * pages, so it is not for I/O threads. Of each node, only the first 10,000 sessions
	 * are looked through.
	 * @param query says which; the id of the session {@code after} is as in
	 * {@code chat-1@node}
	 * @return what the endpoint {@code socketsessions} answers with
	 * {@code scope=cluster}: {@code sessions}, {@code page}, whether that is
	 * {@code complete}, and the names of nodes that did not answer as {@code missing}
	 * @throws BadParameterException if the position of the session {@code after} is not
	 * known, or no node has such a server
	 */
	Map<String, Object> sessions(SessionQuery query);

}
