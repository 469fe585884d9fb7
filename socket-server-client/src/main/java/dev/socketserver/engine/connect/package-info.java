/**
 * Clients without a network: {@link dev.socketserver.engine.connect.ManagedClient what
 * applications and operators ask of one}, and its connections. Attempts are made by a
 * {@link dev.socketserver.engine.connect.Connector}, which {@code netty.connect}
 * implements. Depends on {@code addresses}, {@code client}, {@code lifecycle},
 * {@code received}, {@code resources} and what these depend on. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.connect;

import org.jspecify.annotations.NullMarked;
