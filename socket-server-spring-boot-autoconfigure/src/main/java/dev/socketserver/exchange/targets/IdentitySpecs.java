package dev.socketserver.exchange.targets;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;

/**
 * Finds what frames the payloads for an identity.
 */
final class IdentitySpecs {

	private IdentitySpecs() {
	}

	/**
	 * Returns the specifications of the servers whose sessions have an identity. Where
	 * this node has none, it may be connected to any server.
	 * @param servers the servers of this node
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the specifications
	 */
	static List<SessionSpec> of(SocketServers servers, String type, String id) {
		List<SessionSpec> found = servers.find(type, id)
			.stream()
			.map(SocketSession::server)
			.distinct()
			.flatMap((name) -> servers.server(name).stream())
			.map((server) -> server.spec().session())
			.toList();
		return found.isEmpty() ? all(servers) : found;
	}

	private static List<SessionSpec> all(SocketServers servers) {
		List<SessionSpec> all = new ArrayList<>();
		for (SocketServer server : servers) {
			all.add(server.spec().session());
		}
		return all;
	}

}
