package dev.socketserver.actuate;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.SocketSessionsEndpoint.ClosedSessionsDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.ReplyDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.SocketSessionDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.SocketSessionsDescriptor;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.search.IdOnNode;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.search.SessionPager;
import dev.socketserver.operation.search.SessionQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link SocketSessionsEndpoint}: the same operations, which refuse with a status of
 * HTTP, and show values depending on the user. Every answer of 400, 404, 409 or 504 has
 * the body <code>{"error": "…"}</code>. An operation on a session of another node, whose
 * id ends with {@code @node}, is answered with 504 if that node does not answer within
 * {@code socket.cluster.request-timeout}. For {@code ask}, its timeout is added, and for
 * {@code eval} the time that an evaluation may take. If the answer is longer than a
 * message between nodes, 1 MiB, it is 409.
 */
@EndpointWebExtension(endpoint = SocketSessionsEndpoint.class)
@RegisterReflectionForBinding({ SocketSessionsDescriptor.class, SocketSessionDescriptor.class,
		ClosedSessionsDescriptor.class, ReplyDescriptor.class, CloseReason.class, RejectReason.class,
		WebResponses.ErrorDescriptor.class })
public class SocketSessionsEndpointWebExtension {

	private final SocketSessionsEndpoint delegate;

	private final @Nullable ClusterSessions cluster;

	private final Viewers viewers;

	private final Viewers recordedViewers;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param viewers who is shown the values of attributes and details
	 * @param recordedViewers who is shown what was recorded of sessions
	 * @param cluster the sessions of all nodes, or {@code null}
	 */
	public SocketSessionsEndpointWebExtension(SocketSessionsEndpoint delegate, Viewers viewers, Viewers recordedViewers,
			@Nullable ClusterSessions cluster) {
		this.delegate = delegate;
		this.viewers = viewers;
		this.recordedViewers = recordedViewers;
		this.cluster = cluster;
	}

