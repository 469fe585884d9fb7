package dev.socketserver.actuate.tap;

import java.security.Principal;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.Viewers;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.search.IdOnNode;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * {@link WebEndpoint @WebEndpoint} that taps sessions: keeps what they receive and send,
 * decrypted, and shows it as a capture that Wireshark opens, or as a transcript. Every
 * answer of 400, 403, 404, 409 or 504 has the body <code>{"error": "…"}</code>. In a
 * cluster, sessions and taps of other nodes have ids that end with {@code @node}; 504 is
 * the answer if such a node does not answer.
 */
@WebEndpoint(id = "sockettaps")
@RegisterReflectionForBinding({ SocketTapsEndpoint.SocketTapsDescriptor.class,
		SocketTapsEndpoint.SocketTapDescriptor.class, WebResponses.ErrorDescriptor.class })
public class SocketTapsEndpoint {

	private static final int STATUS_FORBIDDEN = 403;

	private final LocalTaps local;

	private final @Nullable ClusterTaps cluster;

	private final Viewers viewers;

	/**
	 * Creates the endpoint.
	 * @param taps the taps
	 * @param servers the servers
	 * @param clients the clients, or {@code null} if there are none
	 * @param viewers who is shown what was tapped
	 * @param cluster the cluster, or {@code null} if this application is no node of one
	 */
	public SocketTapsEndpoint(SocketTaps taps, SocketServers servers, @Nullable SocketClients clients, Viewers viewers,
			@Nullable ManagedCluster cluster) {
		this.local = new LocalTaps(taps, servers, clients, viewers.show() != Show.NEVER);
		this.cluster = (cluster != null) ? new ClusterTaps(cluster, this.local) : null;
		this.viewers = viewers;
	}

	/**
	 * Starts a tap. All selectors that are given must hold, and at least one of the first
	 * five is required. An empty value counts as absent.
	 * @param securityContext who asks
	 * @param request
	 * <ul>
	 * <li>{@code session}: the id of an open session</li>
	 * <li>{@code server}: the name of a server</li>
	 * <li>{@code client}: the name of a client</li>
	 * <li>{@code bound}: an identity, {@code type:id}; sessions that are bound to it
	 * later join</li>
	 * <li>{@code remote}: an address or range of peers</li>
	 * <li>{@code next}: {@code true} for the next connection, and no other; not together
	 * with {@code session} or {@code bound}</li>
	 * <li>{@code for}: how long, as a duration such as {@code 30s}, which is the default,
	 * of more than zero and at most a day; milliseconds without a unit</li>
	 * <li>{@code bytes}: how many bytes of payload to keep, as a size such as
	 * {@code 1MB}, which is the default, at most {@code socket.limits.memory}</li>
	 * </ul>
	 * @return the tap; 400 for a bad value, 404 for an unknown session, server or client,
	 * 409 if as many taps run as {@code socket.tap.limit} allows
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> startSocketTap(SecurityContext securityContext, @Names({
			"session", "server", "client", "bound", "remote", "next", "for", "bytes" }) RequestParameters request) {
		TapParameters parameters = new TapParameters(request::text);
		if (this.cluster != null && IdOnNode.isOne(parameters.text("session"))) {
			return this.cluster.start(parameters, name(securityContext));
		}
		return WebResponses.ok(() -> this.local.start(parameters, name(securityContext)));
	}

	/**
	 * Lists the taps that run and those that ended last.
	 * @return the taps, in the order in which they were started
	 */
	@ReadOperation
	public SocketTapsDescriptor socketTaps() {
		return new SocketTapsDescriptor(this.local.taps().taps().stream().map(SocketTapDescriptor::of).toList());
	}

	/**
	 * Returns what was tapped so far. What another node has tapped may have 16 MiB in
	 * that format; what is longer has to be asked for at that node.
	 * @param securityContext who asks
	 * @param id the tap
	 * @param format {@code pcap}, which is the default, {@code text} for a transcript, or
	 * {@code json} for who asked for what, and the last messages with their times
	 * @return the capture, in the format of libpcap, the transcript, or the JSON; 404 for
	 * an unknown tap, 400 for another format, 403 for a user who may not see it, or if
	 * the node of the tap does not show it, 409 if another node has more than 16 MiB of
	 * it
	 */
	@ReadOperation(produces = { LocalTaps.PCAP, LocalTaps.TEXT, LocalTaps.JSON })
	public WebEndpointResponse<?> socketTap(SecurityContext securityContext, @Selector String id,
			@Nullable String format) {
		if (!this.viewers.include(securityContext)) {
			return response(notShown());
		}
		if (this.cluster != null && IdOnNode.isOne(id)) {
			return response(this.cluster.content(id, format, name(securityContext)));
		}
		return response(WebResponses.ok(() -> this.local.content(id, format)));
	}

	static WebEndpointResponse<OperationResponseBody> notShown() {
		return WebResponses.error(new RefusedOperationException("What was tapped is not shown to you"),
				STATUS_FORBIDDEN);
	}

	/** Responds with a file, or with the error in place of one. */
	private static WebEndpointResponse<?> response(WebEndpointResponse<OperationResponseBody> answer) {
		return (answer.getBody() instanceof LocalTaps.Content content)
				? new WebEndpointResponse<>(new ByteArrayResource(content.bytes()), MimeType.valueOf(content.type()))
				: new WebEndpointResponse<>(answer.getBody(), answer.getStatus(), MimeTypeUtils.APPLICATION_JSON);
	}

	/**
	 * Ends a tap if it runs, and forgets it.
	 * @param securityContext who asks
	 * @param id the tap
	 * @return 204, or 404 if there is none
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> deleteSocketTap(SecurityContext securityContext,
			@Selector String id) {
		if (this.cluster != null && IdOnNode.isOne(id)) {
			return this.cluster.remove(id, name(securityContext));
		}
		return WebResponses.noContent(() -> this.local.remove(id, name(securityContext)));
	}

	private static String name(SecurityContext securityContext) {
		Principal principal = securityContext.getPrincipal();
		return (principal != null) ? principal.getName() : "anonymous";
	}

	/**
	 * All taps.
	 *
	 * @param taps the taps, in the order in which they were started
	 */
	public record SocketTapsDescriptor(List<SocketTapDescriptor> taps) implements OperationResponseBody {

	}

	/**
	 * A tap.
	 *
	 * @param id the id
	 * @param state whether it keeps anything more
	 * @param sessions how many sessions it has tapped so far
	 * @param bytes how many bytes of payload it holds
	 * @param dropped how many bytes of payload were dropped: for want of room, or because
	 * of a mask
	 * @param endsAt when it ends, or has ended
	 */
	@JsonPropertyOrder({ "id", "state", "sessions", "bytes", "dropped", "endsAt" })
	public record SocketTapDescriptor(String id, SocketTap.State state, int sessions, long bytes, long dropped,
			Instant endsAt) implements OperationResponseBody {

		static SocketTapDescriptor of(SocketTap tap) {
			return new SocketTapDescriptor(tap.id(), tap.state(), tap.sessions(), tap.bytes(), tap.dropped(),
					tap.endsAt());
		}

	}

}
