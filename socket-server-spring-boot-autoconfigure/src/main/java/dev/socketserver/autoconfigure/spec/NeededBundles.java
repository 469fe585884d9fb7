package dev.socketserver.autoconfigure.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Sni;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Ssl;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import org.jspecify.annotations.Nullable;

/**
 * The SSL bundles that enabled servers and clients cannot do without, each with the
 * property that names it first.
 */
final class NeededBundles {

	private final Map<String, String> properties = new LinkedHashMap<>();

	private NeededBundles() {
	}

	static Map<String, String> of(SocketProperties properties) {
		NeededBundles needed = new NeededBundles();
		properties.getServers().forEach(needed::addServer);
		properties.getClients().forEach(needed::addClient);
		return needed.properties;
	}

	private void addServer(String name, ServerProperties server) {
		Ssl ssl = server.getSsl();
		String bundle = (ssl != null) ? ssl.bundle() : null;
		if (ssl == null || bundle == null || bundle.isEmpty() || Boolean.FALSE.equals(server.getEnabled())) {
			return;
		}
		add(bundle, property(name, server, "ssl.bundle"));
		List<Sni> hosts = ssl.sni();
		if (hosts != null) {
			String list = property(name, server, "ssl.sni");
			for (int i = 0; i < hosts.size(); i++) {
				add(hosts.get(i).bundle(), list + "[" + i + "].bundle");
			}
		}
	}

	private static String property(String name, ServerProperties server, String key) {
		return server.isInherited(key) ? Section.DEFAULTS + "." + key : Section.SERVERS.property(name, key);
	}

	private void addClient(String name, ClientProperties client) {
		ClientProperties.Ssl ssl = client.getSsl();
		if (ssl != null && !Boolean.FALSE.equals(client.getEnabled())) {
			add(ssl.bundle(), Section.CLIENTS.property(name, "ssl.bundle"));
		}
	}

	private void add(@Nullable String bundle, String property) {
		if (bundle != null) {
			this.properties.putIfAbsent(bundle, property);
		}
	}

}
