package dev.socketserver.actuate.tap;

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.actuate.tap.SocketTapsEndpoint.Hints;
import dev.socketserver.client.SocketClients;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.TapParameters;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.operator.TapRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * {@link WebEndpoint @WebEndpoint} that taps sessions: keeps what they receive and send,
 * decrypted, and shows it as a capture that Wireshark opens, or as a transcript. Every
 * answer of 400, 403, 404 or 409 has the body <code>{"error": "…"}</code>.
 */
@WebEndpoint(id = "sockettaps")
@ImportRuntimeHints(Hints.class)
public class SocketTapsEndpoint {

	private static final String PCAP = "application/vnd.tcpdump.pcap";

	private static final String TEXT = "text/plain;charset=UTF-8";

	private static final int STATUS_FORBIDDEN = 403;

	private final SocketTaps taps;

	private final SocketServers servers;

	private final @Nullable SocketClients clients;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Creates the endpoint.
	 * @param taps the taps
	 * @param servers the servers
	 * @param clients the clients, or {@code null} if there are none
	 * @param showValues when to show what was tapped
	 * @param roles who may see it where that depends on the user; empty for everyone who
	 * is authenticated
	 */
	public SocketTapsEndpoint(SocketTaps taps, SocketServers servers, @Nullable SocketClients clients, Show showValues,
			Set<String> roles) {
		this.taps = taps;
		this.servers = servers;
		this.clients = clients;
		this.showValues = showValues;
		this.roles = Set.copyOf(roles);
	}

	/**
	 * Starts a tap. All selectors that are given must hold.
	 * @param securityContext who asks
	 * @param session the id of an open session
	 * @param server the name of a server
	 * @param client the name of a client
	 * @param bound an identity, {@code type:id}; sessions that are bound to it later join
	 * @param remote an address or range of peers
	 * @param next {@code true} for the next connection, and no other
	 * @param duration how long, {@code for} in the request; default 30 seconds
	 * @param bytes how many bytes of payload to keep; default 1 MB
	 * @return the tap; 400 for a bad value, 404 for an unknown session, server or client,
	 * 409 if as many taps run as may
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> startSocketTap(SecurityContext securityContext,
			@Nullable String session, @Nullable String server, @Nullable String client, @Nullable String bound,
			@Nullable String remote, @Nullable String next, @Nullable String duration, @Nullable String bytes) {
		return WebResponses
			.ok(() -> start(new TapParameters(session, server, client, bound, remote, next, duration, bytes),
					name(securityContext)));
	}

	/**
	 * Lists the taps that run and those that ended last.
	 * @return the taps, in the order in which they were started
	 */
	@ReadOperation
	public SocketTapsDescriptor socketTaps() {
		return new SocketTapsDescriptor(this.taps.taps().stream().map(SocketTapDescriptor::of).toList());
	}

	/**
	 * Returns what was tapped so far.
	 * @param securityContext who asks
	 * @param id the tap
	 * @param format {@code pcap}, which is the default, or {@code text} for a transcript
	 * @return the capture or the transcript; 404 for an unknown tap, 400 for another
	 * format, 403 for a user who may not see it
	 */
	@ReadOperation(produces = { PCAP, TEXT, "application/json" })
	public WebEndpointResponse<?> socketTap(SecurityContext securityContext, @Selector String id,
			@Nullable String format) {
		if (!this.showValues.isShown(securityContext, this.roles)) {
			return json(WebResponses.error(new RefusedOperationException("What was tapped is not shown to you"),
					STATUS_FORBIDDEN));
		}
		SocketTap tap = this.taps.tap(id).orElse(null);
		if (tap == null) {
			return json(WebResponses.error(UnknownTargetException.tap(id), WebEndpointResponse.STATUS_NOT_FOUND));
		}
		if (format == null || format.isEmpty() || format.equals("pcap")) {
			return content(tap.pcap(), PCAP);
		}
		if (format.equals("text")) {
			return content(tap.transcript().toString().getBytes(StandardCharsets.UTF_8), TEXT);
		}
		return json(WebResponses.error(BadParameterException.value("format", format, "pcap or text", "Unknown format"),
				WebEndpointResponse.STATUS_BAD_REQUEST));
	}

	private static WebEndpointResponse<?> content(byte[] bytes, String type) {
		return new WebEndpointResponse<>(new ByteArrayResource(bytes), MimeType.valueOf(type));
	}

	private static WebEndpointResponse<?> json(WebEndpointResponse<OperationResponseBody> response) {
		return new WebEndpointResponse<>(response.getBody(), response.getStatus(), MimeTypeUtils.APPLICATION_JSON);
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
		return WebResponses.noContent(() -> {
			if (!this.taps.remove(id, name(securityContext))) {
				throw UnknownTargetException.tap(id);
			}
		});
	}

	private static String name(SecurityContext securityContext) {
		Principal principal = securityContext.getPrincipal();
		return (principal != null) ? principal.getName() : "anonymous";
	}

	private SocketTapDescriptor start(TapParameters parameters, String requestedBy) {
		String server = parameters.server();
		if (server != null && this.servers.server(server).isEmpty()) {
			throw UnknownTargetException.server(server);
		}
		String client = parameters.client();
		if (client != null && (this.clients == null || this.clients.client(client).isEmpty())) {
			throw UnknownTargetException.client(client);
		}
		TapRequest request = parameters.request(requestedBy);
		if (request.bytes() > this.taps.mostBytes()) {
			throw BadParameterException.value("bytes", String.valueOf(parameters.bytes()),
					"at most socket.limits.memory, " + this.taps.mostBytes(), "Too many bytes");
		}
		try {
			return SocketTapDescriptor.of(this.taps.start(request));
		}
		catch (NoSuchElementException ex) {
			throw UnknownTargetException.openSession(String.valueOf(parameters.session()));
		}
		catch (IllegalStateException ex) {
			throw new RefusedOperationException(String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * All taps.
	 *
	 * @param taps the taps, in the order in which they were started
	 */
	public record SocketTapsDescriptor(List<SocketTapDescriptor> taps) implements OperationResponseBody {

		public SocketTapsDescriptor {
			taps = List.copyOf(taps);
		}

	}

	/**
	 * A tap.
	 *
	 * @param id the id
	 * @param state whether it keeps anything more
	 * @param sessions how many sessions it has tapped so far
	 * @param bytes how many bytes of payload it holds
	 * @param dropped how many bytes of payload were dropped
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

	static class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(),
					SocketTapsDescriptor.class, SocketTapDescriptor.class);
		}

	}

}
