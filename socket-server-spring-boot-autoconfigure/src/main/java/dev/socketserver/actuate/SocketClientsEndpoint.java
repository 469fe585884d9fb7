package dev.socketserver.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.CloseReason;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.SocketServersEndpoint.TrafficDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.ClosedDescriptor;
import dev.socketserver.actuate.shown.ShownValues;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.client.SocketClients;
import dev.socketserver.operation.ClientAction;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.listen.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that lists clients and changes what they do. Reading takes
 * snapshots from memory. No operation waits for a connection to be made, or to end.
 * <p>
 * Whether the reason why a client could not connect is shown, and the detail of why its
 * last connection ended, depends on
 * {@code management.endpoint.socketclients.show-values}. They pass the application's
 * {@link SanitizingFunction}s, with the keys {@code failure} and {@code detail}.
 */
@Endpoint(id = "socketclients")
public class SocketClientsEndpoint {

	private final Targets<SocketClient, SocketClientDescriptor> clients;

	private final ShownValues values;

	private final Show showValues;

	/**
	 * Creates the endpoint.
	 * @param clients the clients
	 * @param sanitizingFunctions applied to the reasons why clients could not connect, or
	 * lost their connections
	 * @param showValues when to show these reasons
	 */
	public SocketClientsEndpoint(SocketClients clients, Iterable<SanitizingFunction> sanitizingFunctions,
			Show showValues) {
		this.values = new ShownValues(sanitizingFunctions);
		this.clients = new Targets<>(clients, clients::client, UnknownTargetException::client, this::describe);
		this.showValues = showValues;
	}

	/**
	 * Describes all clients, in the order in which they were registered.
	 * @return the clients
	 */
	@ReadOperation
	public SocketClientsDescriptor socketClients() {
		return clients(this.showValues.isShown(true));
	}

	/**
	 * Describes a client.
	 * @param name the client's name
	 * @return the client, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable SocketClientDescriptor socketClient(@Selector String name) {
		return client(name, this.showValues.isShown(true));
	}

	/**
	 * Changes what a client does. What takes time goes on after this has returned, and
	 * the state then shows how far it is.
	 * @param name the client's name
	 * @param action {@code start}, {@code stop}, {@code disconnect}, {@code reconnect} or
	 * {@code rotate}
	 * @return the client as it is now
	 * @throws InvalidEndpointRequestException if there is no such client or action
	 * @throws IllegalStateException if the action does not fit the client's state, or has
	 * failed
	 */
	@WriteOperation
	public SocketClientDescriptor changeSocketClient(@Selector String name, String action) {
		return EndpointErrors.answer(() -> change(name, action, this.showValues.isShown(true)));
	}

	/**
	 * Stops a client, like the action {@code stop}.
	 * @param name the client's name
	 * @return the client as it is now
	 * @throws InvalidEndpointRequestException if there is no such client
	 * @throws IllegalStateException if the client is not started, or is stopping already
	 */
	@DeleteOperation
	public SocketClientDescriptor stopSocketClient(@Selector String name) {
		// Not void: Boot would consider that another operation than the one of the web
		// extension.
		return EndpointErrors.answer(() -> stop(name, this.showValues.isShown(true)));
	}

	SocketClientsDescriptor clients(boolean shown) {
		return new SocketClientsDescriptor(this.clients.describe(shown));
	}

	@Nullable SocketClientDescriptor client(String name, boolean shown) {
		return this.clients.describe(name, shown);
	}

	SocketClientDescriptor change(String name, String action, boolean shown) {
		return this.clients.change(name, (client) -> ClientAction.of(action).perform(client), shown);
	}

	SocketClientDescriptor stop(String name, boolean shown) {
		return this.clients.change(name, ClientAction.STOP::perform, shown);
	}

	private SocketClientDescriptor describe(SocketClient client, boolean shown) {
		return SocketClientDescriptor.of(client, this.values.failure(client.failure(), shown),
				lastClosed(client, shown), addresses(client, shown));
	}

	private List<AddressDescriptor> addresses(SocketClient client, boolean shown) {
		return client.addresses()
			.stream()
			.map((status) -> AddressDescriptor.of(status, this.values.text("failure", status.failure(), shown)))
			.toList();
	}

