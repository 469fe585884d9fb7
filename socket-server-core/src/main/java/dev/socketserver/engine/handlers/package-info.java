/**
 * Calls handlers of messages on the lane, sends their replies, and has later frames wait
 * for these.
 *
 * <pre>
 *   frames ──▶ MessageInvoker ──▶ HandlerCalls ──▶ the handler
 *    the end       ▲                   │
 *                  │               ReplySender ──▶ the outbox
 *                  │
 *        other threads ask: how much waits, is it stalled
 * </pre>
 *
 * {@code MessageInvoker} has the order of things: what waits, and whether the session has
 * ended. {@code HandlerCalls} has the handler, what it has not finished, and how long its
 * calls take. {@code ReplySender} has the replies that could not be sent yet. Neither
 * asks {@code MessageInvoker}. Several calls in a row are a {@code CallRound}. Depends on
 * {@code input}, {@code replies}, {@code output} and what these depend on. For the
 * engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.handlers;

import org.jspecify.annotations.NullMarked;
