/**
 * Calls handlers of messages on the lane, sends their replies, and has later frames wait
 * for these. May use {@code input}, {@code output}, {@code lane} and {@code state}. For
 * the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.handlers;

import org.jspecify.annotations.NullMarked;
