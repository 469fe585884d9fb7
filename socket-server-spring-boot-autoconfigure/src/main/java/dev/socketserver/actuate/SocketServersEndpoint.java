package dev.socketserver.actuate;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.CloseReason;
import dev.socketserver.DatagramStatistics;
import dev.socketserver.ListenerState;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerState;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.shown.ShownValues;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.framing.DropReason;
import dev.socketserver.handler.dispatch.DispatchedSessions;
import dev.socketserver.handler.dispatch.Mapping;
import dev.socketserver.operation.ServerAction;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.spi.PreparationFigures;
import dev.socketserver.spi.PreparingHandlers;
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
 * {@link Endpoint @Endpoint} that lists servers and changes what they do. Reading takes
 * snapshots from memory. No operation waits for sessions to end.
 * <p>
 * Whether the reason why a server could not start, or cannot accept, is shown depends on
 * {@code management.endpoint.socketservers.show-values}. It passes the application's
 * {@link SanitizingFunction}s, with the key {@code failure}.
 */
@Endpoint(id = "socketservers")
public class SocketServersEndpoint {

	private final Targets<SocketServer, SocketServerDescriptor> servers;

	private final ShownValues values;

	private final Show showValues;

	/**
	 * Creates the endpoint.
	 * @param servers the servers
	 * @param sanitizingFunctions applied to the reasons why servers could not start, or
	 * cannot accept
	 * @param showValues when to show these reasons
	 */
	public SocketServersEndpoint(SocketServers servers, Iterable<SanitizingFunction> sanitizingFunctions,
			Show showValues) {
		this.values = new ShownValues(sanitizingFunctions);
		this.servers = new Targets<>(servers, servers::server, UnknownTargetException::server, this::describe);
		this.showValues = showValues;
	}

	/**
	 * Describes all servers, in the order in which they were registered.
	 * @return the servers
	 */
	@ReadOperation
	public SocketServersDescriptor socketServers() {
		return servers(this.showValues.isShown(true));
	}

	/**
	 * Describes a server.
	 * @param name the server's name
	 * @return the server, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable SocketServerDescriptor socketServer(@Selector String name) {
		return server(name, this.showValues.isShown(true));
	}

	/**
	 * Changes what a server does. Starting returns when the port is bound. {@code pause},
	 * {@code resume} and what keeps sessions wait for the listener, at most five seconds.
	 * Nothing waits for sessions to end; the state then indicates whether the server
	 * still drains.
	 * @param name the server's name
	 * @param action {@code start}, {@code stop}, {@code restart}, {@code pause},
	 * {@code resume} or {@code drain}
	 * @param timeout how long sessions may go on, such as {@code 10s}, milliseconds if
	 * without a unit, for {@code stop}, {@code restart} and {@code drain}; by default the
	 * server's drain timeout. For {@code drain} it is the time of all of it, by default
	 * the delay, the time over which sessions are ended, and then the drain timeout
	 * @param sessions {@code close}, which is the default, or {@code keep} to close the
	 * listener only, which needs no timeout, for {@code stop} and {@code restart}
	 * @param delay how long connections are still accepted, as a duration, for
	 * {@code drain}; by default what the server has
	 * @param over the time over which sessions are ended evenly, as a duration, for
	 * {@code drain}; by default what the server has
	 * @param order which of them are ended first, {@code idle-first}, {@code oldest} or
	 * {@code random}, for {@code drain}; by default what the server has
	 * @param listener which listener is meant, for {@code pause} and {@code resume}; by
	 * default all
	 * @return the server as it is now
	 * @throws InvalidEndpointRequestException if there is no such server or action, or a
	 * parameter has a wrong value or is not for the action
	 * @throws IllegalStateException if the action does not fit the server's state, or the
	 * server cannot start
	 */
	@WriteOperation
	public SocketServerDescriptor changeSocketServer(@Selector String name, String action, @Nullable String timeout,
			@Nullable String sessions, @Nullable String delay, @Nullable String over, @Nullable String order,
			@Nullable String listener) {
		return EndpointErrors.answer(
				() -> change(name, action, new ServerAction.Parameters(timeout, sessions, delay, over, order, listener),
						this.showValues.isShown(true)));
	}

	/**
	 * Stops a server, like the action {@code stop}.
	 * @param name the server's name
	 * @return the server as it is now
	 * @throws InvalidEndpointRequestException if there is no such server
	 * @throws IllegalStateException if the server does not run, or is stopping already
	 */
	@DeleteOperation
	public SocketServerDescriptor stopSocketServer(@Selector String name) {
		// Not void: Boot would consider that another operation than the one of the web
		// extension.
		return EndpointErrors.answer(() -> stop(name, this.showValues.isShown(true)));
	}

