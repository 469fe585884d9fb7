/**
 * From bytes to payloads: decodes frames on the event loop, bounds how many frames and
 * bytes wait for the handler, and decides whether the connection is read. Depends on
 * {@code state} and what that depends on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.input;

import org.jspecify.annotations.NullMarked;
