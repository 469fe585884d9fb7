package dev.socketserver.actuate;

import dev.socketserver.actuate.SocketClusterEndpoint.RebalanceDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link SocketClusterEndpoint}, which refuses with a status of HTTP. Every answer of 400
 * or 409 has the body <code>{"error": "…"}</code>.
 */
@EndpointWebExtension(endpoint = SocketClusterEndpoint.class)
@RegisterReflectionForBinding({ RebalanceDescriptor.class, WebResponses.ErrorDescriptor.class })
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
	 * @param over the time over which sessions close; default {@code 60s}
	 * @return how many sessions close; 400 for a wrong value, 409 if no other node is up,
	 * or this one drains
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> changeSocketCluster(@Nullable String action,
			@Nullable String over) {
		return WebResponses.ok(() -> this.delegate.change(WebResponses.action(action, "rebalance"), over));
	}

}
