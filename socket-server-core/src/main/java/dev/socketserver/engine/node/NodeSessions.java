package dev.socketserver.engine.node;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.engine.session.Session;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the servers of this node.
 */
public final class NodeSessions implements LocalNode {

	/** For servers that only other nodes have. */
	private static final Payloads PLAIN = new Payloads(StandardCharsets.UTF_8, List.of());

	private final SocketServers servers;

	private final Map<String, Function<byte[], CompletableFuture<byte[]>>> operations = new ConcurrentHashMap<>();

	/**
	 * Creates the sessions of a node.
	 * @param servers its servers
	 */
	public NodeSessions(SocketServers servers) {
		this.servers = servers;
	}

	void operation(String name, Function<byte[], CompletableFuture<byte[]>> operation) {
		this.operations.put(name, operation);
	}

	/** Returns the open sessions of all servers. */
	List<Session> open() {
		return StreamSupport.stream(this.servers.spliterator(), false)
			.flatMap(SocketServer::sessions)
			.map(Session.class::cast)
			.toList();
	}

	/** Returns the session that has got an identity last. */
	@Nullable SessionOwner newest(String type, String id) {
		Session newest = null;
		long highest = 0;
		for (SocketSession session : this.servers.find(type, id)) {
			long token = session.token(type, id).orElse(0);
			if (session instanceof Session its && (newest == null || token >= highest)) {
				newest = its;
				highest = token;
			}
		}
		return (newest != null) ? new SessionOwner(newest) : null;
	}

	@Override
	public int count() {
		long count = 0;
		for (SocketServer server : this.servers) {
			count += server.statistics().active();
		}
		return (int) Math.min(count, Integer.MAX_VALUE);
	}

	@Override
	public int broadcast(String server, @Nullable String group, byte[] payload) {
		return this.servers.server(server)
			.map((its) -> (group != null) ? its.group(group).broadcast(payload) : its.broadcast(payload))
			.orElse(0);
	}

	@Override
	public CompletableFuture<byte[]> operate(String operation, byte[] body) {
		Function<byte[], CompletableFuture<byte[]>> known = this.operations.get(operation);
		return (known != null) ? known.apply(body) : CompletableFuture
			.failedFuture(new UnsupportedOperationException("This node knows no operation '" + operation + "'"));
	}

	/**
	 * Converts a payload for the sessions of a server.
	 * @throws IllegalArgumentException if nothing can convert it
	 */
	byte[] bytes(String server, Object payload) {
		SocketServer its = this.servers.server(server).orElse(null);
		if (its == null && !(payload instanceof String)) {
			its = StreamSupport.stream(this.servers.spliterator(), false).findFirst().orElse(null);
		}
		return ((its instanceof ManagedServer known) ? known.payloads() : PLAIN).bytes(payload);
	}

}
