package dev.socketserver.operation.search;

import java.util.Map;

import dev.socketserver.operation.BadParameterException;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all nodes, as far as the nodes show them to operators.
 */
public interface ClusterList {

	/**
	 * Returns a page of the sessions of all nodes. Asks the other nodes, and waits for
	 * them as long as {@code socket.cluster.request-timeout} says for each of their
	 * pages, so it is not for I/O threads. Of each node, only the first 10,000 sessions
	 * are looked through.
	 * @param filter says which sessions
	 * @param sort the name of a {@link SessionOrder}, or {@code null} for the usual order
	 * @param after the id of the session, {@code chat-1@node}, after which the first page
	 * begins, or {@code null}
	 * @param page the page, counted from 0
	 * @param size most sessions on it, 1 to 500
	 * @return what the endpoint {@code socketsessions} answers with
	 * {@code scope=cluster}: {@code sessions}, {@code page}, whether that is
	 * {@code complete}, and the names of nodes that did not answer as {@code missing}
	 * @throws BadParameterException if a value is wrong, the position of the session
	 * {@code after} is not known, or no node has such a server
	 */
	Map<String, Object> sessions(SessionFilter filter, @Nullable String sort, @Nullable String after, int page,
			int size);

}
