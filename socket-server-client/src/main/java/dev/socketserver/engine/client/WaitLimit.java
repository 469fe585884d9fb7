package dev.socketserver.engine.client;

import java.util.concurrent.ScheduledExecutorService;

/**
 * How long payloads of a client wait for a connection, where that is limited.
 *
 * @param nanos how long at most, in nanoseconds
 * @param timer measures that
 */
public record WaitLimit(long nanos, ScheduledExecutorService timer) {
}
