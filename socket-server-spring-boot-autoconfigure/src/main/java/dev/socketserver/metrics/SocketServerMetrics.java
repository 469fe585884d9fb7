package dev.socketserver.metrics;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerStatus;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.settings.SettingsListener;
import dev.socketserver.settings.SettingsRecord;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows the servers' own counters as the meters of {@link SocketMeters}. It is a listener
 * of the servers: a server has meters from its registration to its removal, whether it
 * runs or not, in every registry this was bound to. The numbers are read when a registry
 * asks, and cost nothing while messages are handled; only timers with a distribution are
 * fed then. The two gauges of what waits go through all open sessions each time that they
 * are read.
 * <p>
 * If a registry has meters of a server of that name already, which are those of another
 * application, these stay. Safe for use by several threads.
 * <p>
 * There are meters for all reasons for which a session can end or be rejected from the
 * start, so that a rate is right the first time that a reason occurs.
 */
public class SocketServerMetrics implements MeterBinder, SocketServerListener, SettingsListener, AutoCloseable {

	private final MetersByName<SocketServer> servers;

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
		this.servers = new MetersByName<>(Side.SERVER, SocketServer::name, SocketServer::statistics,
				(server) -> server.spec().handler(), distributed, SocketServerMetrics::gauges);
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

	@Override
	public void ended(SettingsRecord attempt) {
		this.servers.changed(attempt);
		// Listeners come and go by a restart.
		this.servers.changed(attempt, (change) -> change.verdict() == Verdict.RESTART, SocketServerMetrics::listeners);
	}

	/**
	 * Removes all meters, since a registry may live longer than the servers. Registries
	 * get no others unless they are bound again.
	 */
	@Override
	public void close() {
		this.servers.close();
	}

	private static void gauges(CountedMeters<SocketServer> meters) {
		meters.gauge(SocketMeters.SERVER_SESSIONS_ACTIVE, (server) -> server.statistics().active());
		meters.gauge(SocketMeters.SERVER_SESSIONS_STUCK, (server) -> server.statistics().stuckSessions());
		meters.gauge(SocketMeters.OUTBOUND_PENDING, (server) -> ServerOperations.of(server).pendingBytes());
		meters.gauge(SocketMeters.INBOUND_PENDING, (server) -> ServerOperations.of(server).pendingInbound());
		meters.gauge(SocketMeters.UNAUTHENTICATED, (server) -> ServerOperations.of(server).unauthenticated());
		meters.gauge(SocketMeters.BANS, (server) -> ServerOperations.of(server).bans().count());
		meters.gauge(SocketMeters.DRAIN_REMAINING, (server) -> {
			DrainProgress drain = ServerOperations.of(server).drain();
			return (drain != null) ? drain.left() : 0;
		});
		listeners(meters);
	}

	/** Has meters of each listener, if there are several. */
	private static void listeners(CountedMeters<SocketServer> meters) {
		List<ListenerSpec> listeners = meters.target().spec().listeners();
		List<String> names = (listeners.size() > 1) ? listeners.stream().map(ListenerSpec::name).toList() : List.of();
		meters.update(SocketMeters.LISTENER_ACCEPTED, names, (name) -> meters.counter(SocketMeters.LISTENER_ACCEPTED,
				List.of(name), (server) -> figure(server, name, ListenerStatus::accepted)));
		meters.update(SocketMeters.LISTENER_SESSIONS, names, (name) -> meters.gauge(SocketMeters.LISTENER_SESSIONS,
				name, (server) -> figure(server, name, ListenerStatus::sessions)));
	}

	/** A change may just have taken the listener away. */
	private static long figure(SocketServer server, String listener, ToLongFunction<ListenerStatus> figure) {
		return server.listeners()
			.stream()
			.filter((each) -> each.name().equals(listener))
			.mapToLong(figure)
			.findFirst()
			.orElse(0);
	}

}
