package dev.socketserver.autoconfigure.spec;

import java.util.List;

import dev.socketserver.ServerSpec;

/**
 * A server that the properties ask for.
 *
 * @param steps what the properties have made of it, and each bean after that
 * @param start when and how it starts
 */
public record ConfiguredServer(List<ServerSpec> steps, StartPolicy start) {

	/**
	 * Returns its specification.
	 * @return what the last of the beans has left behind
	 */
	public ServerSpec spec() {
		return this.steps.get(this.steps.size() - 1);
	}

}
