package dev.socketserver.actuate;

import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.Addresses;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.SocketServersEndpoint.TrafficDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that lists open sessions and closes them. Reading takes
 * snapshots from memory. The values of session attributes are shown as
 * {@code management.endpoint.socketsessions.show-values} says, and pass through the
 * application's {@link SanitizingFunction}s.
 */
@Endpoint(id = "socketsessions")
public class SocketSessionsEndpoint {

	private static final int DEFAULT_SIZE = 50;

	private static final int MAX_SIZE = 500;

	/** How long a handler may take to tell details of its session. */
	private static final long DETAILS_MILLIS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(SocketSessionsEndpoint.class);

	private final SocketServers servers;

	private final SessionPager pager;

	private final Sanitizer sanitizer;

	private final Show showValues;

	/**
	 * Creates the endpoint.
	 * @param servers the servers
	 * @param sanitizingFunctions applied to values that are shown
	 * @param showValues when to show the values of attributes
	 */
	public SocketSessionsEndpoint(SocketServers servers, Iterable<SanitizingFunction> sanitizingFunctions,
			Show showValues) {
		this.servers = servers;
		this.pager = new SessionPager(servers);
		this.sanitizer = new Sanitizer(sanitizingFunctions);
		this.showValues = showValues;
	}

	/**
	 * Describes a page of the open sessions, in the order in which they opened.
	 * @param server only sessions of the server of this name
	 * @param page the page to show, counted from 0; default 0
	 * @param size most sessions on a page, 1 to 500; default 50
	 * @param after count pages from behind the session of this id, so that sessions which
	 * end meanwhile shift nothing. The session may have ended itself: with {@code server}
	 * always, without it if it was the last one of a page
	 * @return the page
	 * @throws InvalidEndpointRequestException if there is no such server, if
	 * {@code after} names no known place, or a number is out of range
	 */
	@ReadOperation
	public SocketSessionsDescriptor socketSessions(@Nullable String server, @Nullable Integer page,
			@Nullable Integer size, @Nullable String after) {
		return sessions(server, page, size, after, this.showValues.isShown(true));
	}

	/**
	 * Describes an open session.
	 * @param id the session's id
	 * @return the session, or {@code null} if none of that id is open
	 */
	@ReadOperation
	public @Nullable SocketSessionDescriptor socketSession(@Selector String id) {
		return session(id, this.showValues.isShown(true));
	}

	/**
	 * Closes a session with {@link CloseReason#OPERATOR_CLOSED}. What was accepted for
	 * sending still leaves.
	 * @param id the session's id
	 * @return the session as it is now
	 * @throws InvalidEndpointRequestException if no session of that id is open
	 */
	@DeleteOperation
	public SocketSessionDescriptor closeSocketSession(@Selector String id) {
		// Not void: Boot would tell such an operation from that of the web extension.
		SocketSession session = this.servers.session(id).orElseThrow(() -> UnknownTargetException.session(id));
		session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		return describe(session, null, this.showValues.isShown(true));
	}

	SocketSessionsDescriptor sessions(@Nullable String server, @Nullable Integer page, @Nullable Integer size,
			@Nullable String after, boolean showUnsanitized) {
		int number = inRange("page", (page != null) ? page : 0, 0, Integer.MAX_VALUE);
		int limit = inRange("size", (size != null) ? size : DEFAULT_SIZE, 1, MAX_SIZE);
		SessionPager.Page found = this.pager.page(server, number, limit, after);
		List<SocketSessionDescriptor> descriptors = new ArrayList<>();
		found.sessions().forEach((session) -> descriptors.add(describe(session, null, showUnsanitized)));
		return new SocketSessionsDescriptor(descriptors, new PageDescriptor(number, limit, found.total()));
	}

	@Nullable SocketSessionDescriptor session(String id, boolean showUnsanitized) {
		SocketSession session = this.servers.session(id).orElse(null);
		return (session != null) ? describe(session, details(session), showUnsanitized) : null;
	}

	private static int inRange(String parameter, int value, int min, int max) {
		if (value < min || value > max) {
			throw new InvalidEndpointRequestException(
					parameter + " is " + value + ", but must be "
							+ ((max == Integer.MAX_VALUE) ? "at least " + min : "between " + min + " and " + max),
					"Number out of range");
		}
		return value;
	}

