package dev.socketserver.engine.node;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.engine.session.Session;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the servers of this node.
 */
public final class NodeSessions implements LocalNode {

	private final SocketServers servers;

	private final Map<String, Function<byte[], CompletableFuture<byte[]>>> operations = new ConcurrentHashMap<>();

	private volatile @Nullable Supplier<? extends List<? extends PayloadConverter<?>>> converters;

	/** For servers that only other nodes have; made with the first such payload. */
	private volatile @Nullable Payloads elsewhere;

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
	@Nullable NodeSession newest(String type, String id) {
		Session newest = null;
		long highest = 0;
		for (SocketSession session : this.servers.find(type, id)) {
			long token = session.token(type, id).orElse(0);
			if (session instanceof Session candidate && (newest == null || token >= highest)) {
				newest = candidate;
				highest = token;
			}
		}
		return (newest != null) ? new NodeSession(newest) : null;
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
			.map((found) -> (group != null) ? found.group(group).broadcast(payload) : found.broadcast(payload))
			.orElse(0);
	}

	@Override
	public CompletableFuture<byte[]> operate(String operation, byte[] body) {
		Function<byte[], CompletableFuture<byte[]>> known = this.operations.get(operation);
		return (known != null) ? known.apply(body) : CompletableFuture
			.failedFuture(new UnsupportedOperationException("This node knows no operation '" + operation + "'"));
	}

	void converters(Supplier<? extends List<? extends PayloadConverter<?>>> converters) {
		this.converters = converters;
	}

	/**
	 * Converts a payload for the sessions of a server.
	 * @throws IllegalArgumentException if nothing can convert it
	 */
	byte[] bytes(String server, Object payload) {
		return payloads(server, payload instanceof String).bytes(payload);
	}

	/**
	 * Takes a payload on its way to a session of some server. What is not text is
	 * converted at once, on the calling thread; text when its server, and so its charset,
	 * is known.
	 * @return gives the bytes for a server
	 * @throws IllegalArgumentException if nothing can convert it
	 */
	Function<String, byte[]> sent(Object payload) {
		// The caller may change an array as soon as it has been sent.
		Object kept = (payload instanceof String) ? payload
				: (payload instanceof byte[] bytes) ? bytes.clone() : bytes("", payload);
		return (server) -> bytes(server, kept);
	}

	/**
	 * Reads a reply of a session of a server.
	 * @throws IllegalArgumentException if nothing reads the type
	 * @throws CompletionException with the failure of what reads it
	 */
	@SuppressWarnings("unchecked") // what was read is of that type
	<T> T reply(String server, byte[] bytes, Class<T> type) {
		try {
			return (T) Payloads.read(payloads(server, type.isAssignableFrom(String.class)).reading(type), bytes);
		}
		catch (PayloadException ex) {
			throw new CompletionException(ex);
		}
	}

	private Payloads payloads(String server, boolean text) {
		SocketServer any = this.servers.server(server).orElse(null);
		if (any == null && !text) {
			any = StreamSupport.stream(this.servers.spliterator(), false).findFirst().orElse(null);
		}
		if (any instanceof ManagedServer known) {
			return known.context().payloads();
		}
		Payloads made = this.elsewhere;
		if (made == null) {
			Supplier<? extends List<? extends PayloadConverter<?>>> given = this.converters;
			made = new Payloads(StandardCharsets.UTF_8, (given != null) ? given.get() : List.of());
			this.elsewhere = made;
		}
		return made;
	}

}
