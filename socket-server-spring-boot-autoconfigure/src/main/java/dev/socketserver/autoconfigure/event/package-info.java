/**
 * Listeners of servers and clients that notify the application: events of Spring, and the
 * properties {@code local.socket.[name].port}. Uses the engine only.
 */
@NullMarked
package dev.socketserver.autoconfigure.event;

import org.jspecify.annotations.NullMarked;
