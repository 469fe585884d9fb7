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
import dev.socketserver.actuate.EndpointErrors;
import dev.socketserver.address.AddressBan;
import dev.socketserver.address.Addresses;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.Durations;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that lists, makes and ends the bans of addresses. Each
 * server has its own.
 */
@Endpoint(id = "socketbans")
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
	 * @param server the name of a server, for its bans only; or {@code null}
	 * @param address an address, or a range that is listed, for its bans only; of IPv6,
	 * any with the same first 64 bits; or {@code null}
	 * @return the bans, by server, those of the latest offences first
	 * @throws InvalidEndpointRequestException if there is no such server, or the address
	 * is none
	 */
	@ReadOperation
	public SocketBansDescriptor socketBans(@Nullable String server, @Nullable String address) {
		return EndpointErrors.answer(() -> list(server, address));
	}

	SocketBansDescriptor list(@Nullable String name, @Nullable String text) {
		InetAddress address = (text != null) ? address(text) : null;
		Iterable<SocketServer> asked = (name != null) ? List.of(server(name)) : this.servers;
		List<SocketBanDescriptor> bans = new ArrayList<>();
		for (SocketServer server : asked) {
			for (AddressBan ban : bans(server, address)) {
				bans.add(SocketBanDescriptor.of(server, ban));
			}
		}
		return new SocketBansDescriptor(bans);
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
	 * @param server the name of the server
	 * @param address the address, or a range that is listed; of IPv6, all with the same
	 * first 64 bits are banned
	 * @param time how long, as a duration such as {@code 1h}, of at most a year;
	 * milliseconds without a unit; {@code null} for {@code ban.for} of the server
	 * @return the ban
	 * @throws InvalidEndpointRequestException if there is no such server, the address is
	 * none or is never banned, or the duration is wrong
	 */
	@WriteOperation
	public SocketBanDescriptor banSocketAddress(String server, String address, @Nullable String time) {
		return EndpointErrors.answer(() -> ban(server, address, time));
	}

	SocketBanDescriptor ban(String name, String text, @Nullable String time) {
		SocketServer server = server(name);
		InetAddress address = address(text);
		Duration duration = (time != null) ? Durations.of("for", time) : null;
		try {
			return SocketBanDescriptor.of(server, ServerOperations.of(server).bans().ban(address, duration));
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException(String.valueOf(ex.getMessage()), "Bad parameter");
		}
	}

	/**
	 * Ends the ban of an address, and forgets its offences.
	 * @param server the name of the server
	 * @param address the address, or the range that is listed
	 * @return the bans of the address that are left: none
	 * @throws InvalidEndpointRequestException if there is no such server, or the address
	 * is none, or is not banned
	 */
	@DeleteOperation
	public SocketBansDescriptor deleteSocketBan(String server, String address) {
		// Not void: Boot would consider that another operation than the one of the web
		// extension.
		return EndpointErrors.answer(() -> {
			remove(server, address);
			return list(server, address);
		});
	}

	void remove(String server, String address) {
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
