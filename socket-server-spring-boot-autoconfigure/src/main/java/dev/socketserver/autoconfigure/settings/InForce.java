package dev.socketserver.autoconfigure.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.lifecycle.Attempt;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;

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

	/** Returns what the start of the application has made. */
	static InForce first(Configured configured, List<ConfiguredServer> servers, List<ConfiguredClient> clients) {
		Map<String, ConfiguredServer> allServers = new LinkedHashMap<>();
		servers.forEach((server) -> allServers.put(server.spec().name(), server));
		Map<String, ConfiguredClient> allClients = new LinkedHashMap<>();
		clients.forEach((client) -> allClients.put(client.spec().name(), client));
		return new InForce(1, configured, allServers, allClients);
	}

	/** Returns what is in force after a change. */
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
