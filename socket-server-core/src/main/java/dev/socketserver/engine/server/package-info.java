/**
 * Servers without Netty: {@link dev.socketserver.engine.server.ManagedServer what
 * applications and operators ask of one}, its runs, which connections they admit, and how
 * their sessions end. A run has a {@link dev.socketserver.engine.server.ServerPort port},
 * which {@code netty.server} and {@code netty.datagram} implement. Depends on
 * {@code ban}, {@code lifecycle}, {@code drain}, {@code resources}, {@code settings} and
 * what these depend on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.server;

import org.jspecify.annotations.NullMarked;
