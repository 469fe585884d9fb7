package dev.socketserver.autoconfigure.lifecycle;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;

/**
 * What was made of servers and clients, by a start or as one would, and what has failed.
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

	/** Notes why there is no such entry, or fails with that. */
	void failed(String property, RuntimeException failure, boolean atOnce) {
		if (atOnce) {
			throw failure;
		}
		this.failures.put(property, failure);
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
