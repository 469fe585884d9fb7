/**
 * Requests to the peer of a session: those that wait, how replies find them, and what
 * becomes of them. Servers and clients have the same. Uses the state, the input, the
 * output, the lane and the handlers of a session; does not know sockets.
 */
@NullMarked
package dev.socketserver.engine.requests;

import org.jspecify.annotations.NullMarked;
