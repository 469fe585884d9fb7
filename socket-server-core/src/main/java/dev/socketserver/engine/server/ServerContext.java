package dev.socketserver.engine.server;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.ban.ServerBans;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * What all runs of one server share.
 *
 * @param server the server, as listeners are notified of it
 * @param engine what all servers share
 * @param listeners where it listens, in order
 * @param sessions the open sessions
 * @param payloads turns what is sent into bytes
 * @param counters counts
 * @param failureLog keeps failures of handlers from filling the log
 * @param alarms notify operators
 * @param bans whom it bans; empty as long as it has banned nobody, and counts no offences
 */
public record ServerContext(SocketServer server, List<ListenerContext> listeners, SharedResources engine,
		SessionRegistry sessions, Payloads payloads, ServerCounters counters, FailureLog failureLog, Alarms alarms,
		AtomicReference<@Nullable ServerBans> bans) {

	public ServerSpec spec() {
		return this.server.spec();
	}

	public String name() {
		return this.server.name();
	}

	/** Whom the server bans, made when it is asked for. */
	ServerBans madeBans() {
		ServerBans made = this.bans.get();
		if (made == null) {
			this.bans.compareAndSet(null, new ServerBans(this.server, this.engine.listener(), NanoTime.SYSTEM));
			made = Objects.requireNonNull(this.bans.get());
		}
		return made;
	}

	/**
	 * The exception for what cannot be had, where there is no address yet to report it.
	 */
	public ServerStartException failure(Problem problem, Throwable cause) {
		ListenerSpec first = spec().listeners().get(0);
		return new ServerStartException(first, first.listenOn().address(), problem, cause);
	}

}
