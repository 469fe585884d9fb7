package dev.socketserver.exchange.targets;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;

/**
 * Finds what is known of how payloads for an identity leave.
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

	/**
	 * Returns how texts leave by the sessions that have an identity. Where this node has
	 * none, it may be connected to any server.
	 * @param servers the servers of this node
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return each way
	 */
	static Stream<Encoding> encodings(SocketServers servers, String type, String id) {
		List<SocketSession> found = servers.find(type, id);
		return found.isEmpty() ? all(servers).stream().map(Encoding::of) : found.stream().flatMap(Encoding::of);
	}

	private static List<SessionSpec> all(SocketServers servers) {
		List<SessionSpec> all = new ArrayList<>();
		for (SocketServer server : servers) {
			server.spec().listeners().forEach((listener) -> all.add(listener.session()));
		}
		return all;
	}

}
