package dev.socketserver.cluster.node;

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

}
