package dev.socketserver.operation;

/**
 * There is no server, client or session of a given name or id: 404 over HTTP.
 */
public final class UnknownTargetException extends BadParameterException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what there is not
	 */
	public UnknownTargetException(String message) {
		super(message, "Unknown name or id");
	}

	/**
	 * Creates the exception for a server that does not exist.
	 * @param name the name
	 * @return the exception
	 */
	public static UnknownTargetException server(String name) {
		return new UnknownTargetException("There is no server '" + name + "'");
	}

	/**
	 * Creates the exception for a listener that does not exist.
	 * @param server the name of the server
	 * @param name the name of the listener
	 * @return the exception
	 */
	public static UnknownTargetException listener(String server, String name) {
		return new UnknownTargetException("Server '" + server + "' has no listener " + quoted(name));
	}

	/**
	 * Creates the exception for a client that does not exist.
	 * @param name the name
	 * @return the exception
	 */
	public static UnknownTargetException client(String name) {
		return new UnknownTargetException("There is no client '" + name + "'");
	}

	/**
	 * Creates the exception for something else than a server or client.
	 * @param kind what was asked for
	 * @return the exception
	 */
	public static UnknownTargetException kind(String kind) {
		return new UnknownTargetException("There is no kind " + quoted(kind) + ": use servers or clients");
	}

	/**
	 * Creates the exception for a session that is not open.
	 * @param id the id
	 * @return the exception
	 */
	public static UnknownTargetException openSession(String id) {
		return new UnknownTargetException("There is no open session '" + id + "'");
	}

	/**
	 * Creates the exception for a tap that there is not, or not any more.
	 * @param id the id
	 * @return the exception
	 */
	public static UnknownTargetException tap(String id) {
		return new UnknownTargetException("There is no tap '" + id + "', or not any more");
	}

	/**
	 * Creates the exception for an address that is not banned.
	 * @param server the name of the server
	 * @param address the address
	 * @return the exception
	 */
	public static UnknownTargetException ban(String server, String address) {
		return new UnknownTargetException("'" + server + "' does not ban " + quoted(address));
	}

	/**
	 * Creates the exception for a session that is not open, nor one of the last that
	 * ended.
	 * @param id the id
	 * @return the exception
	 */
	public static UnknownTargetException session(String id) {
		return new UnknownTargetException(
				"There is no session '" + id + "', neither open nor among the last that ended");
	}

}