	SocketServersDescriptor servers(boolean shown) {
		return new SocketServersDescriptor(this.servers.describe(shown));
	}

	@Nullable SocketServerDescriptor server(String name, boolean shown) {
		return this.servers.describe(name, shown);
	}

	SocketServerDescriptor change(String name, String action, ServerAction.Parameters parameters, boolean shown) {
		return this.servers.change(name, (server) -> ServerAction.of(action).perform(server, parameters), shown);
	}

	SocketServerDescriptor stop(String name, boolean shown) {
		return this.servers.change(name, (server) -> ServerAction.STOP.perform(server, ServerAction.Parameters.NONE),
				shown);
	}

	private SocketServerDescriptor describe(SocketServer server, boolean shown) {
		List<ListenerDescriptor> listeners = server.listeners()
			.stream()
			.map((each) -> new ListenerDescriptor(each.name(), each.state(), each.address(), each.port(),
					each.accepted(), each.sessions(), this.values.text("failure", each.failure(), shown)))
			.toList();
		return SocketServerDescriptor.of(server, listeners, this.values.failure(server.failure(), shown));
	}

	/**
	 * The servers of the application.
	 *
	 * @param servers the servers, in the order in which they were registered
	 */
	public record SocketServersDescriptor(List<SocketServerDescriptor> servers) implements OperationResponseBody {

	}

