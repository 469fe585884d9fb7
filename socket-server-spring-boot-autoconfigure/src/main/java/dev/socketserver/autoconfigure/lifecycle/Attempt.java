package dev.socketserver.autoconfigure.lifecycle;

import java.util.Collections;
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

	private final boolean start;

	private Attempt(boolean start) {
		this.start = start;
	}

	/** Returns an attempt at nothing, which collects what fails. */
	public static Attempt none() {
		return new Attempt(false);
	}

	/** Returns that of a start, which fails with the first failure. */
	static Attempt ofStart() {
		return new Attempt(true);
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

	/** Returns the servers by name. */
	public Map<String, ConfiguredServer> servers() {
		return Collections.unmodifiableMap(this.servers);
	}

	/** Returns the clients by name. */
	public Map<String, ConfiguredClient> clients() {
		return Collections.unmodifiableMap(this.clients);
	}

	/**
	 * Returns what a start would fail with.
	 * @return the failures by the properties of the entries, or of all servers or clients
	 */
	public Map<String, RuntimeException> failures() {
		return Collections.unmodifiableMap(this.failures);
	}

}
