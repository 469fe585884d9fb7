package dev.socketserver.spec.listen;

import java.net.InetAddress;
import java.util.Objects;

import dev.socketserver.address.Addresses;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group that a listener of UDP joins.
 *
 * @param address the address of the group
 * @param networkInterface the name of the interface by which it is joined; {@code null}
 * for each that is up and can multicast
 */
public record MulticastGroup(InetAddress address, @Nullable String networkInterface) {

	/** What the text of a group must be: a phrase without a subject. */
	private static final String RULE = "must be a multicast address, such as 239.1.2.3 or ff02::114, with the name of an "
			+ "interface behind @ where it matters";

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if the address is that of no group
	 */
	public MulticastGroup {
		Objects.requireNonNull(address, "address");
		InvalidSpecException.check(address.isMulticastAddress(), "udp.groups", Addresses.format(address), RULE);
		InvalidSpecException.check(networkInterface == null || !networkInterface.isBlank(), "udp.groups",
				networkInterface, RULE);
	}

	/**
	 * Reads a group.
	 * @param text an address, which may be followed by {@code @} and the name of an
	 * interface
	 * @return the group
	 * @throws InvalidSpecException if it is not of that form
	 */
	public static MulticastGroup of(String text) {
		int at = text.indexOf('@');
		InetAddress address = Addresses.parse((at < 0) ? text : text.substring(0, at));
		if (address == null || !address.isMulticastAddress()) {
			throw new InvalidSpecException("udp.groups", text, RULE);
		}
		return new MulticastGroup(address, (at < 0) ? null : text.substring(at + 1));
	}

	/** As it is written in properties. */
	@Override
	public String toString() {
		String group = Addresses.format(this.address);
		return (this.networkInterface != null) ? group + "@" + this.networkInterface : group;
	}

}
