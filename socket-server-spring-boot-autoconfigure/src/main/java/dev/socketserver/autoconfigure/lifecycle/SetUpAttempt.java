package dev.socketserver.autoconfigure.lifecycle;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;

/**
 * What was made of servers and clients, by a start or as one would, and what has failed.
 */
public final class SetUpAttempt {

	private final Map<String, ConfiguredServer> servers = new LinkedHashMap<>();

	private final Map<String, ConfiguredClient> clients = new LinkedHashMap<>();

	private final Map<String, RuntimeException> failures = new LinkedHashMap<>();

	private final boolean start;

	private SetUpAttempt(boolean start) {
		this.start = start;
	}

	/** Returns an attempt at nothing, which collects what fails. */
	public static SetUpAttempt none() {
		return new SetUpAttempt(false);
	}

	/** Returns that of a start, which fails with the first failure. */
	static SetUpAttempt ofStart() {
		return new SetUpAttempt(true);
	}

	/** Whether a start makes it, which checks and says more. */
	boolean isStart() {
		return this.start;
	}

	void made(String name, ConfiguredServer server) {
		this.servers.put(name, server);
	}

	void made(String name, ConfiguredClient client) {
		this.clients.put(name, client);
	}

	/** Notes why there is no such entry, or ends a start. */
	void failed(String property, RuntimeException failure) {
		if (this.start) {
			throw failure;
		}
		this.failures.put(property, failure);
	}

	/** Returns the servers. */
	public List<ConfiguredServer> servers() {
		return List.copyOf(this.servers.values());
	}

	/** Returns the clients. */
	public List<ConfiguredClient> clients() {
		return List.copyOf(this.clients.values());
	}

	/** Returns a server that was made. */
	public ConfiguredServer server(String name) {
		return Objects.requireNonNull(this.servers.get(name));
	}

	/** Returns a client that was made. */
	public ConfiguredClient client(String name) {
		return Objects.requireNonNull(this.clients.get(name));
	}

	/**
	 * Returns what the properties have made of an entry, and each bean after that.
	 * @return the specifications; none if the entry was not made
	 */
	public List<?> steps(Section section, String name) {
		if (section == Section.SERVERS) {
			ConfiguredServer server = this.servers.get(name);
			return (server != null) ? server.steps() : List.of();
		}
		ConfiguredClient client = this.clients.get(name);
		return (client != null) ? client.steps() : List.of();
	}

	/**
	 * Returns this with what was made after it.
	 * @param next what was made
	 * @param isLeft whether there is still an entry of a section
	 */
	public SetUpAttempt followedBy(SetUpAttempt next, BiPredicate<Section, String> isLeft) {
		SetUpAttempt all = none();
		all.servers.putAll(this.servers);
		all.servers.putAll(next.servers);
		all.servers.keySet().removeIf((name) -> !isLeft.test(Section.SERVERS, name));
		all.clients.putAll(this.clients);
		all.clients.putAll(next.clients);
		all.clients.keySet().removeIf((name) -> !isLeft.test(Section.CLIENTS, name));
		return all;
	}

	/**
	 * Returns what a start would fail with.
	 * @return the failures by the properties of the entries, or of all servers or clients
	 */
	public Map<String, RuntimeException> failures() {
		return Collections.unmodifiableMap(this.failures);
	}

}
