package dev.socketserver.cluster.node;

import java.util.concurrent.CompletableFuture;

/**
 * What claims ask of the membership.
 */
interface DirectoryAccess {

	/** Whether the directory can be reached, and takes claims of this node. */
	boolean isUsable();

	/**
	 * Whether that may be so soon, without a renewed lease: the directory has not been
	 * away for longer than a request may take.
	 */
	boolean mayBeUsable();

	/** A command has failed, or was void. */
	void failed();

	/**
	 * Looks for the nodes once more if one may be dead by now.
	 * @return completes when nodes that were dead before this call are known to be, or
	 * the directory has not answered
	 */
	CompletableFuture<?> nodesKnown();

}
