package dev.socketserver.autoconfigure.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
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
		ServerDefaults defaults = properties.getServerDefaults();
		properties.getServers().forEach((name, server) -> needed.addServer(name, server, defaults));
		properties.getClients().forEach(needed::addClient);
		return needed.properties;
	}

	private void addServer(String name, ServerProperties server, @Nullable ServerDefaults defaults) {
		Boolean enabled = server.withDefaults(defaults).getEnabled();
		if (enabled != null && !enabled) {
			return;
		}
		Ssl own = server.getSsl();
		Ssl inherited = (defaults != null) ? defaults.getSsl() : null;
		String bundle = (own != null) ? own.bundle() : null;
		String inheritedBundle = (inherited != null) ? inherited.bundle() : null;
		if (bundle != null ? bundle.isEmpty() : inheritedBundle == null) {
			return;
		}
		add(bundle, Section.SERVERS.property(name, "ssl.bundle"), inheritedBundle, Section.DEFAULTS + ".ssl.bundle");
		List<Sni> hosts = (own != null) ? own.sni() : null;
		List<Sni> inheritedHosts = (inherited != null) ? inherited.sni() : null;
		if (hosts != null) {
			addHosts(hosts, Section.SERVERS.property(name, "ssl.sni"));
		}
		else if (inheritedHosts != null) {
			addHosts(inheritedHosts, Section.DEFAULTS + ".ssl.sni");
		}
	}

	private void addHosts(List<Sni> hosts, String list) {
		for (int i = 0; i < hosts.size(); i++) {
			add(hosts.get(i).bundle(), list + "[" + i + "].bundle", null, list);
		}
	}

	private void addClient(String name, ClientProperties client) {
		ClientProperties.Ssl ssl = client.getSsl();
		if (ssl != null && !Boolean.FALSE.equals(client.getEnabled())) {
			add(ssl.bundle(), Section.CLIENTS.property(name, "ssl.bundle"), null, "");
		}
	}

	private void add(@Nullable String bundle, String property, @Nullable String otherwise, String inherited) {
		if (bundle != null) {
			this.properties.putIfAbsent(bundle, property);
		}
		else if (otherwise != null) {
			this.properties.putIfAbsent(otherwise, inherited);
		}
	}

}
