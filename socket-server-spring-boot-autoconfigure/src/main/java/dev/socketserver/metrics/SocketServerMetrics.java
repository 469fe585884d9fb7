package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import dev.socketserver.CloseReason;
import dev.socketserver.HandlerOutcome;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.TlsOutcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows the servers' own counters as the meters of {@link SocketServerMeters}. It is a
 * listener of the servers: a server has meters from its registration to its removal,
 * whether it runs or not, in every registry this was bound to. Counting costs nothing;
 * the numbers are read when a registry asks.
 * <p>
 * All reasons for which a session can end or be rejected have their meters from the
 * start, so that a rate is right the first time a reason occurs.
 */
public class SocketServerMetrics implements MeterBinder, SocketServerListener {

	/** Guarded by this. */
	private final List<MeterRegistry> registries = new ArrayList<>();

	/**
	 * The servers that have meters, by name. Guarded by this. Also what keeps the servers
	 * reachable for the meters, some of which hold them weakly.
	 */
	private final Map<String, Metered> servers = new LinkedHashMap<>();

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		if (!this.registries.contains(registry)) {
			this.registries.add(registry);
			this.servers.values().forEach((metered) -> metered.bindTo(registry));
		}
	}

	@Override
	public synchronized void registered(SocketServer server) {
		// One of that name may still be on its way out, and its meters are the same.
		Metered former = this.servers.remove(server.name());
		if (former != null) {
			former.unbind();
		}
		Metered metered = new Metered(server, new ArrayList<>());
		this.registries.forEach(metered::bindTo);
		this.servers.put(server.name(), metered);
	}

	@Override
	public synchronized void removed(SocketServer server) {
		Metered metered = this.servers.get(server.name());
		if (metered != null && metered.server() == server) {
			this.servers.remove(server.name());
			metered.unbind();
		}
	}

	private static long sum(SocketServer server, ToLongFunction<SessionInfo> pending) {
		return server.sessions().mapToLong((session) -> pending.applyAsLong(session.info())).sum();
	}

	/**
	 * A server that has meters.
	 *
	 * @param server the server
	 * @param meters its meters, by registry
	 */
	private record Metered(SocketServer server, List<ServerMeters> meters) {

		void bindTo(MeterRegistry registry) {
			ServerMeters bound = new ServerMeters(this.server, registry);
			bound.register();
			this.meters.add(bound);
		}

		void unbind() {
			this.meters.forEach(ServerMeters::remove);
		}

	}

	/**
	 * Makes the meters of one server in one registry.
	 */
	private static final class ServerMeters {

		private final SocketServer server;

		private final MeterRegistry registry;

		private final Tags tags;

		private final List<Meter> meters = new ArrayList<>();

		ServerMeters(SocketServer server, MeterRegistry registry) {
			this.server = server;
			this.registry = registry;
			this.tags = Tags.of(SocketServerMeters.Tags.SERVER.asString(), server.name());
		}

		void register() {
			gauge(SocketServerMeters.SESSIONS_ACTIVE, (from) -> from.statistics().active());
			counter(SocketServerMeters.SESSIONS_ACCEPTED, (from) -> from.statistics().accepted());
			for (RejectReason reason : RejectReason.values()) {
				rejections(reason);
			}
			for (CloseReason reason : CloseReason.values()) {
				lifetimes(reason);
			}
			counter(SocketServerMeters.RECEIVED, (from) -> from.statistics().bytesReceived());
			counter(SocketServerMeters.SENT, (from) -> from.statistics().bytesSent());
			counter(SocketServerMeters.MESSAGES_RECEIVED, (from) -> from.statistics().messagesReceived());
			counter(SocketServerMeters.MESSAGES_SENT, (from) -> from.statistics().messagesSent());
			gauge(SocketServerMeters.OUTBOUND_PENDING, (from) -> sum(from, SessionInfo::pendingBytes));
			gauge(SocketServerMeters.INBOUND_PENDING, (from) -> sum(from, SessionInfo::pendingInbound));
			counter(SocketServerMeters.SESSIONS_ABANDONED, (from) -> from.statistics().abandoned());
			gauge(SocketServerMeters.SESSIONS_STUCK, (from) -> from.statistics().stuckSessions());
			counter(SocketServerMeters.MESSAGES_HANDLED, (from) -> from.statistics().messagesHandled());
			counter(SocketServerMeters.INBOUND_DROPPED, (from) -> from.statistics().inboundDropped());
			counter(SocketServerMeters.INBOUND_DISCARDED, (from) -> from.statistics().inboundDiscarded());
			counter(SocketServerMeters.OUTBOUND_DROPPED, (from) -> from.statistics().outboundDropped());
			counter(SocketServerMeters.OUTBOUND_REFUSED, (from) -> from.statistics().outboundRefused());
			counter(SocketServerMeters.OUTBOUND_FAILED, (from) -> from.statistics().outboundFailed());
			for (HandlerOutcome outcome : HandlerOutcome.values()) {
				timer(SocketServerMeters.HANDLER, outcome, ServerStatistics::handlerCalls,
						ServerStatistics::handlerNanos);
			}
			counter(SocketServerMeters.HANDLER_STUCK, (from) -> from.statistics().stuckCalls());
			for (TlsOutcome outcome : TlsOutcome.values()) {
				timer(SocketServerMeters.TLS_HANDSHAKE, outcome, ServerStatistics::handshakes,
						ServerStatistics::handshakeNanos);
			}
			counter(SocketServerMeters.RECEIVED_DISCARDED, (from) -> from.statistics().bytesDiscarded());
			counter(SocketServerMeters.LISTENERS_REPLACED, (from) -> from.statistics().listenersReplaced());
		}

		private void gauge(SocketServerMeters meter, ToDoubleFunction<SocketServer> value) {
			this.meters.add(Gauge.builder(meter.getName(), this.server, value)
				.tags(this.tags)
				.baseUnit(meter.getBaseUnit())
				.description(meter.description())
				.strongReference(true)
				.register(this.registry));
		}

		private void counter(SocketServerMeters meter, ToDoubleFunction<SocketServer> count) {
			counter(meter, this.tags, count);
		}

		private void rejections(RejectReason reason) {
			counter(SocketServerMeters.SESSIONS_REJECTED,
					this.tags.and(SocketServerMeters.RejectedTags.REASON.asString(), reason.name()),
					(from) -> from.statistics().rejected().getOrDefault(reason, 0L));
		}

		private void counter(SocketServerMeters meter, Tags tags, ToDoubleFunction<SocketServer> count) {
			this.meters.add(FunctionCounter.builder(meter.getName(), this.server, count)
				.tags(tags)
				.baseUnit(meter.getBaseUnit())
				.description(meter.description())
				.register(this.registry));
		}

		private void lifetimes(CloseReason reason) {
			SocketServerMeters meter = SocketServerMeters.SESSIONS;
			this.meters.add(FunctionTimer
				.builder(meter.getName(), this.server, (from) -> from.statistics().closed().getOrDefault(reason, 0L),
						(from) -> from.statistics().lifetimeNanos().getOrDefault(reason, 0L), TimeUnit.NANOSECONDS)
				.tags(this.tags.and(SocketServerMeters.ClosedTags.REASON.asString(), reason.name()))
				.description(meter.description())
				.register(this.registry));
		}

		/** A timer of which the statistics have count and sum for each outcome. */
		private <O extends Enum<O>> void timer(SocketServerMeters meter, O outcome,
				Function<ServerStatistics, Map<O, Long>> count, Function<ServerStatistics, Map<O, Long>> nanos) {
			this.meters.add(FunctionTimer
				.builder(meter.getName(), this.server,
						(from) -> count.apply(from.statistics()).getOrDefault(outcome, 0L),
						(from) -> nanos.apply(from.statistics()).getOrDefault(outcome, 0L), TimeUnit.NANOSECONDS)
				.tags(this.tags.and(SocketServerMeters.OutcomeTags.OUTCOME.asString(), outcome.name()))
				.description(meter.description())
				.register(this.registry));
		}

		void remove() {
			this.meters.forEach(this.registry::remove);
		}

	}

}
