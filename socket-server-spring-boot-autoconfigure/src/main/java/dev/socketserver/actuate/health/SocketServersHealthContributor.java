package dev.socketserver.actuate.health;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.address.Addresses;
import dev.socketserver.operation.FailureText;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.ServerOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the servers, with a component for each that exists at the moment of the
 * request. Answers from memory.
 * <p>
 * {@link Status#UP} while a server accepts connections; {@link Status#OUT_OF_SERVICE}
 * while it is paused or draining; {@link Status#DOWN} when it could not start, also while
 * it is tried again, or runs but cannot accept connections for now, or {@link #DEGRADED}
 * if it still can by one of several listeners; {@link Status#UNKNOWN} when it is not
 * expected to accept: it was stopped, was never started, or is about to start for the
 * first time. A session whose handler is stuck does not change the status, since the
 * others are served.
 */
public class SocketServersHealthContributor extends HealthByName<SocketServer> {

	/**
	 * While a server accepts connections by some of its listeners, and others cannot, or
	 * the datagrams of a client are refused. Worse than {@link Status#UP}, and better
	 * than {@link Status#OUT_OF_SERVICE}.
	 */
	public static final Status DEGRADED = new Status("DEGRADED");

	private final Function<String, @Nullable Instant> nextAttempts;

	/**
	 * Creates the contributor, without servers that are configured and do not exist yet.
	 * @param servers the servers
	 */
	public SocketServersHealthContributor(SocketServers servers) {
		this(servers, (server) -> false, (server) -> null);
	}

	/**
	 * Creates the contributor.
	 * @param servers the servers
	 * @param configured indicates whether a server of a name is configured
	 * @param nextAttempts determines when a server that cannot listen is tried again, by
	 * its name; {@code null} if never
	 */
	public SocketServersHealthContributor(SocketServers servers, Predicate<String> configured,
			Function<String, @Nullable Instant> nextAttempts) {
		super(servers, servers::server, SocketServer::name, configured);
		this.nextAttempts = nextAttempts;
	}

	@Override
	Health health(SocketServer server) {
		ServerState state = server.state();
		Throwable failure = server.failure();
		List<ListenerStatus> listeners = server.listeners();
		Health.Builder health = Health.status((failure != null) ? failed(listeners) : status(state))
			.withDetail("state", state)
			.withDetail("activeSessions", server.statistics().active())
			.withDetail("stuckSessions", server.statistics().stuckSessions());
		long replaced = server.statistics().listenersReplaced();
		if (replaced > 0) {
			health.withDetail("listenersReplaced", replaced);
		}
		DrainProgress drain = (state == ServerState.DRAINING) ? ServerOperations.of(server).drain() : null;
		if (drain != null) {
			health.withDetail("drain", Map.of("endsAt", drain.endsAt(), "left", drain.left(), "of", drain.of(), "rate",
					drain.perSecond()));
		}
		InetSocketAddress address = server.localAddress();
		if (address != null) {
			health.withDetail("address", Addresses.format(address));
		}
		if (listeners.size() > 1) {
			Map<String, String> states = new LinkedHashMap<>();
			for (ListenerStatus each : listeners) {
				states.put(each.name(), each.state() + ((each.failure() != null) ? ": " + each.failure() : ""));
			}
			health.withDetail("listeners", states);
		}
		if (failure != null) {
			health.withDetail("failure", FailureText.of(failure));
			Instant next = this.nextAttempts.apply(server.name());
			if (next != null) {
				health.withDetail("nextAttempt", next);
			}
		}
		return health.build();
	}

	/**
	 * Returns the status while nothing can be accepted by some listener. It recovers by
	 * itself; until then the server is down, unless another listener accepts.
	 */
	private static Status failed(List<ListenerStatus> listeners) {
		return listeners.stream().anyMatch((each) -> each.state() == ListenerState.LISTENING) ? DEGRADED : Status.DOWN;
	}

	private static Status status(ServerState state) {
		return switch (state) {
			case RUNNING -> Status.UP;
			case PAUSED, DRAINING -> Status.OUT_OF_SERVICE;
			case FAILED -> Status.DOWN;
			case STARTING, STOPPED -> Status.UNKNOWN;
		};
	}

}
