package dev.socketserver.autoconfigure.lifecycle;

/**
 * Determines which servers and clients the properties ask for, before they are
 * registered.
 */
public interface ConfiguredNames {

	/**
	 * Returns whether the properties ask for a server.
	 * @param name the server's name
	 * @return whether there is an entry of that name that is not disabled
	 */
	boolean hasServer(String name);

	/**
	 * Returns whether the properties ask for a client.
	 * @param name the client's name
	 * @return whether there is an entry of that name that is not disabled
	 */
	boolean hasClient(String name);

}
