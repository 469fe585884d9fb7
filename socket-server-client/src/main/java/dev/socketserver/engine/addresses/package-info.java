/**
 * Where a client connects to next, and when, by the outcome of its attempts and
 * connections: {@link dev.socketserver.engine.addresses.ClientAddresses ClientAddresses}.
 * No socket, no thread and no clock: the time is a parameter. Depends on no other room.
 * For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.addresses;

import org.jspecify.annotations.NullMarked;
