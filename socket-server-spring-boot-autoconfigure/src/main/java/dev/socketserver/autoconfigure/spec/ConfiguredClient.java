package dev.socketserver.autoconfigure.spec;

import java.util.List;

import dev.socketserver.client.ClientSpec;

/**
 * A client that the properties ask for.
 *
 * @param steps what the properties have made of it, and each bean after that
 * @param autoStart whether it starts with the application
 */
public record ConfiguredClient(List<ClientSpec> steps, boolean autoStart) {

	/**
	 * Returns its specification.
	 * @return what the last of the beans has left behind
	 */
	public ClientSpec spec() {
		return this.steps.get(this.steps.size() - 1);
	}

}
