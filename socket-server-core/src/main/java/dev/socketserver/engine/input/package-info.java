/**
 * From bytes to payloads: decodes frames on the event loop, and bounds how many frames
 * and bytes wait for the handler. Depends on {@code state} and what that depends on. For
 * the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.input;

import org.jspecify.annotations.NullMarked;
