package dev.socketserver.engine.session;

import java.util.concurrent.Executor;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.payload.Payloads;

/**
 * What all sessions of a server or client share.
 *
 * @param spec what the sessions are made from
 * @param payloads turns what is sent into bytes
 * @param counters counts
 * @param listener is told of the sessions' beginnings and ends
 * @param sessions the open sessions
 * @param threads starts threads for handlers that block
 * @param background runs what must run neither on the loop nor on a lane
 * @param memory what all sessions of the application may hold
 * @param sessionEnded is called when a session has ended and is no longer among the open
 * ones
 * @param requests what requests to peers share
 * @param diagnostics who watches the calls of handlers, and what is logged of them
 */
public record SessionContext(SessionSpec spec, Payloads payloads, Counters counters, SessionListener listener,
		SessionRegistry sessions, SessionThreads threads, Executor background, MemoryBudget memory,
		Runnable sessionEnded, RequestContext requests, Diagnostics diagnostics) {

	/**
	 * Returns the open sessions of this context: the registry also has those of other
	 * runs, and of a successor of the same name.
	 * @return the sessions, in the order in which they opened
	 */
	public Stream<Session> openSessions() {
		return this.sessions.stream().filter((session) -> session.isOf(this));
	}

}
