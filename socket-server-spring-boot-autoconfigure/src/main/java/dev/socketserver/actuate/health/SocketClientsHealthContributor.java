package dev.socketserver.actuate.health;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.operation.FailureText;
import dev.socketserver.spec.listen.Protocol;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the clients, with a component for each that exists at the moment of the
 * request. Answers from memory.
 * <p>
 * {@link Status#UP} while a client is connected, or
 * {@link SocketServersHealthContributor#DEGRADED} while its datagrams are refused;
 * {@link Status#OUT_OF_SERVICE} while it was asked to disconnect, or is stopping;
 * {@link Status#DOWN} when it should be connected and is not; {@link Status#UNKNOWN} when
 * it is not expected to be: it was stopped or closed, was never started, or makes the
 * very first attempt since it was registered. A handler that is stuck does not change the
 * status.
 * <p>
 * It is a listener of the clients, and so knows since when a client is not connected.
 */
public class SocketClientsHealthContributor extends HealthByName<SocketClient> implements SocketClientListener {

	/** When clients lost their last connection, unless they were stopped since then. */
	private final Map<SocketClient, Instant> lost = new ConcurrentHashMap<>();

	/**
	 * Creates the contributor, without clients that are configured and do not exist yet.
	 * @param clients the clients
	 */
	public SocketClientsHealthContributor(SocketClients clients) {
		this(clients, (client) -> false);
	}

	/**
	 * Creates the contributor.
	 * @param clients the clients
	 * @param configured indicates whether a client of a name is configured
	 */
	public SocketClientsHealthContributor(SocketClients clients, Predicate<String> configured) {
		super(clients, clients::client, SocketClient::name, configured);
	}

	@Override
	public void connected(SocketClient client, SocketSession session) {
		this.lost.remove(client);
	}

	@Override
	public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
		this.lost.put(client, Instant.now());
	}

	@Override
	public void closed(SocketClient client) {
		this.lost.remove(client);
	}

	@Override
	Health health(SocketClient client) {
		ClientState state = client.state();
		boolean suspended = client.suspended();
		Health.Builder health = Health.status(suspended ? Status.OUT_OF_SERVICE : status(client, state))
			.withDetail("state", state)
			.withDetail("host", client.spec().host())
			.withDetail("suspended", suspended)
			.withDetail("stuckSessions", client.statistics().stuckSessions())
			.withDetail("pendingMessages", client.statistics().pending());
		if (client.spec().protocol() != Protocol.UNIX) {
			health.withDetail("port", client.spec().port());
		}
		if (state == ClientState.CONNECTED && isDegraded(client)) {
			health.withDetail("degraded", true);
		}
		client.session()
			.ifPresent((session) -> health.withDetail("remoteAddress", Addresses.format(session.remoteAddress())));
		if (state == ClientState.CONNECTING || state == ClientState.DISCONNECTED) {
			Instant since = this.lost.get(client);
			if (since != null) {
				health.withDetail("disconnectedAt", since);
			}
			LastClosed lastClosed = client.lastClosed();
			if (lastClosed != null) {
				health.withDetail("lastClosed", details(lastClosed.status()));
			}
			Throwable failure = client.failure();
			if (failure != null) {
				health.withDetail("failure", FailureText.of(failure));
			}
		}
		return health.build();
	}

	/** Whether an address is unavailable, or a connection is missing. */
	private static boolean isDegraded(SocketClient client) {
		ClientPool pool = client.spec().pool();
		return !client.addresses().stream().allMatch(AddressStatus::available)
				|| (pool != null && client.connections(ConnectionState.READY) < pool.size());
	}

	private static Map<String, Object> details(CloseStatus status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("reason", status.reason());
		if (status.detail() != null) {
			details.put("detail", status.detail());
		}
		return details;
	}

	private static Status status(SocketClient client, ClientState state) {
		return switch (state) {
			case CONNECTED -> client.refused() ? SocketServersHealthContributor.DEGRADED : Status.UP;
			case STOPPED, CLOSED -> Status.UNKNOWN;
			case CLOSING -> Status.OUT_OF_SERVICE;
			case CONNECTING, DISCONNECTED -> isFirst(client.statistics()) ? Status.UNKNOWN : Status.DOWN;
		};
	}

	/** Whether no attempt to connect has ended yet. */
	private static boolean isFirst(ClientStatistics statistics) {
		return statistics.connected() == 0 && statistics.cancelled() == 0 && statistics.failed().isEmpty();
	}

}
