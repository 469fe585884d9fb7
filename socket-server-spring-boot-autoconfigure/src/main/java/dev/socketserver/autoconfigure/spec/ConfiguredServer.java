package dev.socketserver.autoconfigure.spec;

import dev.socketserver.ServerSpec;

/**
 * A server that the properties ask for.
 *
 * @param spec its specification
 * @param start when and how it starts
 */
public record ConfiguredServer(ServerSpec spec, StartPolicy start) {

}
