package dev.socketserver.metrics;

import java.util.List;
import java.util.function.Predicate;

import dev.socketserver.SessionSpec.Side;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.settings.SettingsListener;
import dev.socketserver.settings.SettingsRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows the clients' own counters as the meters of {@link SocketMeters}. It is a listener
 * of the clients: a client has meters from its registration to its removal, connected or
 * not, in every registry this was bound to. The numbers are read when a registry asks,
 * and cost nothing while messages are handled; only timers with a distribution are fed
 * then.
 * <p>
 * If a registry has meters of a client of that name already, which are those of another
 * application, these stay. Safe for use by several threads.
 */
public class SocketClientMetrics implements MeterBinder, SocketClientListener, SettingsListener, AutoCloseable {

	private final MetersByName<SocketClient> clients;

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
		this.clients = new MetersByName<>(Side.CLIENT, SocketClient::name, SocketClient::statistics,
				(client) -> client.spec().session().handler(), distributed, SocketClientMetrics::others);
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

	/** The addresses of a client may be others now, or in another order. */
	@Override
	public void ended(SettingsRecord attempt) {
		this.clients.changed(attempt);
		this.clients.changed(attempt, (change) -> true, SocketClientMetrics::attempts);
	}

	/**
	 * Removes all meters, since a registry may live longer than the clients. Registries
	 * get no others unless they are bound again.
	 */
	@Override
	public void close() {
		this.clients.close();
	}

	/**
	 * Has meters of what has become of the attempts at the addresses that there are now.
	 */
	private static void attempts(CountedMeters<SocketClient> meters) {
		meters.update(SocketMeters.ATTEMPTS, addresses(meters.target()), (address) -> attempts(meters, address));
	}

	private static List<String> addresses(SocketClient client) {
		return client.spec().addresses().stream().map(SocketClientMetrics::text).distinct().toList();
	}

	/** Adds what has become of the attempts at an address. */
	private static void attempts(CountedMeters<SocketClient> meters, String address) {
		for (AttemptOutcome outcome : AttemptOutcome.values()) {
			meters.counter(SocketMeters.ATTEMPTS, List.of(address, outcome.name()),
					(client) -> attempts(client, address, outcome));
		}
	}

	/** Addresses that are written alike are one, wherever they are in the list now. */
	private static long attempts(SocketClient client, String address, AttemptOutcome outcome) {
		AttemptOutcome.Counts counted = AttemptOutcome.Counts.of(client.statistics());
		List<ServerAddress> configured = client.spec().addresses();
		long sum = 0;
		for (int i = 0; i < configured.size(); i++) {
			if (text(configured.get(i)).equals(address)) {
				sum += counted.attempts(i, outcome);
			}
		}
		return sum;
	}

	/** The port of a server of this application is not known yet. */
	private static String text(ServerAddress address) {
		return (address.port() > 0) ? address.toString() : address.host();
	}

	private static void others(CountedMeters<SocketClient> meters) {
		addresses(meters.target()).forEach((address) -> attempts(meters, address));
		meters.gauge(SocketMeters.CLIENT_SESSIONS_ACTIVE, (client) -> client.connections(ConnectionState.READY));
		for (ConnectionState state : ConnectionState.values()) {
			meters.gauge(SocketMeters.CLIENT_CONNECTIONS, state.name(), (client) -> client.connections(state));
		}
		meters.gauge(SocketMeters.CLIENT_SESSIONS_STUCK, (client) -> client.statistics().stuckSessions());
		meters.gauge(SocketMeters.OUTBOUND_PENDING, (client) -> client.statistics().pendingBytes());
		meters.gauge(SocketMeters.INBOUND_PENDING,
				(client) -> client.connections().stream().mapToInt((session) -> session.info().pendingInbound()).sum());
		meters.gauge(SocketMeters.REPLIES_PENDING, (client) -> client.statistics().pendingReplies());
	}

}