	private @Nullable ClosedDescriptor lastClosed(SocketClient client, boolean shown) {
		LastClosed last = client.lastClosed();
		return (last != null) ? new ClosedDescriptor(last.status().reason(),
				this.values.text("detail", last.status().detail(), shown), last.at()) : null;
	}

	/**
	 * The clients of the application.
	 *
	 * @param clients the clients, in the order in which they were registered
	 */
	public record SocketClientsDescriptor(List<SocketClientDescriptor> clients) implements OperationResponseBody {

	}

	/**
	 * A client. What only a connection or a started client has is {@code null} if there
	 * is no connection, or the client is not started.
	 *
	 * @param name the name
	 * @param state the state
	 * @param host the server's host name or address, as configured; {@code unix:} and the
	 * path of a Unix socket
	 * @param port the server's port, as configured; {@code null} for a Unix socket
	 * @param protocol {@code tcp}, {@code udp} or {@code unix}
	 * @param remoteAddress the server's address in the connection, {@code host:port}, or
	 * as {@code host} for a Unix socket
	 * @param localAddress the client's address in the connection, {@code host:port}
	 * @param handler the name of its handler
	 * @param framing the type word of its framing
	 * @param transport how the operating system is asked for I/O, in lower case
	 * @param ssl the name of its SSL bundle, or {@code null}
	 * @param connectedAt when it connected
	 * @param suspended whether it was disconnected by an operator or the application, and
	 * waits for a reconnect
	 * @param attempts its attempts to connect
	 * @param closed how many of its connections ended, by reason; without reasons that
	 * did not occur
	 * @param bytes the bytes of all its connections
	 * @param messages the frames of all its connections
	 * @param pending what waits to be sent or answered
	 * @param outbound what happened to payloads that it was to send
	 * @param repliesDropped how many replies arrived too late, or to no request
	 * @param failure why it could not connect, or {@code null}
	 * @param lastClosed how its last connection ended, or {@code null} if none has ended
	 * since its last start
	 * @param addresses its addresses, in the order in which they are configured
	 * @param pool its connections
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "name", "state", "host", "port", "protocol", "remoteAddress", "localAddress", "handler",
			"framing", "transport", "ssl", "connectedAt", "suspended", "attempts", "closed", "bytes", "messages",
			"pending", "outbound", "repliesDropped", "failure", "lastClosed", "addresses", "pool" })
	public record SocketClientDescriptor(String name, ClientState state, String host, @Nullable Integer port,
			String protocol, @Nullable String remoteAddress, @Nullable String localAddress, String handler,
			String framing, @Nullable String transport, @Nullable String ssl, @Nullable Instant connectedAt,
			boolean suspended, AttemptsDescriptor attempts, Map<CloseReason, Long> closed, TrafficDescriptor bytes,
			TrafficDescriptor messages, PendingDescriptor pending, OutboundDescriptor outbound, long repliesDropped,
			@Nullable String failure, @Nullable ClosedDescriptor lastClosed, List<AddressDescriptor> addresses,
			PoolDescriptor pool) implements OperationResponseBody {

		static SocketClientDescriptor of(SocketClient client, @Nullable String failure,
				@Nullable ClosedDescriptor lastClosed, List<AddressDescriptor> addresses) {
			ClientSpec spec = client.spec();
			ClientTls tls = spec.tls();
			ClientStatistics statistics = client.statistics();
			ClientState state = client.state();
			// A connection that was made since then is shown next time, with its state.
			SocketSession session = (state == ClientState.CONNECTED || state == ClientState.CLOSING)
					? client.session().orElse(null) : null;
			if (state == ClientState.CONNECTED && session == null) {
				// The connection was lost since then.
				state = ClientState.DISCONNECTED;
			}
			SocketTransport transport = client.transport();
			return new SocketClientDescriptor(client.name(), state, spec.host(),
					(spec.protocol() != Protocol.UNIX) ? spec.port() : null,
					spec.protocol().name().toLowerCase(Locale.ROOT),
					(session != null) ? Addresses.format(session.remoteAddress()) : null,
					(session != null) ? Addresses.format(session.localAddress()) : null,
					spec.session().handler().name(), spec.session().framing().type(),
					(transport != null) ? transport.name().toLowerCase(Locale.ROOT) : null,
					(tls != null) ? tls.bundle().name() : null, (session != null) ? session.openedAt() : null,
					client.suspended(), AttemptsDescriptor.of(statistics), statistics.closed(),
					new TrafficDescriptor(statistics.bytesReceived(), statistics.bytesSent()),
					new TrafficDescriptor(statistics.messagesReceived(), statistics.messagesSent()),
					PendingDescriptor.of(statistics), OutboundDescriptor.of(statistics), statistics.repliesDropped(),
					failure, lastClosed, addresses, PoolDescriptor.of(client));
		}

	}

	/**
	 * An address of a client.
	 *
	 * @param address where it is, {@code host:port} or {@code unix:} and a path, as
	 * configured
	 * @param available whether connections are made to it
	 * @param connections how many of the client's connections are to it
	 * @param failures how many failures in a row there have been
	 * @param failure what the last of these was, or {@code null}
	 * @param nextAttempt when it is tried again, or {@code null} while it is available
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "address", "available", "connections", "failures", "failure", "nextAttempt" })
	public record AddressDescriptor(String address, boolean available, int connections, int failures,
			@Nullable String failure, @Nullable Instant nextAttempt) {

		static AddressDescriptor of(AddressStatus status, @Nullable String failure) {
			String address = status.host().startsWith(UnixAddress.PREFIX) ? status.host()
					: new ServerAddress(status.host(), status::port).toString();
			return new AddressDescriptor(address, status.available(), status.connections(), status.failures(), failure,
					status.nextAttempt());
		}

	}

	/**
	 * The connections of a client.
	 *
	 * @param size how many are held
	 * @param ready how many are ready
	 */
	@JsonPropertyOrder({ "size", "ready" })
	public record PoolDescriptor(int size, int ready) {

