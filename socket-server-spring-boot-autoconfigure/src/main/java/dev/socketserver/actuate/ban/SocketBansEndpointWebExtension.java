package dev.socketserver.actuate.ban;

import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.actuate.ban.SocketBansEndpoint.SocketBanDescriptor;
import dev.socketserver.actuate.ban.SocketBansEndpoint.SocketBansDescriptor;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the {@link SocketBansEndpoint}:
 * the same operations, which refuse with a status of HTTP. Every answer of 400 or 404 has
 * the body <code>{"error": "…"}</code>.
 */
@EndpointWebExtension(endpoint = SocketBansEndpoint.class)
@RegisterReflectionForBinding({ SocketBansDescriptor.class, SocketBanDescriptor.class,
		WebResponses.ErrorDescriptor.class })
public class SocketBansEndpointWebExtension {

	private final SocketBansEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public SocketBansEndpointWebExtension(SocketBansEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Lists the bans that are in force.
	 * @param request
	 * <ul>
	 * <li>{@code server}: only those of a server</li>
	 * <li>{@code address}: only that of an address, or of a range that is listed; of
	 * IPv6, any with the same first 64 bits</li>
	 * </ul>
	 * @return the bans, by server, those of the latest offences first; 404 for an unknown
	 * server, 400 for what is no address
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketBans(
			@Names({ "server", "address" }) RequestParameters request) {
		return WebResponses.ok(() -> this.delegate.list(request.text("server"), request.text("address")));
	}

	/**
	 * Bans an address. Its sessions stay open.
	 * @param request
	 * <ul>
	 * <li>{@code server}: the name of the server</li>
	 * <li>{@code address}: the address, or a range that is listed; of IPv6, all with the
	 * same first 64 bits are banned</li>
	 * <li>{@code for}: how long, as a duration such as {@code 1h}, of at most a year;
	 * milliseconds without a unit; by default {@code ban.for} of the server</li>
	 * </ul>
	 * @return the ban; 404 for an unknown server, 400 for what is no address, for one
	 * that is never banned, or a wrong duration
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> banSocketAddress(
			@Names({ "server", "address", "for" }) RequestParameters request) {
		return WebResponses
			.ok(() -> this.delegate.ban(request.required("server"), request.required("address"), request.text("for")));
	}

	/**
	 * Ends the ban of an address, as {@link #deleteSocketBan} does, also where the path
	 * of a request cannot carry it: web servers refuse a {@code %2F}.
	 * @param request
	 * <ul>
	 * <li>{@code server}: the name of the server</li>
	 * <li>{@code address}: the address, or the range that is listed</li>
	 * </ul>
	 * @return 204; 404 for an unknown server, or an address that is not banned, 400 for
	 * what is no address
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> deleteSocketBan(
			@Names({ "server", "address" }) RequestParameters request) {
		return WebResponses
			.noContent(() -> this.delegate.remove(request.required("server"), request.required("address")));
	}

	/**
	 * Ends the ban of an address, and forgets its offences.
	 * @param server the name of the server
	 * @param address the address
	 * @return 204; 404 for an unknown server, or an address that is not banned, 400 for
	 * what is no address
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> deleteSocketBan(@Selector String server,
			@Selector String address) {
		return WebResponses.noContent(() -> this.delegate.remove(server, address));
	}

}
