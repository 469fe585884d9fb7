package dev.socketserver.netty;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.socketserver.Addresses;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.session.SteadyLogger;
import org.jspecify.annotations.Nullable;

/**
 * One line for each start and stop of a server, and one an interval for the connections
 * it refuses, however many. A failed start is not logged here: it is thrown to whoever
 * asked for it.
 */
final class ServerLog implements SocketServerListener {

	private static final SteadyLogger logger = SteadyLogger.of(SocketServer.class);

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final Map<String, Refusals> refusals = new ConcurrentHashMap<>();

	@Override
	public void started(SocketServer server) {
		ServerSpec spec = server.spec();
		ServerHandler handler = spec.handler();
		logger.info("'{}' listens on {}, {}, {} framing, handler {}", server.name(), address(server.localAddress()),
				String.valueOf(server.transport()).toLowerCase(Locale.ROOT), spec.framing().type(), handler.name());
	}

	@Override
	public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
		this.refusals.computeIfAbsent(server.name(), (name) -> new Refusals()).add(server, peer, reason);
	}

	@Override
	public void stopped(SocketServer server) {
		long kept = server.sessions().count();
		if (kept > 0) {
			logger.info("'{}' no longer listens, and {} sessions are left", server.name(), kept);
			return;
		}
		ServerStatistics statistics = server.statistics();
		long refused = statistics.rejected().values().stream().mapToLong(Long::longValue).sum();
		logger.info(
				"'{}' has stopped after {} sessions: {} connections accepted, {} refused, {} messages received, {} sent",
				server.name(), statistics.opened(), statistics.accepted(), refused, statistics.messagesReceived(),
				statistics.messagesSent());
	}

	/** A server is paused or goes on. */
	static void turned(SocketServer server, ServerState to) {
		logger.info((to == ServerState.PAUSED) ? "'{}' is paused: connections wait" : "'{}' accepts connections again",
				server.name());
	}

	/** There can be fewer sessions than the specification says. */
	static void tooFewDescriptors(ServerSpec spec, int sessions) {
		String message = "'{}' can have no more than {} sessions, not the {} of limits.sessions: raise the number of open "
				+ "files that the system allows the process, or lower the limit";
		int wanted = spec.limits().sessions();
		if (wanted == ServerSpec.DEFAULT_SESSIONS) {
			logger.info(message, spec.name(), sessions, wanted);
		}
		else {
			logger.warn(message, spec.name(), sessions, wanted);
		}
	}

	/** A restart has stopped a server that cannot start again. */
	static void cannotRestart(SocketServer server, Throwable cause) {
		logger.error("'{}' cannot start again: {}", server.name(), cause.getMessage());
	}

	private static String address(@Nullable InetSocketAddress address) {
		if (address == null) {
			return "nothing";
		}
		String scope = "";
		if (address.getAddress().isLoopbackAddress()) {
			scope = " (loopback only)";
		}
		else if (address.getAddress().isAnyLocalAddress()) {
			scope = " (all interfaces)";
		}
		return Addresses.format(address) + scope;
	}

	private static String limit(SocketServer server, RejectReason reason) {
		ServerSpec.Limits limits = server.spec().limits();
		return switch (reason) {
			case LIMIT_SESSIONS -> ", with limits.sessions = " + server.statistics().maxSessions();
			case LIMIT_ADDRESS -> ", with limits.sessions-per-address = " + limits.sessionsPerAddress();
			case LIMIT_PENDING -> ", with limits.pending = " + limits.pending();
			case TLS_FAILED, PROXY_REJECTED, DENIED -> "";
		};
	}

	/** Refused connections of one server since the last line. Guarded by itself. */
	private static final class Refusals {

		private long count;

		private long lastLine = System.nanoTime() - INTERVAL_NANOS;

		synchronized void add(SocketServer server, InetSocketAddress peer, RejectReason reason) {
			this.count++;
			long now = System.nanoTime();
			if (now - this.lastLine >= INTERVAL_NANOS) {
				logger.warn("'{}' has refused {} connections, the last from {}: {}{}", server.name(), this.count,
						Addresses.format(peer), reason, limit(server, reason));
				this.count = 0;
				this.lastLine = now;
			}
		}

	}

}
