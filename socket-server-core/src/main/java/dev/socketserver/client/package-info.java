/**
 * Clients that keep a connection to a server, as their users see them.
 */
@NullMarked
package dev.socketserver.client;

import org.jspecify.annotations.NullMarked;
