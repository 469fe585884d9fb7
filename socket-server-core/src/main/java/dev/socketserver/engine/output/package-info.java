/**
 * From payloads to the connection. {@link dev.socketserver.engine.output.Outbox Outbox}
 * admits or refuses writes, on any thread, by the overflow policy. {@code WriteQueue} has
 * what waits, in batches, and who waits for room, under one monitor. {@code SocketWriter}
 * gives the batches to the connection, on the loop, ends the output, and completes each
 * write exactly once: what has left, what was under way when the connection failed
 * ({@code done}), and what had not left then ({@code closed}). Depends on {@code state},
 * {@code lane}, {@code waiting} and what these depend on. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.output;

import org.jspecify.annotations.NullMarked;
