package dev.socketserver.autoconfigure;

/**
 * Knows which servers and clients there are going to be, before they are made.
 */
public interface ConfiguredNames {

	/**
	 * Returns whether the properties ask for a server.
	 * @param name the server's name
	 * @return whether there is an entry of that name that is not switched off
	 */
	boolean hasServer(String name);

	/**
	 * Returns whether the properties ask for a client.
	 * @param name the client's name
	 * @return whether there is an entry of that name that is not switched off
	 */
	boolean hasClient(String name);

}
