/**
 * Clients, their runs, and the attempts and connections of a run. Uses all rooms but
 * {@code server}, {@code accept} and {@code listen}.
 */
@NullMarked
package dev.socketserver.netty.connect;

import org.jspecify.annotations.NullMarked;
