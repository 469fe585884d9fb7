package dev.socketserver.engine.server;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.IpPort;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses that a server may listen on.
 */
public final class LocalAddresses {

	private LocalAddresses() {
	}

	/**
	 * Returns where the server is to listen: on the first of these that can be bound,
	 * with a socket of that address's family.
	 * @throws UnknownHostException if its host is an unknown name, or that has no address
	 * of the wanted family
	 */
	public static List<InetSocketAddress> of(IpPort port) throws UnknownHostException {
		IpFamily family = port.ipFamily();
		List<InetSocketAddress> addresses = new ArrayList<>();
		for (InetAddress address : every(port)) {
			if (family == IpFamily.ANY || (family == IpFamily.IPV4) == (address instanceof Inet4Address)) {
				addresses.add(new InetSocketAddress(withZone(address), port.port()));
			}
		}
		if (addresses.isEmpty()) {
			throw new UnknownHostException(
					port.host() + " has no address of ip-family " + family.name().toLowerCase(Locale.ROOT));
		}
		return addresses;
	}

	/**
	 * Adds the interface to a link-local address, which the system needs. The JDK's own
	 * sockets find it by themselves.
	 */
	private static InetAddress withZone(InetAddress address) throws UnknownHostException {
		if (!(address instanceof Inet6Address local && local.isLinkLocalAddress() && local.getScopeId() == 0)) {
			return address;
		}
		try {
			@Nullable NetworkInterface owner = NetworkInterface.getByInetAddress(address);
			return (owner != null) ? Inet6Address.getByAddress(null, address.getAddress(), owner) : address;
		}
		catch (SocketException ex) {
			return address;
		}
	}

	private static InetAddress[] every(IpPort port) throws UnknownHostException {
		String host = port.host();
		if (host.equals(IpPort.ANY_HOST) || (port.anyHost() && port.ipFamily() == IpFamily.DUAL)) {
			return new InetAddress[] { InetAddress.getByAddress(new byte[16]), InetAddress.getByAddress(new byte[4]) };
		}
		return InetAddress.getAllByName(host);
	}

}
