package dev.socketserver.engine.state;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.Counters;

/**
 * What the parts of all sessions of one server or client share.
 *
 * @param spec what the sessions are made from
 * @param counters what is counted of all sessions
 * @param memory what all sessions of the application may hold
 * @param diagnostics who watches the calls of handlers, and what is logged of them
 */
public record SharedState(SessionSpec spec, Counters counters, MemoryBudget memory, Diagnostics diagnostics) {

}
