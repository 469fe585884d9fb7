package dev.socketserver.cluster.node;

/**
 * What claims ask of the membership.
 */
interface DirectoryAccess {

	/** Whether the directory can be reached, and takes claims of this node. */
	boolean isUsable();

	/** A command has failed, or was void. */
	void failed();

}
