package dev.socketserver.operation.search;

import java.util.Map;

import dev.socketserver.operation.BadParameterException;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all nodes, as far as the nodes show them to operators.
 */
public interface ClusterList {

	/**
	 * Returns a page of the sessions of all nodes.
	 * @param filter says which sessions
	 * @param sort the name of a {@link SessionOrder}, or {@code null} for the usual order
	 * @param after the id of the session, {@code chat-1@node}, after which the first page
	 * begins, or {@code null}
	 * @param page the page, counted from 0
	 * @param size most sessions on it
	 * @return what the endpoint {@code socketsessions} answers with {@code scope=cluster}
	 * @throws BadParameterException if a value is wrong, or there is no such server
	 */
	Map<String, Object> sessions(SessionFilter filter, @Nullable String sort, @Nullable String after, int page,
			int size);

}