	/**
	 * A server. What only a listening or running server has is {@code null} while the
	 * server does not listen or run.
	 *
	 * @param name the name
	 * @param state the state
	 * @param address the address on which it listens, {@code host:port}, or {@code unix:}
	 * and the path
	 * @param port the port on which it listens; {@code null} for a Unix socket
	 * @param protocol {@code tcp}, {@code udp} or {@code unix}
	 * @param inherited the name of the socket of systemd that it inherits, or
	 * {@code null} if it binds one itself
	 * @param handler the name of its handler
	 * @param framing the type word of its framing
	 * @param transport how the operating system is asked for I/O, in lower case
	 * @param ssl the name of its SSL bundle, or {@code null}
	 * @param sessions the sessions that it has and had
	 * @param bytes the bytes of all its sessions
	 * @param messages the frames of all its sessions
	 * @param framesDropped what its framing has dropped while the session went on, by
	 * reason; without reasons that did not occur
	 * @param datagrams what has become of its datagrams; {@code null} unless it is one of
	 * UDP
	 * @param repliesDropped replies to its requests that arrived too late, or to none
	 * @param startedAt when it began to listen
	 * @param failure why it could not start, or why it cannot accept connections just
	 * now, or {@code null}
	 * @param drain how far a drain has progressed, or {@code null} while it does not
	 * drain
	 * @param mappings which method of the handler is called for which key; none if there
	 * is nothing to choose
	 * @param bridge what is stored before it is handled, or {@code null} for nothing
	 * @param listeners where it listens: its own place first, then others by their names
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "name", "state", "address", "port", "protocol", "inherited", "handler", "framing", "transport",
			"ssl", "sessions", "bytes", "messages", "framesDropped", "datagrams", "repliesDropped", "startedAt",
			"failure", "drain", "mappings", "bridge", "listeners" })
	public record SocketServerDescriptor(String name, ServerState state, @Nullable String address,
			@Nullable Integer port, String protocol, @Nullable String inherited, String handler, String framing,
			@Nullable String transport, @Nullable String ssl, SessionsDescriptor sessions, TrafficDescriptor bytes,
			TrafficDescriptor messages, Map<DropReason, Long> framesDropped, @Nullable DatagramStatistics datagrams,
			long repliesDropped, @Nullable Instant startedAt, @Nullable String failure, @Nullable DrainDescriptor drain,
			List<Mapping> mappings, @Nullable StoreDescriptor bridge,
			List<ListenerDescriptor> listeners) implements OperationResponseBody {

		private static @Nullable Integer port(@Nullable InetSocketAddress address) {
			return (address != null && !(address instanceof UnixAddress)) ? address.getPort() : null;
		}

		static SocketServerDescriptor of(SocketServer server, List<ListenerDescriptor> listeners,
				@Nullable String failure) {
			ServerStatistics statistics = server.statistics();
			InetSocketAddress address = server.localAddress();
			SocketTransport transport = server.transport();
			Tls tls = server.spec().tls();
			DispatchedSessions dispatched = DispatchedSessions.of(server.spec().handler());
			ServerOperations operations = ServerOperations.of(server);
			return new SocketServerDescriptor(server.name(), server.state(),
					(address != null) ? Addresses.format(address) : null, port(address),
					operations.protocol().name().toLowerCase(Locale.ROOT), operations.inherited(),
					server.spec().handler().name(), server.spec().framing().type(),
					(transport != null) ? transport.name().toLowerCase(Locale.ROOT) : null,
					(tls != null) ? tls.bundle().name() : null, SessionsDescriptor.of(statistics),
					new TrafficDescriptor(statistics.bytesReceived(), statistics.bytesSent()),
					new TrafficDescriptor(statistics.messagesReceived(), statistics.messagesSent()),
					statistics.framesDropped(), hasDatagrams(server) ? statistics.datagrams() : null,
					statistics.repliesDropped(), server.startedAt(), failure, DrainDescriptor.of(server),
					(dispatched != null) ? dispatched.mappings() : List.of(),
					StoreDescriptor.of(server.spec().handler()), listeners);
		}

		private static boolean hasDatagrams(SocketServer server) {
			return server.spec().listeners().stream().anyMatch((each) -> each.session().datagrams());
		}

	}

	/**
	 * One of the places in which a server listens.
	 *
	 * @param name the name; {@code main} for the server's own place
	 * @param state the state
	 * @param address where it listens, or is to listen
	 * @param port the port; {@code null} for a Unix socket
	 * @param accepted how many connections were accepted there
	 * @param sessions how many sessions are open that came by it
	 * @param failure why it can accept nothing just now, or {@code null}
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "name", "state", "address", "port", "accepted", "sessions", "failure" })
	public record ListenerDescriptor(String name, ListenerState state, String address, @Nullable Integer port,
			long accepted, long sessions, @Nullable String failure) {

	}

	/**
	 * What a server stores before it is handled.
	 *
	 * @param to where messages are stored, as it is configured
	 * @param pending how many wait to be stored
	 * @param stored how many were stored
	 * @param duplicates how many had been stored before
	 * @param failingSince since when nothing could be stored, or {@code null}
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "to", "pending", "stored", "duplicates", "failingSince" })
	public record StoreDescriptor(String to, int pending, long stored, long duplicates,
			@Nullable Instant failingSince) {

		static @Nullable StoreDescriptor of(ServerHandler handler) {
			if (!(handler instanceof ServerHandler.Messages messages
					&& messages.sessions() instanceof PreparingHandlers preparing)) {
				return null;
			}
			PreparationFigures figures = preparing.figures();
			return new StoreDescriptor(figures.to(), figures.pending(), figures.stored(), figures.duplicates(),
					figures.failingSince());
		}

	}

	/**
	 * How far a drain has progressed.
	 *
	 * @param endsAt when the last session is asked to end; if they are left alone until
	 * then, all of them
	 * @param left how many sessions are open
	 * @param of how many there were when the drain began, or, if more opened meanwhile,
	 * there are
	 */
	@JsonPropertyOrder({ "endsAt", "left", "of" })
	public record DrainDescriptor(Instant endsAt, long left, long of) {

		static @Nullable DrainDescriptor of(SocketServer server) {
			DrainProgress progress = ServerOperations.of(server).drain();
			return (progress != null) ? new DrainDescriptor(progress.endsAt(), progress.left(), progress.of()) : null;
		}

	}

	/**
	 * How many sessions a server has and had.
	 *
	 * @param active how many are open
	 * @param accepted how many connections were accepted, those rejected included
	 * @param rejected how many of them were refused before they became sessions
	 * @param closed how many sessions ended, by reason; without reasons that did not
	 * occur
	 */
	@JsonPropertyOrder({ "active", "accepted", "rejected", "closed" })
	public record SessionsDescriptor(long active, long accepted, long rejected, Map<CloseReason, Long> closed) {

		static SessionsDescriptor of(ServerStatistics statistics) {
			long rejected = statistics.rejected().values().stream().mapToLong(Long::longValue).sum();
			return new SessionsDescriptor(statistics.active(), statistics.accepted(), rejected, statistics.closed());
		}

	}

	/**
	 * Traffic in both directions.
	 *
	 * @param received how much was received from peers
	 * @param sent how much went to peers
	 */
	@JsonPropertyOrder({ "received", "sent" })
	public record TrafficDescriptor(long received, long sent) {

	}

}
