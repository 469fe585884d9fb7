package dev.socketserver.actuate.ban;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.address.AddressBan;
import dev.socketserver.address.Addresses;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.Durations;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * {@link WebEndpoint @WebEndpoint} that lists, makes and ends the bans of addresses. Each
 * server has its own. Every answer of 400 or 404 has the body
 * <code>{"error": "…"}</code>.
 */
@WebEndpoint(id = "socketbans")
@RegisterReflectionForBinding({ SocketBansEndpoint.SocketBansDescriptor.class,
		SocketBansEndpoint.SocketBanDescriptor.class, WebResponses.ErrorDescriptor.class })
public class SocketBansEndpoint {

	/** Behind the first 64 bits of an address of IPv6, as bans are listed. */
	private static final String RANGE = "/64";

	private final SocketServers servers;

	/**
	 * Creates the endpoint.
	 * @param servers the servers
	 */
	public SocketBansEndpoint(SocketServers servers) {
		this.servers = servers;
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
		return WebResponses.ok(() -> {
			String name = request.text("server");
			String text = request.text("address");
			InetAddress address = (text != null) ? address(text) : null;
			Iterable<SocketServer> asked = (name != null) ? List.of(server(name)) : this.servers;
			List<SocketBanDescriptor> bans = new ArrayList<>();
			for (SocketServer server : asked) {
				for (AddressBan ban : bans(server, address)) {
					bans.add(SocketBanDescriptor.of(server, ban));
				}
			}
			return new SocketBansDescriptor(bans);
		});
	}

	private static List<AddressBan> bans(SocketServer server, @Nullable InetAddress address) {
		AddressBans bans = ServerOperations.of(server).bans();
		if (address == null) {
			return bans.list();
		}
		AddressBan ban = bans.of(address);
		return (ban != null) ? List.of(ban) : List.of();
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
		return WebResponses.ok(() -> {
			SocketServer server = server(request.required("server"));
			InetAddress address = address(request.required("address"));
			String time = request.text("for");
			Duration duration = (time != null) ? Durations.of("for", time) : null;
			try {
				return SocketBanDescriptor.of(server, ServerOperations.of(server).bans().ban(address, duration));
			}
			catch (IllegalArgumentException ex) {
				throw new BadParameterException(String.valueOf(ex.getMessage()), "Bad parameter");
			}
		});
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
		return WebResponses.noContent(() -> remove(request.required("server"), request.required("address")));
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
		return WebResponses.noContent(() -> remove(server, address));
	}

	private void remove(String server, String address) {
		SocketServer known = server(server);
		if (!ServerOperations.of(known).bans().remove(address(address))) {
			throw UnknownTargetException.ban(server, address);
		}
	}

	private SocketServer server(String name) {
		return this.servers.server(name).orElseThrow(() -> UnknownTargetException.server(name));
	}

	/** Reads an address, or a range of IPv6 as bans are listed. */
	private static InetAddress address(String text) {
		boolean range = text.endsWith(RANGE);
		InetAddress address = Addresses.parse(range ? text.substring(0, text.length() - RANGE.length()) : text);
		if (address == null || (range && !(address instanceof Inet6Address))) {
			throw BadParameterException.value("address", text, "an IP address", "Bad parameter");
		}
		return address;
	}

	/**
	 * All bans.
	 *
	 * @param bans the bans
	 */
	public record SocketBansDescriptor(List<SocketBanDescriptor> bans) implements OperationResponseBody {

	}

	/**
	 * A ban.
	 *
	 * @param address the address, or the range of 64 bits of IPv6
	 * @param server the server that refuses it
	 * @param reason the reason of the last offence, or {@code OPERATOR}
	 * @param offences how many offences have led to it, and followed
	 * @param since when it began
	 * @param until when it ends
	 * @param times how many bans in a row this one is
	 */
	@JsonPropertyOrder({ "address", "server", "reason", "offences", "since", "until", "times" })
	public record SocketBanDescriptor(String address, String server, String reason, int offences, Instant since,
			Instant until, int times) implements OperationResponseBody {

		static SocketBanDescriptor of(SocketServer server, AddressBan ban) {
			return new SocketBanDescriptor(ban.address(), server.name(), ban.reason(), ban.offences(), ban.since(),
					ban.until(), ban.times());
		}

	}

}
