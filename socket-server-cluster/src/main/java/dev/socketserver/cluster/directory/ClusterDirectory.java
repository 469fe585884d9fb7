package dev.socketserver.cluster.directory;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Who owns what. It is derived from what the nodes say, and may be lost at any time.
 * <p>
 * All methods return at once, from any thread. Their futures complete on a thread of the
 * directory, which must not be blocked, in the order of the calls as long as one
 * connection lasts; they fail if the directory cannot be reached, and then the command
 * may have had its effect. A command is never repeated, and one that was given to an
 * older connection has no effect after one that was given to a newer.
 */
public interface ClusterDirectory {

	/**
	 * Renews the lease of a node, or has it join.
	 * @param lease what it says of itself
	 * @return what the directory knows
	 */
	CompletableFuture<Renewal> renew(Lease lease);

	/**
	 * Claims identities, each in one atomic step.
	 * @param claimer who claims
	 * @param claims what
	 * @return the results, in order
	 */
	CompletableFuture<List<ClaimResult>> claim(IdentityClaimer claimer, List<IdentityClaim> claims);

	/**
	 * Takes back claims, as far as their tokens are still those of the directory.
	 * @param node the node
	 * @param entries its entries
	 * @return completes when that is done
	 */
	CompletableFuture<@Nullable Void> release(NodeId node, List<DirectoryEntry> entries);

	/**
	 * Finds the entries of an identity, over all servers.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the entries, also those of nodes that are dead; completing the future
	 * withdraws the command if it is not under way
	 */
	CompletableFuture<List<DirectoryEntry>> find(String type, String id);

	/**
	 * Lists the entries of a node.
	 * @param node the node
	 * @param from where the page begins; empty for the first
	 * @return a page
	 */
	CompletableFuture<OwnedPage> owned(NodeId node, String from);

	/**
	 * Removes a page of the entries that a dead node has left, and with the last page
	 * what else is known of it.
	 * @param node the node; if it lives nothing happens
	 * @param from where the page begins; empty for the first
	 * @return where the next page begins, or empty
	 */
	CompletableFuture<String> sweep(NodeId node, String from);

	/**
	 * Ends the lease of a node. Its entries count no more.
	 * @param node the node
	 * @return completes when that is done
	 */
	CompletableFuture<@Nullable Void> leave(NodeId node);

	/**
	 * Gives up the connection that there was when the lease was last renewed, so that the
	 * next command makes another. One that was made since stays.
	 */
	void reconnect();

	/** Gives up the connection for good. */
	void close();

}
