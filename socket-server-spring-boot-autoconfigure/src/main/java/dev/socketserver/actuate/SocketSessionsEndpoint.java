package dev.socketserver.actuate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.PeerCredentials;
import dev.socketserver.RejectReason;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.SocketServersEndpoint.TrafficDescriptor;
import dev.socketserver.actuate.shown.PageLength;
import dev.socketserver.actuate.shown.ShownNames;
import dev.socketserver.actuate.shown.ShownValues;
import dev.socketserver.address.Addresses;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.NoReplyException;
import dev.socketserver.operation.PeerRequest;
import dev.socketserver.operation.SessionAction;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.search.SessionPager;
import dev.socketserver.operation.search.SessionQuery;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.ServerOperations.RefusedConnection;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.operator.SessionRate;
import dev.socketserver.transcript.Transcript;
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
 * {@link Endpoint @Endpoint} that shows the open sessions and those that ended last, and
 * that pauses, resumes or closes sessions, or sends to their peers. Reading takes
 * snapshots from memory; only if a single session is read, its handler is asked for
 * details, and may take a second at most.
 * <p>
 * Whether the values of attributes and details are shown depends on
 * {@code management.endpoint.socketsessions.show-values}. These values, and identities,
 * groups, principals and the details of closings, pass the application's
 * {@link SanitizingFunction}s.
 */
@Endpoint(id = "socketsessions")
public class SocketSessionsEndpoint {

	/** How long what is not text of a session is in JSON, at most, with all names. */
	private static final long LENGTH_OF_NUMBERS = 1024;

	private final AskedDetails asked = new AskedDetails();

	private final SocketServers servers;

	private final SessionPager pager;

	private final ShownValues values;

	private final Show showValues;

	private final Show showRecorded;

	private final @Nullable SessionEvaluator evaluator;

	/**
	 * Creates the endpoint.
	 * @param servers the servers
	 * @param sanitizingFunctions applied to values that are shown
	 * @param showValues when to show the values of attributes and details
	 * @param showRecorded when to show what was recorded of sessions
	 * @param evaluator evaluates expressions, or {@code null} if that is not allowed
	 */
	public SocketSessionsEndpoint(SocketServers servers, Iterable<SanitizingFunction> sanitizingFunctions,
			Show showValues, Show showRecorded, @Nullable SessionEvaluator evaluator) {
		this.evaluator = evaluator;
		this.servers = servers;
		this.pager = new SessionPager(servers);
		this.values = new ShownValues(sanitizingFunctions);
		this.showValues = showValues;
		this.showRecorded = showRecorded;
	}

	/**
	 * Describes a page of the open sessions, or of those that ended last. All parameters
	 * may be absent. A session is shown only if it fits all of them.
	 * @param server only sessions of the server of this name
	 * @param listener only sessions that came by the listener of this name
	 * @param remote only sessions with peers of this address, or of this range in CIDR
	 * notation
	 * @param bound only sessions bound to this identity, {@code type:id}
	 * @param group only sessions that have joined this group
	 * @param closed {@code true} for the last sessions that have ended and, behind them,
	 * the last connections that were refused before they were sessions, 100 of each
	 * server, instead of those that are open
	 * @param after the id of the session after which the first page begins, so that
	 * sessions which end meanwhile shift nothing. The session may have ended itself: any
	 * session if {@code server} is given, else one of the last that ended, or one that
	 * was the last of a page
	 * @param page the page to show, counted from 0; default 0
	 * @param size most sessions on a page, 1 to 500; default 50
	 * @param sort {@code pending}, {@code handler-time}, {@code bytes} or {@code age}:
	 * sessions with most of it come first; not together with {@code after}. By default,
	 * sessions are listed in the order in which they opened
	 * @param state only open sessions that are {@code OPEN}, {@code PAUSED},
	 * {@code STALLED} or {@code CLOSING}; not together with {@code closed}
	 * @return the page
	 * @throws InvalidEndpointRequestException if there is no such server, if the position
	 * of the session {@code after} is not known, or another value is wrong
	 */
	@ReadOperation
	public SocketSessionsDescriptor socketSessions(@Nullable String server, @Nullable String listener,
			@Nullable String remote, @Nullable String bound, @Nullable String group, @Nullable Boolean closed,
			@Nullable String after, @Nullable Integer page, @Nullable Integer size, @Nullable String sort,
			@Nullable String state) {
		return EndpointErrors.answer(() -> sessions(SessionQuery.of(
				SessionFilter.of(server, listener, remote, bound, group, state).closed(Boolean.TRUE.equals(closed)),
				sort, after, page, size), isShown()));
	}

