package dev.socketserver.autoconfigure;

import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * Reads ports, which are numbers or names of services.
 */
final class PortNumbers {

	static final String SERVER_REMEDY = "Set it to a port between 1 and 65535, or to 0 for a free one";

	static final String CLIENT_REMEDY = "Set it to the server's port, between 1 and 65535";

	private PortNumbers() {
	}

	/**
	 * Reads the port of an entry.
	 * @param entry the entry
	 * @param port what is written
	 * @return the port
	 * @throws InvalidSocketPropertyException if it is missing, or no port
	 */
	static int of(Entry entry, @Nullable String port) {
		boolean server = entry.section() == Section.SERVERS;
		String remedy = server ? SERVER_REMEDY : CLIENT_REMEDY;
		if (port == null || port.isBlank()) {
			throw new InvalidSocketPropertyException(entry.own("port"), null, entry.owner() + " needs a port", remedy);
		}
		int lowest = server ? 0 : 1;
		String range = "it must be a number between " + lowest + " and 65535";
		try {
			int number = Integer.parseInt(port.trim());
			if (number >= lowest && number <= 65535) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			OptionalInt known = ServiceNames.ofThisMachine().port(port.trim());
			if (known.isPresent()) {
				return known.getAsInt();
			}
			throw entry.invalid("port", range + ", or a service that this machine knows", remedy);
		}
		throw entry.invalid("port", range, remedy);
	}

}
