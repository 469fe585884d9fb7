package dev.socketserver.engine.connect;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.received.ReceivedQueue;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.payload.Payloads;

/**
 * What all connections of one client share.
 *
 * @param client the client, as listeners are notified of it
 * @param engine what all servers and clients share
 * @param executor runs short tasks that must not run on the thread that submits them
 * @param sessions the open sessions
 * @param payloads turns what is sent into bytes
 * @param counters counts
 * @param received what the application receives by hand
 * @param refusals counts refusals by the server's system
 * @param failureLog keeps failures of handlers from filling the log
 * @param clock the time of attempts and connections, in nanoseconds
 */
public record ClientContext(SocketClient client, SharedResources engine, Executor executor, SessionRegistry sessions,
		Payloads payloads, ClientCounters counters, ReceivedQueue received, Refusals refusals, FailureLog failureLog,
		LongSupplier clock) {

	public ClientSpec spec() {
		return this.client.spec();
	}

	public String name() {
		return this.client.name();
	}

}
