package dev.socketserver.autoconfigure;

import dev.socketserver.client.ClientSpec;

/**
 * A client that the properties ask for.
 *
 * @param spec its specification
 * @param autoStart whether it starts with the application
 */
record ConfiguredClient(ClientSpec spec, boolean autoStart) {

}
