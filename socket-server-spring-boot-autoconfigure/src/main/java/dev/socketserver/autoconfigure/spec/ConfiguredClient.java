package dev.socketserver.autoconfigure.spec;

import dev.socketserver.client.ClientSpec;

/**
 * A client that the properties ask for.
 *
 * @param spec its specification
 * @param autoStart whether it starts with the application
 */
public record ConfiguredClient(ClientSpec spec, boolean autoStart) {

}
