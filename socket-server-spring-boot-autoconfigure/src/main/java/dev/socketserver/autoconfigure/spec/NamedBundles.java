package dev.socketserver.autoconfigure.spec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Sni;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Ssl;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import org.jspecify.annotations.Nullable;

/**
 * The SSL bundles that servers and clients may ask for. If an enabled one cannot do
 * without a bundle, it has the property that names it first.
 */
final class NamedBundles {

	private final Map<String, @Nullable String> properties = new HashMap<>();

	private NamedBundles() {
	}

	/** Returns the bundles, each with the property that needs it, if any. */
	static Map<String, @Nullable String> of(SocketProperties properties) {
		NamedBundles named = new NamedBundles();
		// Without lambdas: the JVM makes a class for each, at each start.
		for (Map.Entry<String, ServerProperties> server : properties.getServers().entrySet()) {
			named.addServer(server.getKey(), server.getValue());
		}
		for (Map.Entry<String, ClientProperties> client : properties.getClients().entrySet()) {
			named.addClient(client.getKey(), client.getValue());
		}
		ServerDefaults defaults = properties.getServerDefaults();
		if (defaults != null) {
			// The application may register a server that inherits them.
			named.addServer("", defaults);
		}
		return named.properties;
	}

	private void addServer(String name, ServerDefaults server) {
		Ssl ssl = server.getSsl();
		if (ssl == null) {
			return;
		}
		String bundle = ssl.bundle();
		ServerProperties needing = (server instanceof ServerProperties own && bundle != null && !bundle.isEmpty()
				&& isEnabled(own)) ? own : null;
		add(bundle, property(name, needing, "ssl.bundle", ""));
		List<Sni> hosts = Objects.requireNonNullElse(ssl.sni(), List.of());
		for (int i = 0; i < hosts.size(); i++) {
			add(hosts.get(i).bundle(), property(name, needing, "ssl.sni", "[" + i + "].bundle"));
		}
	}

	private static @Nullable String property(String name, @Nullable ServerProperties server, String key, String rest) {
		if (server == null) {
			return null;
		}
		return (server.isInherited(key) ? Section.DEFAULTS + "." + key : Section.SERVERS.property(name, key)) + rest;
	}

	private void addClient(String name, ClientProperties client) {
		if (client.getSsl() != null) {
			add(client.getSsl().bundle(), isEnabled(client) ? Section.CLIENTS.property(name, "ssl.bundle") : null);
		}
	}

	private static boolean isEnabled(SessionProperties entry) {
		return !Boolean.FALSE.equals(entry.getEnabled());
	}

	private void add(@Nullable String bundle, @Nullable String property) {
		if (bundle != null) {
			this.properties.putIfAbsent(bundle, property);
		}
	}

}
