package dev.socketserver.actuate;

import java.util.Map;

import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServerDescriptor;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServersDescriptor;
import dev.socketserver.operation.ServerAction;
import dev.socketserver.operation.UnknownTargetException;

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
 * {@link SocketServersEndpoint}: the same operations, which refuse with a status of HTTP.
 * Every answer of 400, 404 or 409 has the body <code>{"error": "…"}</code>.
 */
@EndpointWebExtension(endpoint = SocketServersEndpoint.class)
@RegisterReflectionForBinding({ SocketServersDescriptor.class, SocketServerDescriptor.class,
		WebResponses.ErrorDescriptor.class })
public class SocketServersEndpointWebExtension {

	private final SocketServersEndpoint delegate;

	private final Viewers viewers;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param viewers who is shown why servers could not start, or cannot accept
	 */
	public SocketServersEndpointWebExtension(SocketServersEndpoint delegate, Viewers viewers) {
		this.delegate = delegate;
		this.viewers = viewers;
	}

	/**
	 * Describes all servers, in the order in which they were registered.
	 * @param securityContext who asks
	 * @return the servers
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketServers(SecurityContext securityContext) {
		return WebResponses.ok(() -> this.delegate.servers(this.viewers.include(securityContext)));
	}

	/**
	 * Describes a server.
	 * @param securityContext who asks
	 * @param name the server's name
	 * @return the server, or 404
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketServer(SecurityContext securityContext,
			@Selector String name) {
		return WebResponses.found(() -> this.delegate.server(name, this.viewers.include(securityContext)),
				() -> UnknownTargetException.server(name));
	}

	/**
	 * Changes what a server does.
	 * @param securityContext who asks
	 * @param name the server's name
	 * @param request
	 * <ul>
	 * <li>{@code action}: {@code start}, {@code stop}, {@code restart}, {@code pause},
	 * {@code resume} or {@code drain}</li>
	 * <li>{@code timeout}: how long sessions may go on, for {@code stop}, {@code restart}
	 * and {@code drain}; defaults, here and below, as for the
	 * {@link SocketServersEndpoint}</li>
	 * <li>{@code sessions}: {@code close} or {@code keep}, for {@code stop} and
	 * {@code restart}</li>
	 * <li>{@code delay}: how long connections are still accepted, for {@code drain}</li>
	 * <li>{@code over}: the time over which sessions are ended, for {@code drain}</li>
	 * <li>{@code order}: which of them are ended first, for {@code drain}:
	 * {@code idle-first}, {@code oldest} or {@code random}</li>
	 * <li>{@code listener}: which listener is meant, for {@code pause} and
	 * {@code resume}</li>
	 * </ul>
	 * @return the server as it is now, or 404, 400 if the action is missing or unknown or
	 * a parameter wrong, 409 if it does not fit the server's state or the server cannot
	 * start
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> changeSocketServer(SecurityContext securityContext,
			@Selector String name, @Names({ "action", "timeout", "sessions", "delay", "over", "order", "listener",
					"name" }) RequestParameters request) {
		Map<String, String> values = request.values();
		return WebResponses
			.ok(() -> this.delegate.change(name, WebResponses.action(values.get("action"), ServerAction.names()),
					new ServerAction.Parameters(values.get("timeout"), values.get("sessions"), values.get("delay"),
							values.get("over"), values.get("order"), values.get("listener")),
					this.viewers.include(securityContext)));
	}

	/**
	 * Stops a server.
	 * @param name the server's name
	 * @return 204, or 404, or 409 if the server does not run, or is stopping already
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> stopSocketServer(@Selector String name) {
		return WebResponses.noContent(() -> this.delegate.stop(name, false));
	}

}
