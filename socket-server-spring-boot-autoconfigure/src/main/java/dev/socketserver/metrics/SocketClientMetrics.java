package dev.socketserver.metrics;

import java.util.function.Predicate;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.metrics.SocketServerMeters.ClosedTags;
import dev.socketserver.metrics.SocketServerMeters.OutcomeTags;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows the clients' own counters as the meters of {@link SocketClientMeters}. It is a
 * listener of the clients: a client has meters from its registration to its removal,
 * connected or not, in every registry this was bound to. The numbers are read when a
 * registry asks, and cost nothing while messages are handled; only timers with a
 * distribution are fed then.
 * <p>
 * If a registry has meters of a client of that name already, which are those of another
 * application, these stay. Safe for use by several threads.
 */
public class SocketClientMetrics implements MeterBinder, SocketClientListener, AutoCloseable {

	private final MetersByName<SocketClient, ClientStatistics> clients;

	/** Creates a binder whose timers have numbers and sums only. */
	public SocketClientMetrics() {
		this((name) -> false);
	}

	/**
	 * Creates a binder.
	 * @param distributed determines by its name whether a timer is to have a
	 * distribution, and so a maximum and, as the registry is configured, percentiles. It
	 * is fed with each event then, on the thread on which that happens, and with the mean
	 * of calls of handlers that were made in one go, so that it counts fewer calls
	 */
	public SocketClientMetrics(Predicate<String> distributed) {
		this.clients = new MetersByName<>(SocketClientMeters.Tags.CLIENT, SocketClient::name, SocketClient::statistics,
				distributed, SocketClientMetrics::meters);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.clients.bindTo(registry);
	}

	@Override
	public void registered(SocketClient client) {
		this.clients.add(client);
	}

	@Override
	public void removed(SocketClient client) {
		this.clients.remove(client);
	}

	/**
	 * Removes all meters, since a registry may live longer than the clients. Registries
	 * get no others unless they are bound again.
	 */
	@Override
	public void close() {
		this.clients.close();
	}

	private static void meters(CountedMeters<SocketClient, ClientStatistics> meters) {
		meters.counter(SocketClientMeters.ATTEMPTS, ClientStatistics::attempts);
		meters.counter(SocketClientMeters.ATTEMPTS_CONNECTED, ClientStatistics::connected);
		meters.counters(SocketClientMeters.ATTEMPTS_FAILED, SocketClientMeters.FailedTags.REASON, ConnectFailure.class,
				ClientStatistics::failed);
		meters.counter(SocketClientMeters.ATTEMPTS_CANCELLED, ClientStatistics::cancelled);
		meters.gauge(SocketClientMeters.SESSIONS_ACTIVE, (client) -> client.session().isPresent() ? 1 : 0);
		meters.timers(SocketClientMeters.SESSIONS, ClosedTags.REASON, CloseReason.class, ClientStatistics::closed,
				ClientStatistics::lifetimeNanos);
		meters.gauge(SocketClientMeters.SESSIONS_STUCK, (client) -> client.statistics().stuckSessions());
		meters.counter(SocketClientMeters.RECEIVED, ClientStatistics::bytesReceived);
		meters.counter(SocketClientMeters.SENT, ClientStatistics::bytesSent);
		meters.counter(SocketClientMeters.MESSAGES_RECEIVED, ClientStatistics::messagesReceived);
		meters.counter(SocketClientMeters.MESSAGES_SENT, ClientStatistics::messagesSent);
		meters.timers(SocketClientMeters.HANDLER, OutcomeTags.OUTCOME, HandlerOutcome.class,
				ClientStatistics::handlerCalls, ClientStatistics::handlerNanos);
		meters.counter(SocketClientMeters.HANDLER_STUCK, ClientStatistics::stuckCalls);
		meters.timers(SocketClientMeters.TLS_HANDSHAKE, OutcomeTags.OUTCOME, TlsOutcome.class,
				ClientStatistics::handshakes, ClientStatistics::handshakeNanos);
		meters.gauge(SocketClientMeters.INBOUND_PENDING,
				(client) -> client.session().map((session) -> session.info().pendingInbound()).orElse(0));
		meters.counter(SocketClientMeters.INBOUND_DROPPED, ClientStatistics::inboundDropped);
		meters.gauge(SocketClientMeters.OUTBOUND_PENDING, (client) -> client.statistics().pendingBytes());
		meters.counter(SocketClientMeters.OUTBOUND_ACCEPTED, ClientStatistics::accepted);
		meters.counter(SocketClientMeters.OUTBOUND_DELIVERED, ClientStatistics::delivered);
		meters.counter(SocketClientMeters.OUTBOUND_REPEATED, ClientStatistics::repeated);
		meters.counter(SocketClientMeters.OUTBOUND_UNDELIVERED, ClientStatistics::undelivered);
		meters.counter(SocketClientMeters.OUTBOUND_DROPPED, ClientStatistics::outboundDropped);
		meters.counter(SocketClientMeters.OUTBOUND_REFUSED, ClientStatistics::outboundRefused);
		meters.timers(SocketClientMeters.REQUESTS, OutcomeTags.OUTCOME, RequestOutcome.class,
				ClientStatistics::requests, ClientStatistics::requestNanos);
		meters.gauge(SocketClientMeters.REPLIES_PENDING, (client) -> client.statistics().pendingReplies());
		meters.counter(SocketClientMeters.REPLIES_DROPPED, ClientStatistics::repliesDropped);
	}

}
