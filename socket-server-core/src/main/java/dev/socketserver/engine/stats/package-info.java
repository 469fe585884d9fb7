/**
 * The counters of servers and clients; the figures of one session are in {@code state}.
 * Each event is counted at one place; statistics, meters, endpoints and log lines only
 * read. Depends on no other room. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.stats;

import org.jspecify.annotations.NullMarked;
