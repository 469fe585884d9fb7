/**
 * Finds out what an inherited socket is like, and makes channels for {@code listen} and
 * {@code datagram}, each with a copy of its descriptor. Only the copies are closed. Which
 * sockets there are is in {@code engine.inherit}.
 */
@NullMarked
package dev.socketserver.netty.inherit;

import org.jspecify.annotations.NullMarked;
