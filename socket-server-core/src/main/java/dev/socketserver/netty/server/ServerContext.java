package dev.socketserver.netty.server;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.payload.Payloads;

/**
 * What all runs of one server share.
 *
 * @param server the server, as listeners are notified of it
 * @param engine what all servers share
 * @param sessions the open sessions
 * @param payloads turns what is sent into bytes
 * @param counters counts
 * @param failureLog keeps failures of handlers from filling the log
 * @param alarms notify operators
 */
record ServerContext(SocketServer server, SharedResources engine, SessionRegistry sessions, Payloads payloads,
		ServerCounters counters, FailureLog failureLog, Alarms alarms) {

	ServerSpec spec() {
		return this.server.spec();
	}

	String name() {
		return this.server.name();
	}

	SocketServerListener listener() {
		return this.engine.listener();
	}

}
