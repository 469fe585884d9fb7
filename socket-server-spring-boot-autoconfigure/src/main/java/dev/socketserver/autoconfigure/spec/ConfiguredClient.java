package dev.socketserver.autoconfigure.spec;

import java.util.List;

import dev.socketserver.client.ClientSpec;

/**
 * A client that the properties ask for.
 *
 * @param spec its specification
 * @param autoStart whether it starts with the application
 * @param steps what the properties have made of it, and each bean after that; empty if no
 * bean has changed anything
 */
public record ConfiguredClient(ClientSpec spec, boolean autoStart, List<ClientSpec> steps) {

	public ConfiguredClient(ClientSpec spec, boolean autoStart) {
		this(spec, autoStart, List.of());
	}

	/**
	 * Returns what the properties have made of it, before any bean has changed it.
	 * @return the specification
	 */
	public ClientSpec described() {
		return this.steps.isEmpty() ? this.spec : this.steps.get(0);
	}

}
