package dev.socketserver.engine.server;

import java.util.List;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.admission.Admission;
import dev.socketserver.spec.listen.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Makes the runs of one server.
 */
public interface ServerStarter {

	/**
	 * Makes a run, whose ports are bound, and which accepts nothing yet. One call at a
	 * time for one server.
	 * @param server what all its runs share
	 * @param owner is notified of what becomes of the run
	 * @param earlier who was admitted in earlier runs that still have sessions
	 * @return the run
	 * @throws dev.socketserver.ServerStartException if something cannot be had that is
	 * known to be missing at times
	 */
	ServerRun begin(ServerContext server, ServerRun.RunEvents owner, List<Admission> earlier);

	/**
	 * The server is made from something else from now on. While it runs, only what no
	 * start needs may differ.
	 * @param now what it is made from now
	 */
	default void reconfigure(ServerSpec now) {
	}

	/**
	 * Returns the name of the socket that a listener inherits. Any thread.
	 * @param listener the name of the listener
	 * @return the name, or {@code null} if it binds one
	 */
	default @Nullable String inherited(String listener) {
		return null;
	}

	/**
	 * Returns of what kind the socket of a listener is. Any thread.
	 * @param listener the listener
	 * @return another kind than its specification has if it is inherited, and is one
	 */
	default Protocol protocol(ListenerSpec listener) {
		return listener.listenOn().protocol();
	}

}