	/**
	 * Describes a session that is open, or one of the last that ended.
	 * @param id the session's id
	 * @return the session, or {@code null} if there is none of that id
	 */
	@ReadOperation
	public @Nullable SocketSessionDescriptor socketSession(@Selector String id) {
		return session(id, isShown(), isRecordedShown());
	}

	/**
	 * Makes an open session do something.
	 * @param id the session's id
	 * @param action {@code pause}, which stops handling what the peer sends, whatever the
	 * handler does; {@code resume}; {@code send}, which sends a payload to the peer;
	 * {@code ask}, which sends one and waits for the reply; or {@code eval}, which
	 * evaluates expressions in the session's context, and writes nothing to its peer
	 * @param payload what to send, ask or evaluate; only for these three actions
	 * @param timeout how long to wait for the reply to {@code ask}, such as {@code 5s},
	 * which is the default, at most {@code 5m}; only for that action
	 * @return the session as it is now; for {@code eval} its details are the
	 * {@code values}, the {@code output} and the {@code error} of the evaluation; for
	 * {@code ask} the reply
	 * @throws InvalidEndpointRequestException if no session of that id is open, there is
	 * no such action, or the payload is missing, not for the action, or cannot be sent
	 * @throws IllegalStateException if the action does not fit the session's state,
	 * evaluation is off, or sending fails
	 * @throws NoReplyException if the peer does not reply in time
	 */
	@WriteOperation
	public OperationResponseBody changeSocketSession(@Selector String id, String action, @Nullable String payload,
			@Nullable String timeout) {
		return EndpointErrors.answer(() -> changeOrAsk(id, action, payload, timeout, isShown()));
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
		// Not void: Boot takes that for another operation than that of the web extension.
		return EndpointErrors.answer(() -> close(id, isShown()));
	}

	/**
	 * Closes the open sessions that fit all parameters with
	 * {@link CloseReason#OPERATOR_CLOSED}, each as {@link #closeSocketSession} does.
	 * Sessions that are closing already do not count.
	 * @param server only sessions of the server of this name
	 * @param listener only sessions that came by the listener of this name
	 * @param remote only sessions with peers of this address, or of this range in CIDR
	 * notation
	 * @param bound only sessions bound to this identity, {@code type:id}
	 * @param group only sessions that have joined this group
	 * @param sort which are closed first: as in the list of sessions
	 * @param max most sessions to close; default 100
	 * @param state only sessions in this state, as in the list of sessions
	 * @return how many sessions close
	 * @throws InvalidEndpointRequestException if nothing says which sessions, there is no
	 * such server, or another value is wrong
	 */
	@DeleteOperation
	public ClosedSessionsDescriptor closeSocketSessions(@Nullable String server, @Nullable String listener,
			@Nullable String remote, @Nullable String bound, @Nullable String group, @Nullable String sort,
			@Nullable Integer max, @Nullable String state) {
		return EndpointErrors.answer(() -> close(SessionFilter.of(server, listener, remote, bound, group, state),
				SessionOrder.of(sort), max));
	}

	/** Whether values are shown at all, to those who may see them. */
	boolean isShown() {
		return this.showValues != Show.NEVER;
	}

	/** As above, for what was recorded. */
	boolean isRecordedShown() {
		return this.showRecorded != Show.NEVER;
	}

	SocketSessionsDescriptor sessions(SessionQuery query, boolean shown) {
		return query.filter().closed()
				? page(this.pager.ended(query), query,
						(one, names) -> (one instanceof EndedSession session)
								? describe(session, names, null, shown, false) : describe((RefusedConnection) one))
				: page(this.pager.open(query), query, (session, names) -> describe(session, names, null, shown));
	}

	private <S> SocketSessionsDescriptor page(SessionPager.Page<S> page, SessionQuery query,
			BiFunction<S, ShownNames, SocketSessionDescriptor> description) {
		List<SocketSessionDescriptor> shown = PageLength.fitting(page.sessions(),
				(session) -> description.apply(session, ShownNames.IN_LIST), SocketSessionDescriptor::length,
				(session) -> description.apply(session, ShownNames.SHORTENED));
		boolean fits = shown.size() == page.sessions().size();
		if (!fits) {
			SocketSessionDescriptor last = shown.get(shown.size() - 1);
			if (last.id() != null) {
				this.pager.endedAt(last.openedAt(), last.id());
			}
		}
		return new SocketSessionsDescriptor(shown,
				new PageDescriptor(query.page(), fits ? query.size() : shown.size(), page.total()));
	}

