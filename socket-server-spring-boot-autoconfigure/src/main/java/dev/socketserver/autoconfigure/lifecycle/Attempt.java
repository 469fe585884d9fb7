package dev.socketserver.autoconfigure.lifecycle;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.handler.HandlerSelection;
import dev.socketserver.autoconfigure.port.LocalPorts;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.registration.SocketClientConnectionDetails;
import dev.socketserver.autoconfigure.registration.SocketClientSpecCustomizer;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.autoconfigure.spec.ClientSpecs;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;
import dev.socketserver.autoconfigure.spec.ServerSpecs;
import dev.socketserver.handler.bean.HandlerBeans;

import org.springframework.core.env.Environment;

/**
 * What was made of some servers and clients, as a start would, and what has failed.
 */
public final class Attempt {

	private final Map<String, ConfiguredServer> servers = new LinkedHashMap<>();

	private final Map<String, ConfiguredClient> clients = new LinkedHashMap<>();

	private final Map<String, RuntimeException> failures = new LinkedHashMap<>();

	private Attempt() {
	}

	/** Returns an attempt at nothing. */
	public static Attempt none() {
		return new Attempt();
	}

	/**
	 * Describes some servers and clients as a start would, without what is checked and
	 * said only once at a start. Opens no socket.
	 * @param entries all servers and clients
	 * @param local has the ports of servers of this application
	 * @param servers the names of the servers to describe
	 * @param clients the names of the clients
	 * @return what was made of them
	 */
	public static Attempt of(ConfiguredEntries entries, Environment local, Set<String> servers, Set<String> clients) {
		Attempt attempt = new Attempt();
		HandlerBeans beans = new HandlerBeans(entries.beans());
		attempt.whole(Section.SERVERS, () -> attempt.servers(entries, beans, servers));
		if (!clients.isEmpty()) {
			attempt.whole(Section.CLIENTS, () -> attempt.clients(entries, beans, local, clients));
		}
		return attempt;
	}

	private void servers(ConfiguredEntries entries, HandlerBeans beans, Set<String> names) {
		Map<String, ServerProperties> enabled = entries.enabled(Section.SERVERS, entries.serverEntries());
		HandlerSelection selection = new HandlerSelection(Section.SERVERS, beans);
		Map<String, String> handlers = selection.select(ConfiguredEntries.withHandlers(enabled, new ServerBlocks()));
		ServerSpecs specs = new ServerSpecs(entries.sessionSpecs(),
				entries.customizers(SocketServerSpecCustomizer.class), entries.beans());
		enabled.keySet().retainAll(names);
		enabled.forEach((name, entry) -> server(name,
				() -> ConfiguredEntries.server(name, entry, handlers.get(name), specs, selection, beans)));
	}

	private void clients(ConfiguredEntries entries, HandlerBeans beans, Environment local, Set<String> names) {
		Map<String, ServerProperties> servers = entries.serverEntries();
		Map<String, ClientProperties> enabled = entries.enabled(Section.CLIENTS, entries.clientEntries());
		HandlerSelection selection = new HandlerSelection(Section.CLIENTS, beans);
		Map<String, String> handlers = selection.select(enabled);
		ClientSpecs specs = new ClientSpecs(entries.sessionSpecs(),
				new LocalPorts(local, entries.enabled(Section.SERVERS, servers).keySet(), servers.keySet()),
				entries.customizers(SocketClientSpecCustomizer.class),
				entries.customizers(SocketClientConnectionDetails.class));
		enabled.keySet().retainAll(names);
		enabled.forEach((name, entry) -> client(name, () -> {
			entries.checkPossible(name);
			return specs.create(name, entry, beans, handlers.get(name), selection.isBuiltIn(entry));
		}));
	}

	private void whole(Section section, Runnable all) {
		try {
			all.run();
		}
		catch (RuntimeException ex) {
			this.failures.put(section.property(), ex);
		}
	}

	private void server(String name, Supplier<ConfiguredServer> server) {
		try {
			this.servers.put(name, server.get());
		}
		catch (RuntimeException ex) {
			this.failures.put(Section.SERVERS.property(name), ex);
		}
	}

	private void client(String name, Supplier<ConfiguredClient> client) {
		try {
			this.clients.put(name, client.get());
		}
		catch (RuntimeException ex) {
			this.failures.put(Section.CLIENTS.property(name), ex);
		}
	}

	/** Returns the servers by name. */
	public Map<String, ConfiguredServer> servers() {
		return this.servers;
	}

	/** Returns the clients by name. */
	public Map<String, ConfiguredClient> clients() {
		return this.clients;
	}

	/**
	 * Returns what a start would fail with.
	 * @return the failures by the properties of the entries, or of all servers or clients
	 */
	public Map<String, RuntimeException> failures() {
		return this.failures;
	}

}
