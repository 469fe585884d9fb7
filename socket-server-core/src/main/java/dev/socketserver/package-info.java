/**
 * What an application writes against: servers, sessions, handlers and their
 * specifications. Nothing here knows Netty or Spring.
 */
@NullMarked
package dev.socketserver;

import org.jspecify.annotations.NullMarked;
