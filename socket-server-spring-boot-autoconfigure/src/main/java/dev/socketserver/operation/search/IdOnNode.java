package dev.socketserver.operation.search;

import org.jspecify.annotations.Nullable;

/**
 * The id of a session or tap as operators of a cluster see it, such as
 * {@code chat-1@node}.
 *
 * @param local the id on its node
 * @param node the name of the node
 */
public record IdOnNode(String local, String node) {

	private static final char SEPARATOR = '@';

	/**
	 * Whether an id names a node.
	 * @param id the id, or {@code null}
	 * @return {@code true} if it does
	 */
	public static boolean isOne(@Nullable String id) {
		return id != null && id.indexOf(SEPARATOR) >= 0;
	}

	/**
	 * Returns the parts of an id that {@linkplain #isOne names a node}. The node is what
	 * follows the last {@code @}.
	 * @param id the id
	 * @return its parts
	 * @throws IndexOutOfBoundsException if it names no node
	 */
	public static IdOnNode of(String id) {
		int at = id.lastIndexOf(SEPARATOR);
		return new IdOnNode(id.substring(0, at), id.substring(at + 1));
	}

	/** Returns the id as it is shown. */
	@Override
	public String toString() {
		return this.local + SEPARATOR + this.node;
	}

}
