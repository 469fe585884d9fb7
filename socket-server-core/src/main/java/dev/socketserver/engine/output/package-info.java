/**
 * From payloads to the connection: admits or refuses writes by the overflow policy,
 * gathers them into write batches, and completes each exactly once. Depends on {@code
 * state}, {@code lane} and what these depend on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.output;

import org.jspecify.annotations.NullMarked;
