/**
 * What all servers and clients of an application share: timer, background threads,
 * memory, listeners; and what watches the sessions of one of them. Made once, by
 * {@code NettySocketServers}. Depends on {@code session}, {@code threads}, {@code events}
 * and what these depend on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.resources;

import org.jspecify.annotations.NullMarked;
