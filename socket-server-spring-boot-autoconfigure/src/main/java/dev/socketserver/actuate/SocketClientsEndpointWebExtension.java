package dev.socketserver.actuate;

import dev.socketserver.actuate.SocketClientsEndpoint.SocketClientDescriptor;
import dev.socketserver.actuate.SocketClientsEndpoint.SocketClientsDescriptor;
import dev.socketserver.operation.ClientAction;
import dev.socketserver.operation.UnknownTargetException;
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
 * {@link SocketClientsEndpoint}: the same operations, which refuse with a status of HTTP.
 * Every answer of 400, 404 or 409 has the body <code>{"error": "…"}</code>.
 */
@EndpointWebExtension(endpoint = SocketClientsEndpoint.class)
@RegisterReflectionForBinding({ SocketClientsDescriptor.class, SocketClientDescriptor.class,
		WebResponses.ErrorDescriptor.class })
public class SocketClientsEndpointWebExtension {

	private final SocketClientsEndpoint delegate;

	private final Viewers viewers;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param viewers who is shown why clients could not connect
	 */
	public SocketClientsEndpointWebExtension(SocketClientsEndpoint delegate, Viewers viewers) {
		this.delegate = delegate;
		this.viewers = viewers;
	}

	/**
	 * Describes all clients, in the order in which they were registered.
	 * @param securityContext who asks
	 * @return the clients
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketClients(SecurityContext securityContext) {
		return WebResponses.ok(() -> this.delegate.clients(this.viewers.include(securityContext)));
	}

	/**
	 * Describes a client.
	 * @param securityContext who asks
	 * @param name the client's name
	 * @return the client, or 404
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketClient(SecurityContext securityContext,
			@Selector String name) {
		return WebResponses.found(() -> this.delegate.client(name, this.viewers.include(securityContext)),
				() -> UnknownTargetException.client(name));
	}

	/**
	 * Changes what a client does.
	 * @param securityContext who asks
	 * @param name the client's name
	 * @param action {@code start}, {@code stop}, {@code disconnect} or {@code reconnect}
	 * @return the client as it is now, or 404, 400 if the action is missing or unknown,
	 * 409 if it does not fit the client's state, or has failed
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> changeSocketClient(SecurityContext securityContext,
			@Selector String name, @Nullable String action) {
		return WebResponses.ok(() -> this.delegate.change(name, WebResponses.action(action, ClientAction.names()),
				this.viewers.include(securityContext)));
	}

	/**
	 * Stops a client.
	 * @param name the client's name
	 * @return 204, or 404, or 409 if the client is not started, or is stopping already
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> stopSocketClient(@Selector String name) {
		return WebResponses.noContent(() -> this.delegate.stop(name, false));
	}

}
