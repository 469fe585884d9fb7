package dev.socketserver.engine.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.ban.OffenceListener;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.payload.Payloads;

/**
 * What all runs of one server share, and the settings that are in force. Safe for use by
 * several threads.
 */
public final class ServerContext {

	private final SocketServer server;

	private final SharedResources engine;

	private final SessionRegistry sessions;

	private final ServerCounters counters = new ServerCounters();

	private final FailureLog failureLog;

	private final Alarms alarms;

	private final OffenceListener offences;

	/**
	 * The listeners, by name, also those that are gone: one that comes back goes on with
	 * what was counted of it. Guarded by who changes the settings.
	 */
	private final Map<String, ListenerContext> known = new HashMap<>();

	private volatile Settings settings;

	/**
	 * Creates the context of a server whose settings were never changed.
	 * @param server the server, as listeners are notified of it
	 * @param spec what it is made from
	 * @param engine what all servers share
	 * @param sessions the open sessions
	 * @param alarms notify operators
	 */
	ServerContext(SocketServer server, ServerSpec spec, SharedResources engine, SessionRegistry sessions,
			Alarms alarms) {
		this.server = server;
		this.engine = engine;
		this.sessions = sessions;
		this.alarms = alarms;
		this.offences = new OffenceListener(server, engine.listener(), alarms, engine.clock());
		this.failureLog = new FailureLog(SocketServer.class, spec.session().title(), engine.timer(), engine.clock());
		this.settings = Settings.of(spec, SharedState.FIRST_VERSION, this.known);
	}

	/**
	 * Puts other settings in force, for what asks for them from now on.
	 * @param spec what the server is made from now
	 * @param version the version
	 */
	void reconfigure(ServerSpec spec, long version) {
		this.settings = Settings.of(spec, version, this.known);
	}

	/** Other settings are in force, which sessions of all runs have, too. */
	void reconfigured() {
		this.sessions.reconfigure(spec(), this.counters, this.engine.timer());
		this.offences.reconfigure(spec());
	}

	/** Returns what the server is made from. */
	public ServerSpec spec() {
		return this.settings.spec();
	}

	/** Returns the version of the settings. */
	long version() {
		return this.settings.version();
	}

	/** Returns where the server listens, in order. */
	public List<ListenerContext> listeners() {
		return this.settings.listeners();
	}

	/** Returns what turns what is sent into bytes. */
	public Payloads payloads() {
		return this.settings.payloads();
	}

	/** Returns the server, as listeners are notified of it. */
	public SocketServer server() {
		return this.server;
	}

	public String name() {
		return this.server.name();
	}

	/** Returns what all servers share. */
	public SharedResources engine() {
		return this.engine;
	}

	/** Returns the open sessions. */
	public SessionRegistry sessions() {
		return this.sessions;
	}

	/** Returns what counts. */
	public ServerCounters counters() {
		return this.counters;
	}

	/** Returns what keeps failures of handlers from filling the log. */
	public FailureLog failureLog() {
		return this.failureLog;
	}

	/** Returns what notifies operators. */
	public Alarms alarms() {
		return this.alarms;
	}

	/** Returns who is notified of sessions, and has their offences counted. */
	OffenceListener offences() {
		return this.offences;
	}

	/**
	 * The exception for what cannot be had, where there is no address yet to report it.
	 */
	public ServerStartException failure(Problem problem, Throwable cause) {
		ListenerSpec first = spec().listeners().get(0);
		return new ServerStartException(first, first.listenOn().address(), problem, cause);
	}

	/**
	 * The settings that are in force.
	 *
	 * @param spec what the server is made from
	 * @param version the version of the settings
	 * @param payloads turns what is sent into bytes
	 * @param listeners where it listens, in order
	 */
	private record Settings(ServerSpec spec, long version, Payloads payloads, List<ListenerContext> listeners) {

		static Settings of(ServerSpec spec, long version, Map<String, ListenerContext> known) {
			List<ListenerContext> all = new ArrayList<>(1);
			for (ListenerSpec each : spec.listeners()) {
				ListenerContext listener = known.get(each.name());
				if (listener == null) {
					listener = new ListenerContext(each);
					known.put(each.name(), listener);
				}
				listener.reconfigure(each);
				all.add(listener);
			}
			Payloads payloads = new Payloads(spec.session().charset(), spec.session().converters());
			return new Settings(spec, version, payloads, List.copyOf(all));
		}

	}

}
