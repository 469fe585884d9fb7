package dev.socketserver.operator;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;

/**
 * What the code that manages an application's clients can do with a {@link SocketClient}
 * in addition. All methods may be called from any thread.
 */
public interface ClientOperations {

	/**
	 * Returns the operations of a client.
	 * @param client a client of this engine
	 * @return its operations
	 * @throws ClassCastException if it is a client of something else
	 */
	static ClientOperations of(SocketClient client) {
		return (ClientOperations) client;
	}

	/**
	 * Puts another specification in force, without a restart. Connections that open from
	 * now on are served by it. Those that are open keep what they began with, but for
	 * limits of memory and time, which hold for them, too, at once. A client that waits
	 * uses the shorter wait; a connection to an address that is gone is replaced as by a
	 * rotation. A client that is stopped takes everything, also what else only a restart
	 * can change. One call at a time for each client.
	 * @param spec the specification, of a client of the same name
	 * @param version the version of the settings, as connections show it that open from
	 * now on
	 * @throws IllegalArgumentException if it differs in what only a restart can change:
	 * nothing has changed then, and the message names the component
	 */
	void reconfigure(ClientSpec spec, long version);

}
