package dev.socketserver.actuate;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

import dev.socketserver.operation.NoReplyException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.search.IdOnNode;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.search.SessionPager;
import dev.socketserver.operation.search.SessionQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.jmx.annotation.EndpointJmxExtension;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * {@link EndpointJmxExtension @EndpointJmxExtension} for the
 * {@link SocketSessionsEndpoint}: the same operations, also on sessions of other nodes of
 * the cluster. What these refuse is thrown as if this node had: the exceptions are those
 * of the {@link SocketSessionsEndpoint}. If another node does not answer, that is a
 * {@link NoReplyException}.
 */
@EndpointJmxExtension(endpoint = SocketSessionsEndpoint.class)
public class SocketSessionsEndpointJmxExtension {

	private final SocketSessionsEndpoint delegate;

	private final ClusterSessions cluster;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param cluster the sessions of all nodes
	 */
	public SocketSessionsEndpointJmxExtension(SocketSessionsEndpoint delegate, ClusterSessions cluster) {
		this.delegate = delegate;
		this.cluster = cluster;
	}

	/**
	 * Describes a page of sessions.
	 * @param server only sessions of the server of this name
	 * @param listener only sessions that came by the listener of this name
	 * @param remote only sessions with peers of this address or range
	 * @param bound only sessions bound to this identity, {@code type:id}
	 * @param group only sessions that have joined this group
	 * @param closed whether to show the last sessions that have ended; default
	 * {@code false}
	 * @param after count pages from after the session of this id
	 * @param page the page to show, counted from 0; default 0
	 * @param size most sessions on a page, 1 to 500; default 50
	 * @param sort {@code pending}, {@code handler-time}, {@code bytes} or {@code age}
	 * @param state only open sessions in this state
	 * @param scope {@code cluster} for the sessions of all nodes, the first 10,000 of
	 * each
	 * @return the page
	 */
	@ReadOperation
	public OperationResponseBody socketSessions(@Nullable String server, @Nullable String listener,
			@Nullable String remote, @Nullable String bound, @Nullable String group, @Nullable Boolean closed,
			@Nullable String after, @Nullable Integer page, @Nullable Integer size, @Nullable String sort,
			@Nullable String state, @Nullable String scope) {
		return EndpointErrors.answer(() -> {
			SessionQuery query = SessionQuery.of(
					SessionFilter.of(server, listener, remote, bound, group, state).closed(Boolean.TRUE.equals(closed)),
					sort, after, page, size);
			boolean shown = this.delegate.isShown();
			return (scope != null) ? ClusterSessions.of(this.cluster, scope).list(query, shown)
					: this.delegate.sessions(query, shown);
		});
	}

	/**
	 * Describes a session.
	 * @param id the session's id
	 * @return the session, or {@code null} if there is none of that id
	 */
	@ReadOperation
	public @Nullable OperationResponseBody socketSession(@Selector String id) {
		if (!IdOnNode.isOne(id)) {
			return this.delegate.socketSession(id);
		}
		WebEndpointResponse<OperationResponseBody> response = this.cluster.show(id, this.delegate.isShown(),
				this.delegate.isRecordedShown());
		return (response.getStatus() != WebEndpointResponse.STATUS_NOT_FOUND) ? answer(response) : null;
	}

	/**
	 * Makes an open session do something.
	 * @param id the session's id
	 * @param action {@code pause}, {@code resume}, {@code send}, {@code ask} or
	 * {@code eval}
	 * @param payload what to send, ask or evaluate
	 * @param timeout how long to wait for the reply to {@code ask}, such as {@code 5s},
	 * which is the default, at most {@code 5m}
	 * @return the session as it is now, or the reply
	 */
	@WriteOperation
	public @Nullable OperationResponseBody changeSocketSession(@Selector String id, String action,
			@Nullable String payload, @Nullable String timeout) {
		if (!IdOnNode.isOne(id)) {
			return this.delegate.changeSocketSession(id, action, payload, timeout);
		}
		return answer(EndpointErrors
			.answer(() -> this.cluster.change(id, action, payload, timeout, this.delegate.isShown())));
	}

	/**
	 * Closes a session.
	 * @param id the session's id
	 * @return the session as it is now
	 */
	@DeleteOperation
	public @Nullable OperationResponseBody closeSocketSession(@Selector String id) {
		if (!IdOnNode.isOne(id)) {
			return this.delegate.closeSocketSession(id);
		}
		answer(this.cluster.close(id));
		return socketSession(id);
	}

	/**
	 * Closes the open sessions that fit all parameters.
	 * @param server only sessions of the server of this name
	 * @param listener only sessions that came by the listener of this name
	 * @param remote only sessions with peers of this address or range
	 * @param bound only sessions bound to this identity, {@code type:id}
	 * @param group only sessions that have joined this group
	 * @param sort which are closed first: as in the list of sessions
	 * @param max most sessions to close; default 100
	 * @param state only sessions in this state
	 * @param scope {@code cluster} for the sessions of all nodes, at most 10,000 at once
	 * @return how many sessions close
	 */
	@DeleteOperation
	public OperationResponseBody closeSocketSessions(@Nullable String server, @Nullable String listener,
			@Nullable String remote, @Nullable String bound, @Nullable String group, @Nullable String sort,
			@Nullable Integer max, @Nullable String state, @Nullable String scope) {
		return EndpointErrors.answer(() -> {
			SessionFilter filter = SessionFilter.of(server, listener, remote, bound, group, state);
			return (scope != null)
					? ClusterSessions.of(this.cluster, scope).closeFirst(filter, sort, SessionPager.most(filter, max))
					: this.delegate.close(filter, SessionOrder.of(sort), max);
		});
	}

	/** Returns what a node has answered, or throws what it has refused. */
	private static @Nullable OperationResponseBody answer(WebEndpointResponse<OperationResponseBody> response) {
		if (!(response.getBody() instanceof Map<?, ?> body) || !body.containsKey("error")) {
			return response.getBody();
		}
		String error = String.valueOf(Objects.requireNonNull(body.get("error")));
		throw switch (response.getStatus()) {
			case WebEndpointResponse.STATUS_BAD_REQUEST, WebEndpointResponse.STATUS_NOT_FOUND ->
				new InvalidEndpointRequestException(error, error);
			case NodeOperation.GATEWAY_TIMEOUT -> new NoReplyException(error, new TimeoutException(error));
			default -> new RefusedOperationException(error);
		};
	}

}