	/** Describes a session without asking its handler. */
	@Nullable SocketSessionDescriptor withoutDetails(String id, boolean shown) {
		return ServerOperations.session(this.servers, id)
			.map((session) -> describe(session, ShownNames.IN_LIST, null, shown))
			.or(() -> this.pager.endedSession(id)
				.map((session) -> describe(session, ShownNames.IN_LIST, null, shown, false)))
			.orElse(null);
	}

	@Nullable SocketSessionDescriptor session(String id, boolean shown, boolean recordedShown) {
		SocketSession session = ServerOperations.session(this.servers, id).orElse(null);
		if (session != null) {
			return describe(session, ShownNames.OF_ONE,
					this.asked.of(session, (details) -> this.values.of(details, shown)), shown);
		}
		return this.pager.endedSession(id)
			.map((ended) -> describe(ended, ShownNames.OF_ONE, null, shown, recordedShown))
			.orElse(null);
	}

	OperationResponseBody changeOrAsk(String id, String action, @Nullable String payload, @Nullable String timeout,
			boolean shown) {
		SessionAction known = SessionAction.of(action, this.evaluator);
		if (known == SessionAction.ASK) {
			return new ReplyDescriptor(PeerRequest.ask(this.servers, find(id), payload, timeout));
		}
		if (timeout != null) {
			throw new BadParameterException("Only the action ask takes a timeout", "Bad parameter");
		}
		SocketSession session = find(id);
		Evaluation evaluation = known.perform(session, payload, this.evaluator);
		return describe(session, ShownNames.OF_ONE, (evaluation != null) ? details(evaluation) : null, shown);
	}

	SocketSessionDescriptor close(String id, boolean shown) {
		SocketSession session = find(id);
		session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		return describe(session, ShownNames.OF_ONE, null, shown);
	}

	ClosedSessionsDescriptor close(SessionFilter filter, @Nullable SessionOrder order, @Nullable Integer max) {
		return close(this.pager.first(filter, order, SessionPager.most(filter, max)).stream());
	}

	/** Closes those that are still open of the sessions with these ids. */
	ClosedSessionsDescriptor close(Collection<String> ids) {
		return close(ids.stream()
			.flatMap((id) -> ServerOperations.session(this.servers, id).stream())
			.filter((session) -> session.info().closed() == null));
	}

