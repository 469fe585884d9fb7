package dev.socketserver.engine.server;

import java.util.List;

import dev.socketserver.admission.Admission;
import dev.socketserver.spec.listen.Protocol;
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
	 * @param earlier who was admitted in earlier runs that still have sessions
	 * @return the run
	 * @throws dev.socketserver.ServerStartException if something cannot be had that is
	 * known to be missing at times
	 */
	ServerRun begin(ServerContext server, ServerRun.RunEvents owner, List<Admission> earlier);

	/**
	 * Returns the name of the socket that runs inherit. Any thread.
	 * @return the name, or {@code null} if they bind one
	 */
	default @Nullable String inherited() {
		return null;
	}

	/**
	 * Returns of what kind the socket is. Any thread.
	 * @param configured the kind that the specification has
	 * @return another kind if the socket is inherited, and is one
	 */
	default Protocol protocol(Protocol configured) {
		return configured;
	}

}
