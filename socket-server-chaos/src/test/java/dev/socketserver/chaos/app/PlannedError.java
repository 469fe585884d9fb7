package dev.socketserver.chaos.app;

/**
 * An error of a handler, which is as little a failure of the server as an exception.
 */
public class PlannedError extends Error {

	private static final long serialVersionUID = 1L;

	PlannedError() {
		super("planned");
	}

}