	private static ClosedSessionsDescriptor close(Stream<SocketSession> sessions) {
		List<SocketSession> all = sessions.toList();
		all.forEach((session) -> session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED)));
		return new ClosedSessionsDescriptor(all.size());
	}

	/** Returns the names of the actions that can be asked for. */
	String actions() {
		return SessionAction.names(this.evaluator);
	}

	private SocketSession find(String id) {
		return ServerOperations.session(this.servers, id).orElseThrow(() -> UnknownTargetException.openSession(id));
	}

	/** Always shown: whoever may evaluate may also see the outcome. */
	private static Map<String, @Nullable Object> details(Evaluation evaluation) {
		Map<String, @Nullable Object> details = new LinkedHashMap<>();
		details.put("values", evaluation.values());
		details.put("output", evaluation.output());
		details.put("error", evaluation.error());
		return details;
	}

	private SocketSessionDescriptor describe(SocketSession session, ShownNames names,
			@Nullable Map<String, @Nullable Object> details, boolean shown) {
		SessionInfo info = session.info();
		if (info.state() == SessionInfo.State.CLOSED) {
			EndedSession ended = this.pager.endedSession(session.id()).orElse(null);
			if (ended != null) {
				return describe(ended, names, details, shown, false);
			}
		}
		Principal principal = session.principal();
		return describe(
				new Identification(session.id(), session.server(), session.listener(), session.remoteAddress(),
						session.localAddress(), session.group(), session.peerCredentials(), session.openedAt(),
						session.settingsVersion(), (principal != null) ? principal.getName() : null,
						(session instanceof SessionOperations open) ? open.rate() : null, session.attributes(),
						info.bound().values().stream().mapToInt(List::size).sum(), info.groups().size(), null),
				info, names, details, null, shown);
	}

	private SocketSessionDescriptor describe(EndedSession session, ShownNames names,
			@Nullable Map<String, @Nullable Object> details, boolean shown, boolean recordedShown) {
		return describe(
				new Identification(session.id(), session.server(), session.listener(), session.remoteAddress(),
						session.localAddress(), session.group(), session.peer(), session.openedAt(), session.settings(),
						session.principal(), null, session.attributes(), session.boundTotal(), session.groupsTotal(),
						recordedShown ? session.recorded() : null),
				session.info(), names, details, session.endedAt(), shown);
	}

	private SocketSessionDescriptor describe(RefusedConnection connection) {
		TrafficDescriptor none = new TrafficDescriptor(0, 0);
		return new SocketSessionDescriptor(null, connection.server(), connection.listener(),
				Addresses.format(connection.remoteAddress()), null, null, null, connection.at(), 0,
				SessionInfo.State.CLOSED, List.of(), 0, List.of(), 0, null, none, none, new PendingDescriptor(0, 0, 0),
				0, 0, false, null, Map.of(), null, new ClosedDescriptor(connection.reason(),
						this.values.text("detail", connection.detail()), connection.at()),
				null);
	}

	private SocketSessionDescriptor describe(Identification who, SessionInfo info, ShownNames names,
			@Nullable Map<String, @Nullable Object> details, @Nullable Instant endedAt, boolean shown) {
		CloseStatus closed = info.closed();
		return new SocketSessionDescriptor(who.id(), who.server(), who.listener(),
				Addresses.format(who.remoteAddress()), Addresses.format(who.localAddress()),
				(who.group() != null) ? Addresses.format(who.group()) : null, PeerDescriptor.of(who.peer()),
				who.openedAt(), who.settings(), info.state(), names.bound(info, this.values), who.boundTotal(),
				names.groups(info, this.values), who.groupsTotal(), this.values.text("principal", who.principal()),
				new TrafficDescriptor(info.bytesReceived(), info.bytesSent()),
				new TrafficDescriptor(info.messagesReceived(), info.messagesSent()),
				new PendingDescriptor(info.pendingInbound(), info.pendingWrites(), info.pendingBytes()),
				info.requests(), info.handlerTime().toMillis(), info.readsPaused(), RateDescriptor.of(who.rate()),
				this.values.of(names.attributes() ? who.attributes() : Map.of(), shown), details,
				(closed != null)
						? new ClosedDescriptor(closed.reason(), this.values.text("detail", closed.detail()), endedAt)
						: null,
				(who.recorded() != null) ? who.recorded().toString() : null);
	}

	/** What there is of a session, beside its figures. */
	private record Identification(String id, String server, String listener, InetSocketAddress remoteAddress,
			InetSocketAddress localAddress, @Nullable InetAddress group, @Nullable PeerCredentials peer,
			Instant openedAt, long settings, @Nullable String principal, @Nullable SessionRate rate,
			Map<String, Object> attributes, int boundTotal, int groupsTotal, @Nullable Transcript recorded) {

	}

	/**
	 * A page of sessions.
	 *
	 * @param sessions the sessions, in the order that was asked for
	 * @param page which page it is
	 */
	@JsonPropertyOrder({ "sessions", "page" })
	public record SocketSessionsDescriptor(List<SocketSessionDescriptor> sessions,
			PageDescriptor page) implements OperationResponseBody {

	}

	/**
	 * What the peer of a session has replied.
	 *
	 * @param reply the reply, as text
	 */
	public record ReplyDescriptor(String reply) implements OperationResponseBody {

	}

	/**
	 * What closing several sessions has done.
	 *
	 * @param closed how many sessions close
	 */
	public record ClosedSessionsDescriptor(int closed) implements OperationResponseBody {

	}

	/**
	 * Which page a list shows.
	 *
	 * @param number the page, counted from 0; if {@code after} was given, from there
	 * @param size most sessions on a page; of one that has ended earlier, since more
	 * would be longer than 1 MiB, how many are on it
	 * @param total how many sessions there are on all pages, including those before
	 * {@code after}
	 */
	@JsonPropertyOrder({ "number", "size", "total" })
	public record PageDescriptor(int number, int size, long total) {

	}

	/**
	 * A session.
	 *
	 * @param id the id; {@code null} for a connection that was refused, which has no
	 * figures either
	 * @param server the name of its server
	 * @param listener the name of the listener by which it came
	 * @param remoteAddress the peer's address, {@code host:port}
	 * @param localAddress the address that the peer connected to, {@code host:port}, or
	 * {@code null} if it was refused
	 * @param group the multicast group to which the peer sends, or {@code null}
	 * @param peer who the process at the other end of a Unix socket is, or {@code null}
	 * @param openedAt when it began
	 * @param settings the version of the settings with which it began
	 * @param state the state
	 * @param bound the identities that it is bound to, each as {@code type:id}; in lists,
	 * 20 of them with 200 characters each, else 1,000
	 * @param boundTotal how many these are
	 * @param groups the groups that it has joined; as many as identities
	 * @param groupsTotal how many these are
	 * @param principal who the peer is, or {@code null}
	 * @param bytes its bytes
	 * @param messages its frames
	 * @param pending what waits in it
	 * @param requests how many requests to the peer wait for their replies
	 * @param handlerMillis how long calls of its handler have taken in all, in
	 * milliseconds, with those under way
	 * @param readsPaused whether the application or an operator has paused reading
	 * @param rate how fast the peer may send, or {@code null} if that is not limited
	 * @param attributes what the application keeps with it, by key; values that are not
	 * shown are {@code ******}
	 * @param details what its handler reports about it, or {@code error} with the reason
	 * why the handler does not; {@code null} in lists, for a session that has ended, and
	 * if the handler says nothing
	 * @param closed how it is ending or has ended, or {@code null}
	 * @param recorded its last frames as a transcript, if it has ended with an error and
	 * they are recorded and shown; {@code null} and left out otherwise, and in lists
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "id", "server", "listener", "remoteAddress", "localAddress", "group", "peer", "openedAt",
			"settings", "state", "bound", "boundTotal", "groups", "groupsTotal", "principal", "bytes", "messages",
			"pending", "requests", "handlerMillis", "readsPaused", "rate", "attributes", "details", "closed",
			"recorded" })
	public record SocketSessionDescriptor(@Nullable String id, String server, String listener, String remoteAddress,
			@Nullable String localAddress, @Nullable String group, @Nullable PeerDescriptor peer, Instant openedAt,
			long settings, SessionInfo.State state, List<String> bound, int boundTotal, List<String> groups,
			int groupsTotal, @Nullable String principal, TrafficDescriptor bytes, TrafficDescriptor messages,
			PendingDescriptor pending, int requests, long handlerMillis, boolean readsPaused,
			@Nullable RateDescriptor rate, Map<String, @Nullable Object> attributes,
			@Nullable Map<String, @Nullable Object> details, @Nullable ClosedDescriptor closed,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String recorded) implements OperationResponseBody {

		/** Returns its length in a list, in bytes of JSON. */
		private long length() {
			return LENGTH_OF_NUMBERS + PageLength.of(Arrays.asList(this.id, this.server, this.listener,
					this.remoteAddress, this.localAddress, this.bound, this.groups, this.principal, this.attributes,
					(this.closed != null) ? this.closed.detail() : null));
		}

	}

	/**
	 * The process at the other end of a Unix socket.
	 *
	 * @param pid its number, or -1 if the system does not tell it
	 * @param uid the number of its user
	 * @param gid the number of its group
	 * @param user the name of its user, or {@code null} if the machine has none for it
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "pid", "uid", "gid", "user" })
	public record PeerDescriptor(int pid, int uid, int gid, @Nullable String user) {

		static @Nullable PeerDescriptor of(@Nullable PeerCredentials peer) {
			return (peer != null) ? new PeerDescriptor(peer.pid(), peer.uid(), peer.gid(), peer.user()) : null;
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
	 * How fast the peer of a session may send.
	 *
	 * @param messages how many messages, as it is configured, or {@code null}
	 * @param bytes how many bytes, as it is configured, or {@code null}
	 * @param paused whether nothing is read at the moment because the peer was too fast
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "messages", "bytes", "paused" })
	public record RateDescriptor(@Nullable String messages, @Nullable String bytes, boolean paused) {

		static @Nullable RateDescriptor of(@Nullable SessionRate rate) {
			return (rate != null) ? new RateDescriptor(rate.messages(), rate.bytes(), rate.paused()) : null;
		}

	}

	/**
	 * How a session ends.
	 *
	 * @param reason the reason, a {@link CloseReason} or, of a connection that was
	 * refused, a {@link RejectReason}
	 * @param detail what happened, in a text that helps to act on it, or {@code null}
	 * @param at when it ended, or {@code null} while it is ending
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "reason", "detail", "at" })
	public record ClosedDescriptor(Enum<?> reason, @Nullable String detail, @Nullable Instant at) {

	}

}
