/**
 * What takes too long: timeouts, heartbeats and handlers that do not return. A timer
 * checks all sessions now and then, so that no message pays for reading the clock. May
 * use {@code input}, {@code output}, {@code lane} and {@code state}. For the engine, not
 * for applications.
 */
@NullMarked
package dev.socketserver.engine.watchdog;

import org.jspecify.annotations.NullMarked;
