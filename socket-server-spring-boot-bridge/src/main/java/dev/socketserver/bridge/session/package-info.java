/**
 * The part of a bridge that each session has: keeps messages in order, stores them again,
 * and has the handler called when they are stored. Owns the interface of the stores that
 * other rooms implement, and what is counted of all sessions of a server. Depends on
 * {@code bridge} and {@code properties}.
 *
 * <pre>
 *   a frame ──▶ BridgedHandler.prepare ──▶ StoreQueue ──▶ BridgeStore
 *                     ▼                        │
 *   the handler ◀── received ◀── in its turn, when it is stored
 * </pre>
 */
@NullMarked
package dev.socketserver.bridge.session;

import org.jspecify.annotations.NullMarked;
