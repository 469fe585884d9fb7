package dev.socketserver.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link SocketClusterEndpoint}, which refuses with a status of HTTP.
 */
@EndpointWebExtension(endpoint = SocketClusterEndpoint.class)
public class SocketClusterEndpointWebExtension {

	private final SocketClusterEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public SocketClusterEndpointWebExtension(SocketClusterEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Makes this node give up sessions.
	 * @param action {@code rebalance}
	 * @param over how long that takes
	 * @return how many sessions close; 400 for a wrong value, 409 if no other node is up
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> changeSocketCluster(@Nullable String action,
			@Nullable String over) {
		return WebResponses.ok(() -> this.delegate.change(WebResponses.action(action, "rebalance"), over));
	}

}
