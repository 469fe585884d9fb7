/**
 * What takes too long: timeouts, heartbeats and handlers that do not return. A timer
 * checks all sessions now and then, so that no message pays for reading the clock.
 * Depends on {@code input}, {@code output} and what these depend on. For the engine, not
 * for applications.
 */
@NullMarked
package dev.socketserver.engine.watchdog;

import org.jspecify.annotations.NullMarked;
