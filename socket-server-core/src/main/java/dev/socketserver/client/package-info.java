/**
 * The public API of clients, which keep one connection to a server.
 */
@NullMarked
package dev.socketserver.client;

import org.jspecify.annotations.NullMarked;
