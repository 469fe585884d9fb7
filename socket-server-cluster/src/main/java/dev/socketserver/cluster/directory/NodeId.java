package dev.socketserver.cluster.directory;

/**
 * One life of a node.
 *
 * @param name the name, {@code [A-Za-z0-9._-]+}
 * @param incarnation random for each start, of the same characters
 */
public record NodeId(String name, String incarnation) {

	@Override
	public String toString() {
		return this.name + "/" + this.incarnation;
	}

}
