package dev.socketserver.cluster.directory;

import java.util.List;

import dev.socketserver.cluster.ClusterNode;

/**
 * What the directory answers to a node that renews its lease.
 *
 * @param superseded whether a newer node has the name: nothing was renewed then
 * @param now the directory's clock, in microseconds
 * @param epoch the life of the directory; another one after it was lost
 * @param joined the token by which the node has joined
 * @param highest the highest token that was granted
 * @param digest what the node owns
 * @param nodes all nodes
 * @param graves lives of nodes that are over, and have left entries
 * @param untilNextEnd how long the lease of another node lasts, the shortest if there are
 * several, in microseconds; more than any if there is none
 */
public record Renewal(boolean superseded, long now, String epoch, long joined, long highest, Digest digest,
		List<Member> nodes, List<NodeId> graves, long untilNextEnd) {

	/**
	 * A node, as the directory knows it.
	 *
	 * @param id who
	 * @param node what it has said of itself
	 */
	public record Member(NodeId id, ClusterNode node) {

	}

}
