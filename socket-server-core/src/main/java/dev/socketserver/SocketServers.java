package dev.socketserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.socketserver.spec.Suggestions;

/**
 * The servers of an application, in the order in which they were registered. Safe for use
 * by several threads; iteration is weakly consistent.
 */
public interface SocketServers extends Iterable<SocketServer> {

	/**
	 * Returns a server.
	 * @param name the name
	 * @return the server, or empty
	 */
	Optional<SocketServer> server(String name);

	/**
	 * Returns a server that must be there.
	 * @param name the name
	 * @return the server
	 * @throws IllegalArgumentException if there is none of that name; its message names
	 * the nearest
	 */
	default SocketServer get(String name) {
		return server(name).orElseThrow(() -> {
			List<String> names = new ArrayList<>();
			forEach((other) -> names.add(other.name()));
			return new IllegalArgumentException("There is no server '" + name + "', "
					+ Suggestions.sentence(name, names,
							"and no other: those of properties are registered when the application "
									+ "context starts, after its beans were made"));
		});
	}

	/**
	 * Adds a server, without starting it.
	 * @param spec the specification
	 * @return the server, {@link ServerState#STOPPED}
	 * @throws IllegalArgumentException if there is a server of that name; it is unharmed
	 * @throws IllegalStateException if the application has closed all servers
	 */
	SocketServer register(ServerSpec spec);

	/**
	 * Forgets a server and stops it, within its drain timeout. Waits for that where
	 * {@link SocketServer#stop()} would.
	 * @param name the name
	 * @return whether there was one
	 * @throws IllegalStateException as {@link SocketServer#stop()} does; the server is
	 * forgotten all the same
	 */
	boolean remove(String name);

	/**
	 * Returns a session of any server that is open and not closing.
	 * @param id the id
	 * @return the session, or empty
	 */
	Optional<SocketSession> session(String id);

	/**
	 * Returns the sessions of all servers that are bound to an identity and not closing.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the sessions, grouped by server, those of each server with the oldest first
	 */
	List<SocketSession> find(String type, String id);

	/**
	 * Returns how many bytes wait in the sessions of all servers and clients, and in
	 * clients themselves: bytes that were received and not handled yet, and bytes to be
	 * sent that the operating system has not taken yet. Bytes that are handled or leave
	 * at once are not counted.
	 * @return the number of bytes
	 */
	long memoryUsed();

	/**
	 * Returns the limit of {@link #memoryUsed()}. Near the limit, sessions in which 1 KB
	 * or more waits are not read from; above it, the sessions in which most waits are
	 * aborted with {@link CloseReason#MEMORY}. The default is a quarter of the heap, or
	 * of the JVM's limit for buffers outside of the heap if that is less, but at most 256
	 * MB.
	 * @return the number of bytes
	 */
	long memoryLimit();

}
