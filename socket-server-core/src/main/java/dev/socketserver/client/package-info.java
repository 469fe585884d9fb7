/**
 * The public API of clients, which keep one connection, or a pool of them, to a server.
 */
@NullMarked
package dev.socketserver.client;

import org.jspecify.annotations.NullMarked;
