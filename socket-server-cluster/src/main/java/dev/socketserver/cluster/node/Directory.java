package dev.socketserver.cluster.node;

import dev.socketserver.cluster.directory.ClusterDirectory;

/**
 * The directory, as this node sees it.
 *
 * @param commands what can be asked of it
 * @param time its clock
 * @param status whether it can be used
 */
record Directory(ClusterDirectory commands, DirectoryTime time, DirectoryStatus status) {

	static Directory of(ClusterDirectory commands, ThisNode node) {
		return new Directory(commands, new DirectoryTime(node.clock()),
				new DirectoryStatus(node.id(), node.clock(), node.timeoutNanos()));
	}

}
