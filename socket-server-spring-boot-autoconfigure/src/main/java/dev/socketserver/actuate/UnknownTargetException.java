package dev.socketserver.actuate;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * There is no server or session of the name or id given: 404 over HTTP.
 */
final class UnknownTargetException extends InvalidEndpointRequestException {

	private static final long serialVersionUID = 1L;

	UnknownTargetException(String message) {
		super(message, "Unknown name or id");
	}

	static UnknownTargetException server(String name) {
		return new UnknownTargetException("There is no server '" + name + "'");
	}

	static UnknownTargetException openSession(String id) {
		return new UnknownTargetException("There is no open session '" + id + "'");
	}

	/** Neither open nor remembered. */
	static UnknownTargetException session(String id) {
		return new UnknownTargetException("There is no session '" + id + "', nor is it one of the last that ended");
	}

}
