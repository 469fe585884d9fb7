/**
 * Where the calls of an interface go: a client, a session, an identity or its letters
 * ({@code Target}). Knows no methods.
 */
@NullMarked
package dev.socketserver.exchange.targets;

import org.jspecify.annotations.NullMarked;
