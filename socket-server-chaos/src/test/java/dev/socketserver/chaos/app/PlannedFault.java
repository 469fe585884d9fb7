package dev.socketserver.chaos.app;

/**
 * Thrown where a schedule has a handler fail. Only this may be in the log with a stack
 * trace.
 */
public class PlannedFault extends RuntimeException {

	private static final long serialVersionUID = 1L;

	PlannedFault() {
		super("planned");
	}

}
