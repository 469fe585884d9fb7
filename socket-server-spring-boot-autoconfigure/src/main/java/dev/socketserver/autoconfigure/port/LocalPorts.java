package dev.socketserver.autoconfigure.port;

import java.util.Collection;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.event.ServerPorts;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * The ports of the application's own servers, for clients that connect to one of them.
 * Such a client names the property {@code local.socket.<name>.port}, which exists only
 * once the server has listened, and may have another value when it listens again. A
 * placeholder of that property means the same. It comes here as it is written, since it
 * could not be resolved when the properties were bound.
 */
public final class LocalPorts {

	private static final Pattern PROPERTY = Pattern.compile("(\\$\\{)?(local\\.socket\\.([^.{}:]+)\\.port)(}?)");

	private static final SafeLogger logger = SafeLogger.of(LocalPorts.class);

	private final Environment environment;

	private final Collection<String> servers;

	private final Collection<String> configured;

	/**
	 * Creates the ports.
	 * @param environment has their properties
	 * @param servers the names of the servers that the properties ask for
	 * @param configured these names and those of servers that are disabled
	 */
	public LocalPorts(Environment environment, Collection<String> servers, Collection<String> configured) {
		this.environment = environment;
		this.servers = servers;
		this.configured = configured;
	}

	/**
	 * Finds the port of a server of this application.
	 * @param client the client's name
	 * @param port the client's property {@code port}, as it is written
	 * @return supplies the port, or 0 as long as the server has not listened;
	 * {@code null} if the property says something else
	 */
	public @Nullable IntSupplier find(String client, String port) {
		Matcher matcher = PROPERTY.matcher(port.trim());
		if (!matcher.matches() || (matcher.group(1) != null) == matcher.group(4).isEmpty()) {
			return null;
		}
		int slash = matcher.group(3).indexOf('/');
		String server = (slash < 0) ? matcher.group(3) : matcher.group(3).substring(0, slash);
		String property = matcher.group(2);
		boolean own = this.servers.contains(server);
		if (!own) {
			// The application may still register it.
			logger.warn("Client '{}' will connect to the server '{}' of this application, but {}", client, server,
					this.configured.contains(server) ? "that server is disabled"
							: "no server of that name is configured ("
									+ Suggestions.sentence(server, this.servers, "there are no servers") + ")");
		}
		return new LocalPort(this.environment, property, own);
	}

	/**
	 * The port of a server. Equal to another one of the same server, whether that is
	 * configured or not yet, so that a client whose other settings change need not be
	 * restarted.
	 *
	 * @param environment has the port once the server listens
	 * @param property its property
	 * @param own whether the properties ask for the server
	 */
	private record LocalPort(Environment environment, String property, boolean own) implements IntSupplier {

		@Override
		public int getAsInt() {
			return this.own ? ServerPorts.own(this.environment, this.property)
					: this.environment.getProperty(this.property, Integer.class, 0);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof LocalPort port && this.environment.equals(port.environment)
					&& this.property.equals(port.property);
		}

		@Override
		public int hashCode() {
			return this.property.hashCode();
		}

	}

}