		static PoolDescriptor of(SocketClient client) {
			ClientPool pool = client.spec().pool();
			return new PoolDescriptor((pool != null) ? pool.size() : 1, client.connections(ConnectionState.READY));
		}

	}

	/**
	 * Attempts to connect.
	 *
	 * @param total how many were begun
	 * @param connected how many made a connection
	 * @param failed how many failed, by reason; without reasons that did not occur
	 * @param cancelled how many ended without a result because the client was stopped,
	 * closed or disconnected meanwhile
	 */
	@JsonPropertyOrder({ "total", "connected", "failed", "cancelled" })
	public record AttemptsDescriptor(long total, long connected, Map<ConnectFailure, Long> failed, long cancelled) {

		static AttemptsDescriptor of(ClientStatistics statistics) {
			return new AttemptsDescriptor(statistics.attempts(), statistics.connected(), statistics.failed(),
					statistics.cancelled());
		}

	}

	/**
	 * What waits to be sent or answered.
	 *
	 * @param messages how many payloads wait to be sent
	 * @param bytes how many bytes wait to be sent, with what the handler has sent
	 * @param replies how many requests wait for their replies
	 */
	@JsonPropertyOrder({ "messages", "bytes", "replies" })
	public record PendingDescriptor(int messages, long bytes, int replies) {

		static PendingDescriptor of(ClientStatistics statistics) {
			return new PendingDescriptor(statistics.pending(), statistics.pendingBytes(), statistics.pendingReplies());
		}

	}

	/**
	 * What happened to payloads that were to be sent.
	 *
	 * @param accepted how many were accepted
	 * @param delivered how many of these the operating system has taken
	 * @param repeated how many were sent again from their start
	 * @param undelivered how many accepted ones will never be sent
	 * @param dropped how many accepted ones were dropped to make room for others
	 * @param refused how many were refused for want of room
	 */
	@JsonPropertyOrder({ "accepted", "delivered", "repeated", "undelivered", "dropped", "refused" })
	public record OutboundDescriptor(long accepted, long delivered, long repeated, long undelivered, long dropped,
			long refused) {

		static OutboundDescriptor of(ClientStatistics statistics) {
			return new OutboundDescriptor(statistics.accepted(), statistics.delivered(), statistics.repeated(),
					statistics.undelivered(), statistics.outboundDropped(), statistics.outboundRefused());
		}

	}

}
