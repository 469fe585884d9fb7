/**
 * What Boot binds: the properties of servers and clients, and how those of a server
 * inherit the shared defaults. Owns the exception for a wrong value, and how values are
 * written in messages. Uses no other room of this module but {@code handler.payload} and
 * {@code handler.dispatch}.
 */
@NullMarked
package dev.socketserver.autoconfigure.properties;

import org.jspecify.annotations.NullMarked;
