/**
 * What Boot binds: the properties of servers and clients, and how those of a server
 * inherit the shared defaults. Owns the exception for a wrong value, how values are
 * written in messages, and suggestions. Uses no other room of this module but payloads.
 */
@NullMarked
package dev.socketserver.autoconfigure.properties;

import org.jspecify.annotations.NullMarked;
