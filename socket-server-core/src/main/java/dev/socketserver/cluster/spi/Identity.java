package dev.socketserver.cluster.spi;

/**
 * An identity of a server.
 *
 * @param server the name of the server
 * @param type what kind of identity
 * @param id the identity itself
 */
public record Identity(String server, String type, String id) {

	@Override
	public String toString() {
		return this.type + ":" + this.id + " of " + this.server;
	}

}
