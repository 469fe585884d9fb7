package dev.socketserver.exchange.targets;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;

/**
 * Finds what frames the payloads for an identity.
 */
final class IdentitySpecs {

	private IdentitySpecs() {
	}

	/**
	 * Returns the specifications of the sessions that have an identity. Where this node
	 * has none, it may be connected to any server.
	 * @param servers the servers of this node
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the specifications
	 */
	static List<SessionSpec> of(SocketServers servers, String type, String id) {
		List<SessionSpec> found = servers.find(type, id)
			.stream()
			.flatMap((session) -> servers.server(session.server())
				.map((server) -> SessionTarget.spec(server, session))
				.stream())
			.distinct()
			.toList();
		return found.isEmpty() ? all(servers) : found;
	}

	private static List<SessionSpec> all(SocketServers servers) {
		List<SessionSpec> all = new ArrayList<>();
		for (SocketServer server : servers) {
			server.spec().listeners().forEach((listener) -> all.add(listener.session()));
		}
		return all;
	}

}
