package dev.socketserver.autoconfigure.port;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The services database of a machine, which gives names to ports ({@code services(5)}).
 * Each line has a name, a port with a protocol, and aliases.
 */
public final class ServiceNames {

	private final Path database;

	ServiceNames(Path database) {
		this.database = database;
	}

	/**
	 * Returns the database of this machine.
	 * @return the database, which may not exist
	 */
	public static ServiceNames ofThisMachine() {
		String windows = System.getenv("SystemRoot");
		return new ServiceNames((windows != null) ? Path.of(windows, "System32", "drivers", "etc", "services")
				: Path.of("/etc/services"));
	}

	/**
	 * Returns the port of a service.
	 * @param service the name or an alias, as the database spells it
	 * @param protocol the protocol, {@code tcp} or {@code udp}
	 * @return the port, or empty if the database does not know it
	 */
	public OptionalInt port(String service, String protocol) {
		String end = "/" + protocol;
		// In this charset any byte is a character. Names are ASCII.
		try (Stream<String> lines = Files.lines(this.database, StandardCharsets.ISO_8859_1)) {
			return lines.map((line) -> List.of(line.replaceFirst("#.*", "").trim().split("\\s+")))
				.filter((words) -> words.size() > 1 && words.get(1).endsWith(end) && isNamed(words, service))
				.mapToInt((words) -> number(words.get(1), end))
				.filter((port) -> port > 0)
				.findFirst();
		}
		catch (IOException | UncheckedIOException ex) {
			return OptionalInt.empty();
		}
	}

	private static boolean isNamed(List<String> words, String service) {
		return words.get(0).equals(service) || words.subList(2, words.size()).contains(service);
	}

	private static int number(String port, String end) {
		try {
			return Integer.parseInt(port.substring(0, port.length() - end.length()));
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

}
