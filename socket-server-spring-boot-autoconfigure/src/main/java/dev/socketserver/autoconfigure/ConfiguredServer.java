package dev.socketserver.autoconfigure;

import dev.socketserver.ServerSpec;

/**
 * A server that the properties ask for.
 *
 * @param spec what it is
 * @param start when and how it starts
 */
record ConfiguredServer(ServerSpec spec, StartPolicy start) {

}
