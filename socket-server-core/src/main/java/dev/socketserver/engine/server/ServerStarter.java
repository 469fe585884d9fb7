package dev.socketserver.engine.server;

import dev.socketserver.admission.KeptPermits;
import org.jspecify.annotations.Nullable;

/**
 * Makes the runs of one server.
 */
public interface ServerStarter {

	/**
	 * Makes a run, whose port is bound, and which accepts nothing yet. One call at a time
	 * for one server.
	 * @param server what all its runs share
	 * @param owner is notified of what becomes of the run
	 * @param kept earlier runs that still have sessions
	 * @return the run
	 * @throws dev.socketserver.ServerStartException if something cannot be had that is
	 * known to be missing at times
	 */
	ServerRun begin(ServerContext server, ServerRun.RunEvents owner, KeptPermits kept);

	/**
	 * Returns the name of the socket that runs inherit. Any thread.
	 * @return the name, or {@code null} if they bind one
	 */
	default @Nullable String inherited() {
		return null;
	}

}
