package dev.socketserver.client;

import java.time.Instant;

import dev.socketserver.CloseStatus;

/**
 * How and when the last connection of a client ended.
 *
 * @param status how it ended
 * @param at when it ended
 */
public record LastClosed(CloseStatus status, Instant at) {

}
