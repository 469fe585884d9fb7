/**
 * Requests to the peer of a session: those that wait, how replies find them, and what
 * becomes of them. Servers and clients have the same. Depends on {@code handlers} and
 * what that depends on. Does not know sockets.
 */
@NullMarked
package dev.socketserver.engine.requests;

import org.jspecify.annotations.NullMarked;
