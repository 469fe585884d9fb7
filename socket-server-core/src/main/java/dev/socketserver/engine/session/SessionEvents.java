package dev.socketserver.engine.session;

import dev.socketserver.engine.events.SessionListener;

/**
 * Who is notified of the sessions of a server or client.
 *
 * @param listener is notified of their beginnings and ends, where the handler runs
 * @param ended is run when a session has ended and is no longer among the open ones
 */
public record SessionEvents(SessionListener listener, Runnable ended) {

}
