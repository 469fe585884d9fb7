package dev.socketserver.actuate;

import java.net.InetSocketAddress;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.socketserver.Addresses;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the servers, a component each, as they are at the moment of asking: servers
 * may come and go. It answers from memory.
 * <p>
 * {@link Status#UP} while a server accepts connections; {@link Status#OUT_OF_SERVICE}
 * while it is paused or draining; {@link Status#DOWN} when it should run and could not
 * start; {@link Status#UNKNOWN} when nobody expects it to accept: it was stopped, was
 * never started, or is about to start. A session whose handler is stuck does not change
 * the status: the others are served.
 */
public class SocketServersHealthContributor implements CompositeHealthContributor {

	private final SocketServers servers;

	/**
	 * Creates the contributor.
	 * @param servers the servers
	 */
	public SocketServersHealthContributor(SocketServers servers) {
		this.servers = servers;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		SocketServer server = this.servers.server(name).orElse(null);
		return (server != null) ? indicator(server) : null;
	}

	@Override
	public Stream<HealthContributors.Entry> stream() {
		return StreamSupport.stream(this.servers.spliterator(), false)
			.map((server) -> new HealthContributors.Entry(server.name(), indicator(server)));
	}

	private static HealthIndicator indicator(SocketServer server) {
		return () -> health(server);
	}

	private static Health health(SocketServer server) {
		ServerState state = server.state();
		Throwable failure = server.failure();
		// A server that runs and cannot accept mends itself; until then it is down.
		Health.Builder health = Health.status((failure != null) ? Status.DOWN : status(state))
			.withDetail("state", state)
			.withDetail("activeSessions", server.statistics().active())
			.withDetail("stuckSessions", server.statistics().stuckSessions());
		InetSocketAddress address = server.localAddress();
		if (address != null) {
			health.withDetail("address", Addresses.format(address));
		}
		if (failure != null) {
			health.withDetail("failure", FailureText.of(failure));
		}
		return health.build();
	}

	private static Status status(ServerState state) {
		return switch (state) {
			case RUNNING -> Status.UP;
			case PAUSED, DRAINING -> Status.OUT_OF_SERVICE;
			case FAILED -> Status.DOWN;
			case STOPPED, STARTING -> Status.UNKNOWN;
		};
	}

}
