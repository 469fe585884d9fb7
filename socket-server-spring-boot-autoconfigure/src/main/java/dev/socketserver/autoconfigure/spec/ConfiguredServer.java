package dev.socketserver.autoconfigure.spec;

import java.util.List;

import dev.socketserver.ServerSpec;

/**
 * A server that the properties ask for.
 *
 * @param spec its specification
 * @param start when and how it starts
 * @param steps what the properties have made of it, and each bean after that; empty if no
 * bean has changed anything
 */
public record ConfiguredServer(ServerSpec spec, StartPolicy start, List<ServerSpec> steps) {

	public ConfiguredServer(ServerSpec spec, StartPolicy start) {
		this(spec, start, List.of());
	}

	/**
	 * Returns what the properties have made of it, before any bean has changed it.
	 * @return the specification
	 */
	public ServerSpec described() {
		return this.steps.isEmpty() ? this.spec : this.steps.get(0);
	}

}
