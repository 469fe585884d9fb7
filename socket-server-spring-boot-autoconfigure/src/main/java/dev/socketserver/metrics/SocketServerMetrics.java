package dev.socketserver.metrics;

import java.util.function.Predicate;
import java.util.function.ToLongFunction;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.SocketServerListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows the servers' own counters as the meters of {@link SocketServerMeters}. It is a
 * listener of the servers: a server has meters from its registration to its removal,
 * whether it runs or not, in every registry this was bound to. The numbers are read when
 * a registry asks, and cost nothing while messages are handled; only timers with a
 * distribution are fed then. The two gauges of what waits go through all open sessions
 * each time that they are read.
 * <p>
 * If a registry has meters of a server of that name already, which are those of another
 * application, these stay. Safe for use by several threads.
 * <p>
 * There are meters for all reasons for which a session can end or be rejected from the
 * start, so that a rate is right the first time that a reason occurs.
 */
public class SocketServerMetrics implements MeterBinder, SocketServerListener, AutoCloseable {

	private final MetersByName<SocketServer, ServerStatistics> servers;

	/** Creates a binder whose timers have numbers and sums only. */
	public SocketServerMetrics() {
		this((name) -> false);
	}

	/**
	 * Creates a binder.
	 * @param distributed determines by its name whether a timer is to have a
	 * distribution, and so a maximum and, as the registry is configured, percentiles. It
	 * is fed with each event then, on the thread on which that happens, and with the mean
	 * of calls of handlers that were made in one go, so that it counts fewer calls
	 */
	public SocketServerMetrics(Predicate<String> distributed) {
		this.servers = new MetersByName<>(SocketServerMeters.Tags.SERVER, SocketServer::name, SocketServer::statistics,
				distributed, SocketServerMetrics::meters);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.servers.bindTo(registry);
	}

	@Override
	public void registered(SocketServer server) {
		this.servers.add(server);
	}

	@Override
	public void removed(SocketServer server) {
		this.servers.remove(server);
	}

	/**
	 * Removes all meters, since a registry may live longer than the servers. Registries
	 * get no others unless they are bound again.
	 */
	@Override
	public void close() {
		this.servers.close();
	}

	private static void meters(CountedMeters<SocketServer, ServerStatistics> meters) {
		meters.gauge(SocketServerMeters.SESSIONS_ACTIVE, (from) -> from.statistics().active());
		meters.counter(SocketServerMeters.SESSIONS_ACCEPTED, ServerStatistics::accepted);
		meters.counters(SocketServerMeters.SESSIONS_REJECTED, SocketServerMeters.RejectedTags.REASON,
				RejectReason.class, ServerStatistics::rejected);
		meters.timers(SocketServerMeters.SESSIONS, SocketServerMeters.ClosedTags.REASON, CloseReason.class,
				ServerStatistics::closed, ServerStatistics::lifetimeNanos);
		meters.counter(SocketServerMeters.RECEIVED, ServerStatistics::bytesReceived);
		meters.counter(SocketServerMeters.SENT, ServerStatistics::bytesSent);
		meters.counter(SocketServerMeters.MESSAGES_RECEIVED, ServerStatistics::messagesReceived);
		meters.counter(SocketServerMeters.MESSAGES_SENT, ServerStatistics::messagesSent);
		meters.gauge(SocketServerMeters.OUTBOUND_PENDING, (from) -> sum(from, SessionInfo::pendingBytes));
		meters.gauge(SocketServerMeters.INBOUND_PENDING, (from) -> sum(from, SessionInfo::pendingInbound));
		meters.counter(SocketServerMeters.SESSIONS_ABANDONED, ServerStatistics::abandoned);
		meters.gauge(SocketServerMeters.DRAIN_REMAINING, (from) -> {
			DrainProgress drain = ServerOperations.of(from).drain();
			return (drain != null) ? drain.left() : 0;
		});
		meters.gauge(SocketServerMeters.SESSIONS_STUCK, (from) -> from.statistics().stuckSessions());
		meters.counter(SocketServerMeters.MESSAGES_HANDLED, ServerStatistics::messagesHandled);
		meters.counter(SocketServerMeters.INBOUND_DROPPED, ServerStatistics::inboundDropped);
		meters.counter(SocketServerMeters.INBOUND_DISCARDED, ServerStatistics::inboundDiscarded);
		meters.counter(SocketServerMeters.OUTBOUND_DROPPED, ServerStatistics::outboundDropped);
		meters.counter(SocketServerMeters.OUTBOUND_REFUSED, ServerStatistics::outboundRefused);
		meters.counter(SocketServerMeters.OUTBOUND_FAILED, ServerStatistics::outboundFailed);
		meters.timers(SocketServerMeters.HANDLER, SocketServerMeters.OutcomeTags.OUTCOME, HandlerOutcome.class,
				ServerStatistics::handlerCalls, ServerStatistics::handlerNanos);
		meters.counter(SocketServerMeters.HANDLER_STUCK, ServerStatistics::stuckCalls);
		meters.timers(SocketServerMeters.TLS_HANDSHAKE, SocketServerMeters.OutcomeTags.OUTCOME, TlsOutcome.class,
				ServerStatistics::handshakes, ServerStatistics::handshakeNanos);
		meters.timers(SocketServerMeters.REQUESTS, SocketServerMeters.OutcomeTags.OUTCOME, RequestOutcome.class,
				ServerStatistics::requests, ServerStatistics::requestNanos);
		meters.counter(SocketServerMeters.REPLIES_DROPPED, ServerStatistics::repliesDropped);
		meters.counter(SocketServerMeters.RECEIVED_DISCARDED, ServerStatistics::bytesDiscarded);
		meters.counter(SocketServerMeters.LISTENERS_REPLACED, ServerStatistics::listenersReplaced);
	}

	private static long sum(SocketServer server, ToLongFunction<SessionInfo> pending) {
		return server.sessions().mapToLong((session) -> pending.applyAsLong(session.info())).sum();
	}

}
