/**
 * What a client keeps while its connections come and go: tested without a socket. Public
 * for the engine's sake, not for applications.
 */
@NullMarked
package dev.socketserver.reconnect;

import org.jspecify.annotations.NullMarked;
