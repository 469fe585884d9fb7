package dev.socketserver.autoconfigure.settings;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.autoconfigure.lifecycle.Attempt;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;
import org.jspecify.annotations.Nullable;

/**
 * What is in force. Immutable.
 *
 * @param version how often it was changed, from 1
 * @param configured what the properties say
 * @param servers the servers that were made of it, by name
 * @param clients the clients that were made of it, by name
 */
record InForce(long version, Configured configured, Map<String, ConfiguredServer> servers,
		Map<String, ConfiguredClient> clients) {

	/** Returns what is in force before the start of the application. */
	static InForce nothing(Configured configured) {
		return new InForce(0, configured, Map.of(), Map.of());
	}

	/**
	 * Returns what the properties have made of an entry, before any bean has changed it.
	 * @return a specification, or {@code null} if there is no such entry
	 */
	@Nullable Object described(Entry entry) {
		if (entry.section() == Section.SERVERS) {
			ConfiguredServer server = this.servers.get(entry.name());
			return (server != null) ? server.described() : null;
		}
		ConfiguredClient client = this.clients.get(entry.name());
		return (client != null) ? client.described() : null;
	}

	/** Returns what is in force after a change, or after the start. */
	InForce next(Configured configured, Attempt made) {
		Map<String, ConfiguredServer> allServers = new LinkedHashMap<>(this.servers);
		allServers.putAll(made.servers());
		allServers.keySet().removeIf((name) -> !configured.has(Entry.server(name)));
		Map<String, ConfiguredClient> allClients = new LinkedHashMap<>(this.clients);
		allClients.putAll(made.clients());
		allClients.keySet().removeIf((name) -> !configured.has(Entry.client(name)));
		return new InForce(this.version + 1, configured, allServers, allClients);
	}

}