	/** What its handler tells about a session, if it is not too busy to tell it. */
	private static @Nullable Map<String, @Nullable Object> details(SocketSession session) {
		try {
			return session.details().get(DETAILS_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (TimeoutException ex) {
			return null;
		}
		catch (ExecutionException ex) {
			logger.warn("Session {}: its handler could not tell details", session.id(), ex.getCause());
			return null;
		}
	}

	private SocketSessionDescriptor describe(SocketSession session, @Nullable Map<String, @Nullable Object> details,
			boolean showUnsanitized) {
		SessionInfo info = session.info();
		CloseStatus closed = info.closed();
		Principal principal = session.principal();
		return new SocketSessionDescriptor(session.id(), session.server(), Addresses.format(session.remoteAddress()),
				Addresses.format(session.localAddress()), session.openedAt(), info.state(), bound(info), info.groups(),
				(principal != null) ? principal.getName() : null,
				new TrafficDescriptor(info.bytesReceived(), info.bytesSent()),
				new TrafficDescriptor(info.messagesReceived(), info.messagesSent()),
				new PendingDescriptor(info.pendingInbound(), info.pendingWrites(), info.pendingBytes()),
				info.readsPaused(), shown(session.attributes(), showUnsanitized),
				(details != null && !details.isEmpty()) ? shown(details, showUnsanitized) : null,
				(closed != null) ? new ClosedDescriptor(closed.reason(), closed.detail(), null) : null);
	}

	private static List<String> bound(SessionInfo info) {
		List<String> bound = new ArrayList<>();
		info.bound().forEach((type, ids) -> ids.forEach((id) -> bound.add(type + ":" + id)));
		return bound;
	}

	private Map<String, @Nullable Object> shown(Map<String, ? extends @Nullable Object> values,
			boolean showUnsanitized) {
		Map<String, @Nullable Object> shown = new TreeMap<>();
		values.forEach((key, value) -> shown.put(key,
				this.sanitizer.sanitize(new SanitizableData(null, key, presentable(value)), showUnsanitized)));
		return shown;
	}

	/**
	 * Simple values stay what they are; anything else is text, not an object graph of the
	 * application's.
	 */
	private static @Nullable Object presentable(@Nullable Object value) {
		return (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) ? value
				: String.valueOf(value);
	}

	/**
	 * Some of the open sessions.
	 *
	 * @param sessions the sessions, in the order in which they opened
	 * @param page which ones they are
	 */
	@JsonPropertyOrder({ "sessions", "page" })
	public record SocketSessionsDescriptor(List<SocketSessionDescriptor> sessions,
			PageDescriptor page) implements OperationResponseBody {

		public SocketSessionsDescriptor {
			sessions = List.copyOf(sessions);
		}

	}

	/**
	 * Which sessions a list shows.
	 *
	 * @param number the page, counted from 0, and from {@code after} where that was given
	 * @param size most sessions on a page
	 * @param total how many open sessions there are on all pages, with those before
	 * {@code after}
	 */
	@JsonPropertyOrder({ "number", "size", "total" })
	public record PageDescriptor(int number, int size, long total) {

	}

	/**
	 * A session.
	 *
	 * @param id the id
	 * @param server the name of its server
	 * @param remoteAddress the peer's address, {@code host:port}
	 * @param localAddress the address that the peer connected to, {@code host:port}
	 * @param openedAt when it began
	 * @param state what it is doing
	 * @param bound what it is bound to, each as {@code type:id}
	 * @param groups the groups it has joined
	 * @param principal who the peer is, or {@code null}
	 * @param bytes its bytes
	 * @param messages its frames
	 * @param pending what waits in it
	 * @param readsPaused whether the application has paused reading
	 * @param attributes what the application keeps with it, by key
	 * @param details what its handler tells about it; {@code null} in lists, if that is
	 * nothing, and if the handler was too busy to tell
	 * @param closed how it is ending, or {@code null}
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "id", "server", "remoteAddress", "localAddress", "openedAt", "state", "bound", "groups",
			"principal", "bytes", "messages", "pending", "readsPaused", "attributes", "details", "closed" })
	public record SocketSessionDescriptor(String id, String server, String remoteAddress, String localAddress,
			Instant openedAt, SessionInfo.State state, List<String> bound, List<String> groups,
			@Nullable String principal, TrafficDescriptor bytes, TrafficDescriptor messages, PendingDescriptor pending,
			boolean readsPaused, Map<String, @Nullable Object> attributes,
			@Nullable Map<String, @Nullable Object> details,
			@Nullable ClosedDescriptor closed) implements OperationResponseBody {

		public SocketSessionDescriptor {
			bound = List.copyOf(bound);
			groups = List.copyOf(groups);
			attributes = Collections.unmodifiableMap(attributes);
		}

	}

	/**
	 * What waits in a session.
	 *
	 * @param inbound frames read that the handler has not handled yet
	 * @param outboundWrites writes that the operating system has not taken yet
	 * @param outboundBytes bytes of those writes
	 */
	@JsonPropertyOrder({ "inbound", "outboundWrites", "outboundBytes" })
	public record PendingDescriptor(int inbound, int outboundWrites, long outboundBytes) {

	}

	/**
	 * How a session ends.
	 *
	 * @param reason the one reason
	 * @param detail what a person can act on, or {@code null}
	 * @param at when it ended, or {@code null} while it is ending
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "reason", "detail", "at" })
	public record ClosedDescriptor(CloseReason reason, @Nullable String detail, @Nullable Instant at) {

	}

}
