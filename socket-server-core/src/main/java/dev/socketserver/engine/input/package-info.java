/**
 * From bytes to payloads: decodes frames on the event loop, bounds how many frames and
 * bytes wait for the handler, charges these to the session, and decides whether the
 * connection is read. What may be dropped waits here, and what comes while a handler is
 * not ready for it; the rest waits on the lane, or in {@code engine.blocking}. Depends on
 * {@code gate}, {@code state}, {@code waiting} and what these depend on. For the engine,
 * not for applications.
 */
@NullMarked
package dev.socketserver.engine.input;

import org.jspecify.annotations.NullMarked;
