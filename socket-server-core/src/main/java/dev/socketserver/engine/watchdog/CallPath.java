package dev.socketserver.engine.watchdog;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.engine.lane.Lane;

/**
 * What may be between a lane and the code of the application that it calls: the engine,
 * and the classes of other modules through which they have handlers called. Immutable.
 */
public final class CallPath {

	/** The engine, its adapters of handlers, and what these call through. */
	private static final List<String> ENGINE = List.of("dev.socketserver.engine.lane.",
			"dev.socketserver.engine.handlers.", "dev.socketserver.engine.replies.", "dev.socketserver.engine.session.",
			"dev.socketserver.engine.events.", "dev.socketserver.engine.log.", "dev.socketserver.engine.client.",
			"dev.socketserver.engine.requests.", "dev.socketserver.ServerHandler", "dev.socketserver.SessionHandler",
			"dev.socketserver.StatefulSessionHandler", "dev.socketserver.FunctionSessionHandler",
			"dev.socketserver.ConnectionHandler", "dev.socketserver.DetailedHandler", "dev.socketserver.payload.",
			"kotlin.", "kotlinx.coroutines.", "java.", "jdk.", "sun.");

	private final List<String> between;

	private final List<String> chains;

	/**
	 * Creates the path of one application.
	 * @param names how the names of classes begin through which handlers are called
	 * @param chains how the names of those begin through which an interceptor of the
	 * application goes on to the handler
	 */
	public CallPath(Collection<String> names, Collection<String> chains) {
		this.between = Stream.concat(ENGINE.stream(), names.stream()).toList();
		this.chains = List.copyOf(chains);
	}

	/**
	 * Returns the method of the application that the lane has called: the outermost one
	 * that belongs neither to the engine nor to what that calls through, nor to an
	 * interceptor that has gone on.
	 */
	public String method(StackTraceElement[] stack) {
		int frame = stack.length - 1;
		while (frame >= 0 && !isLane(stack[frame])) {
			frame--;
		}
		StackTraceElement called = null;
		boolean sought = true;
		for (; frame >= 0; frame--) {
			String name = stack[frame].getClassName();
			if (begins(name, this.chains)) {
				sought = true;
			}
			else if (sought && !isBetween(name)) {
				called = stack[frame];
				sought = false;
			}
		}
		if (called == null && stack.length > 0) {
			called = stack[0];
		}
		return (called != null) ? called.getClassName() + "." + called.getMethodName() : "code without a stack";
	}

	/**
	 * Whether the lane runs its tasks there. Other methods of a lane are called by those
	 * who have it run.
	 */
	private static boolean isLane(StackTraceElement frame) {
		return frame.getClassName().equals(Lane.class.getName()) && frame.getMethodName().equals("runTasks");
	}

	private boolean isBetween(String name) {
		// Names of generated proxies contain two dollar signs.
		return name.contains("$$") || begins(name, this.between);
	}

	/** Names of packages end with a dot; those of classes are whole. */
	private static boolean begins(String name, List<String> beginnings) {
		return beginnings.stream()
			.anyMatch((known) -> name.startsWith(known)
					&& (known.endsWith(".") || name.length() == known.length() || name.charAt(known.length()) == '$'));
	}

}
