/**
 * Servers and their runs: the states of a server, its start and its stop. Uses all rooms
 * but {@code connect}; sessions and connections see it as an interface only.
 */
@NullMarked
package dev.socketserver.netty.server;

import org.jspecify.annotations.NullMarked;
