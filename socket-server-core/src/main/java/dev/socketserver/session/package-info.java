/**
 * One session from the inside: lane, inbox, outbox and their owners. Plain
 * {@code java.util.concurrent}; the socket is behind
 * {@link dev.socketserver.session.Wire}. Not for applications.
 */
@NullMarked
package dev.socketserver.session;

import org.jspecify.annotations.NullMarked;