	/**
	 * Describes a page of the open sessions, or of those that ended last. An empty
	 * parameter counts as absent.
	 * @param securityContext who asks
	 * @param parameters
	 * <ul>
	 * <li>{@code server}: only sessions of the server of this name</li>
	 * <li>{@code listener}: only sessions that came by the listener of this name</li>
	 * <li>{@code remote}: only sessions with peers of this address or range</li>
	 * <li>{@code bound}: only sessions bound to this identity, {@code type:id}</li>
	 * <li>{@code group}: only sessions that have joined this group</li>
	 * <li>{@code closed}: {@code true} for the last sessions that have ended,
	 * {@code false} for those that are open, which is the default</li>
	 * <li>{@code after}: count pages from after the session of this id</li>
	 * <li>{@code page}: the page to show, counted from 0; default 0</li>
	 * <li>{@code size}: most sessions on a page, 1 to 500; default 50</li>
	 * <li>{@code sort}: {@code pending}, {@code handler-time}, {@code bytes} or
	 * {@code age}; by default, sessions are listed in the order in which they opened</li>
	 * <li>{@code state}: only open sessions that are {@code OPEN}, {@code PAUSED},
	 * {@code STALLED} or {@code CLOSING}</li>
	 * <li>{@code scope}: {@code cluster} for the sessions of all nodes, whose ids end
	 * with {@code @node}, the first 10,000 of each node, counted from {@code after}. With
	 * {@code handler-time}, only those of one node are in order among each other. Whether
	 * all nodes have answered is {@code complete}, and the names of others are in
	 * {@code missing}</li>
	 * </ul>
	 * @return the page, or 404 for an unknown server or session, 400 for another bad
	 * value
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketSessions(SecurityContext securityContext,
			@Names({ "server", "listener", "remote", "bound", "group", "closed", "after", "page", "size", "sort",
					"state", "scope" }) @Nullable RequestParameters parameters) {
		// Nullable for Boot, which otherwise would not cache the list if it is asked to.
		RequestParameters asked = (parameters != null) ? parameters : RequestParameters.NONE;
		return WebResponses.ok(() -> {
			SessionQuery query = SessionQuery.of(asked::text);
			String scope = asked.text("scope");
			boolean shown = this.viewers.include(securityContext);
			return (scope != null) ? ClusterSessions.of(this.cluster, scope).list(query, shown)
					: this.delegate.sessions(query, shown);
		});
	}

	/**
	 * Describes a session that is open, or one of the last that ended.
	 * @param securityContext who asks
	 * @param id the session's id
	 * @return the session, or 404
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketSession(SecurityContext securityContext,
			@Selector String id) {
		boolean recordedShown = this.recordedViewers.include(securityContext);
		if (this.cluster != null && IdOnNode.isOne(id)) {
			return this.cluster.show(id, this.viewers.include(securityContext), recordedShown);
		}
		return WebResponses.found(() -> this.delegate.session(id, this.viewers.include(securityContext), recordedShown),
				() -> UnknownTargetException.session(id));
	}

	/**
	 * Makes an open session do something.
	 * @param securityContext who asks
	 * @param id the session's id
	 * @param action {@code pause}, {@code resume}, {@code send}, {@code ask} or
	 * {@code eval}
	 * @param payload what to send, ask or evaluate
	 * @param timeout how long to wait for the reply to {@code ask}, such as {@code 5s},
	 * which is the default, at most {@code 5m}
	 * @return the session as it is now, or 404, 400 if the action is missing or unknown
	 * or the payload wrong, 504 if the peer does not reply in time, 409 if it does not
	 * fit the session's state or sending fails
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> changeSocketSession(SecurityContext securityContext,
			@Selector String id, @Nullable String action, @Nullable String payload, @Nullable String timeout) {
		if (this.cluster != null && IdOnNode.isOne(id)) {
			ClusterSessions all = this.cluster;
			return WebResponses.respond(() -> all.change(id, WebResponses.action(action, this.delegate.actions()),
					payload, timeout, this.viewers.include(securityContext)));
		}
		return WebResponses.ok(() -> this.delegate.changeOrAsk(id, WebResponses.action(action, this.delegate.actions()),
				payload, timeout, this.viewers.include(securityContext)));
	}

	/**
	 * Closes a session, after what was accepted for sending.
	 * @param id the session's id
	 * @return 204, or 404
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> closeSocketSession(@Selector String id) {
		if (this.cluster != null && IdOnNode.isOne(id)) {
			return this.cluster.close(id);
		}
		return WebResponses.noContent(() -> this.delegate.close(id, false));
	}

	/**
	 * Closes the open sessions that fit all parameters. An empty filter is refused: where
	 * a script has left a value out, others than it meant would be closed.
	 * @param parameters
	 * <ul>
	 * <li>{@code server}, {@code listener}, {@code remote}, {@code bound}, {@code group},
	 * {@code state}: only such sessions, as in the list</li>
	 * <li>{@code sort}: which are closed first, as in the list</li>
	 * <li>{@code max}: most sessions to close; default 100</li>
	 * <li>{@code scope}: {@code cluster} for the sessions of all nodes, at most 10,000 at
	 * once</li>
	 * </ul>
	 * @return how many sessions close, or 404 for an unknown server, 400 if nothing says
	 * which sessions, or for another bad value
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> closeSocketSessions(@Names({ "server", "listener", "remote",
			"bound", "group", "sort", "max", "state", "scope" }) RequestParameters parameters) {
		return WebResponses.ok(() -> {
			SessionFilter filter = SessionFilter.of(parameters::given);
			String sort = parameters.text("sort");
			Integer most = SessionPager.MAX.read(parameters.text("max"));
			// An empty scope is refused, too: sessions of fewer nodes would close.
			String scope = parameters.given("scope");
			return (scope != null)
					? ClusterSessions.of(this.cluster, scope).closeFirst(filter, sort, SessionPager.most(filter, most))
					: this.delegate.close(filter, SessionOrder.of(sort), most);
		});
	}

}
