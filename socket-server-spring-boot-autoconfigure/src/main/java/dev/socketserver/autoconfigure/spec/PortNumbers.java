package dev.socketserver.autoconfigure.spec;

import dev.socketserver.autoconfigure.port.ServiceNames;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import org.jspecify.annotations.Nullable;

/**
 * Reads ports, which are numbers or names of services.
 */
final class PortNumbers {

	private PortNumbers() {
	}

	/**
	 * Reads the port of an entry.
	 * @param entry the entry
	 * @param port what is written
	 * @param datagrams whether the port is one of UDP
	 * @return the port
	 * @throws InvalidSocketPropertyException if it is missing, or no port
	 */
	static int of(PropertyEntry entry, @Nullable String port, boolean datagrams) {
		String remedy = entry.section().portRemedy();
		if (port == null || port.isBlank()) {
			throw new InvalidSocketPropertyException(entry.own("port"), null, entry.owner() + " needs a port", remedy);
		}
		int lowest = (entry.section() == Section.SERVERS) ? 0 : 1;
		String range = "it must be a number between " + lowest + " and 65535";
		try {
			int number = Integer.parseInt(port.trim());
			if (number >= lowest && number <= 65535) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			return ServiceNames.ofThisMachine()
				.port(port.trim(), datagrams ? "udp" : "tcp")
				.orElseThrow(() -> entry.invalid("port", range + ", or a service that this machine knows", remedy));
		}
		throw entry.invalid("port", range, remedy);
	}

}
