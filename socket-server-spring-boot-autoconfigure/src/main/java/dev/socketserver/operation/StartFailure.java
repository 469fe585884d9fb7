package dev.socketserver.operation;

import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Determines how a server has failed from what its start threw. That is not always a
 * {@link ServerStartException}: a bean that is made for the start may throw anything, and
 * the system may lack a thread.
 */
public final class StartFailure {

	private static final SafeLogger logger = SafeLogger.of(StartFailure.class);

	private StartFailure() {
	}

	/**
	 * Returns how a server has failed. What its start threw is logged if the failure only
	 * has it as its cause: that is no port that cannot be bound, which the message of the
	 * failure covers, and needs its stack trace.
	 * @param server the server
	 * @param thrown what {@link SocketServer#start()} threw
	 * @return the failure, or {@code null} if the server has not failed because of that
	 */
	public static @Nullable ServerStartException of(SocketServer server, Throwable thrown) {
		if (thrown instanceof ServerStartException known) {
			return known;
		}
		if (server.failure() instanceof ServerStartException failure && failure.getCause() == thrown) {
			logger.error("Server '{}' could not be started", server.name(), thrown);
			return failure;
		}
		return null;
	}

}
