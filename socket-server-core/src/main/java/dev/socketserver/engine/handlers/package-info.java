/**
 * Calls handlers of messages on the lane, sends their replies, and has later frames wait
 * for these. Depends on {@code input}, {@code output} and what these depend on. For the
 * engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.handlers;

import org.jspecify.annotations.NullMarked;
