package dev.socketserver.operation;

/**
 * There is no server, client or session of the name or id given: 404 over HTTP.
 */
public final class UnknownTargetException extends BadParameterException {

	private static final long serialVersionUID = 1L;

	UnknownTargetException(String message) {
		super(message, "Unknown name or id");
	}

	/**
	 * There is no server of a name.
	 * @param name the name
	 * @return the exception
	 */
	public static UnknownTargetException server(String name) {
		return new UnknownTargetException("There is no server '" + name + "'");
	}

	/**
	 * There is no client of a name.
	 * @param name the name
	 * @return the exception
	 */
	public static UnknownTargetException client(String name) {
		return new UnknownTargetException("There is no client '" + name + "'");
	}

	/**
	 * No session of an id is open.
	 * @param id the id
	 * @return the exception
	 */
	public static UnknownTargetException openSession(String id) {
		return new UnknownTargetException("There is no open session '" + id + "'");
	}

	/**
	 * A session is neither open nor remembered.
	 * @param id the id
	 * @return the exception
	 */
	public static UnknownTargetException session(String id) {
		return new UnknownTargetException("There is no session '" + id + "', nor is it one of the last that ended");
	}

}
