package dev.socketserver.engine.connect;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.socketserver.SessionSpec;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.addresses.Refusals;
import dev.socketserver.engine.client.FramingCheck;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.received.ReceivedQueue;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one client share, and the settings that are in force. Safe for
 * use by several threads.
 */
public final class ClientContext {

	private final SocketClient client;

	private final SharedResources engine;

	private final Executor executor;

	private final SessionRegistry sessions;

	private final ClientCounters counters;

	private final ReceivedQueue received;

	private final Refusals refusals;

	private final FailureLog failureLog;

	private volatile Settings settings;

	/** Those of a connection that is or was ready: what is sent is for that. */
	private volatile Settings outgoing;

	/**
	 * Creates the context of a client whose settings were never changed.
	 * @param client the client, as listeners are notified of it
	 * @param spec what it is made from
	 * @param engine what all servers and clients share
	 * @param executor runs short tasks that must not run on the thread that submits them
	 * @param sessions the open sessions
	 */
	ClientContext(SocketClient client, ClientSpec spec, SharedResources engine, Executor executor,
			SessionRegistry sessions) {
		this.client = client;
		this.engine = engine;
		this.executor = executor;
		this.sessions = sessions;
		this.counters = new ClientCounters(spec.addresses().size());
		this.received = new ReceivedQueue(spec.name(), Bounds.of(spec.session().inbound()), this.counters,
				engine.memory(), engine.timer());
		this.refusals = new Refusals(engine.clock());
		this.failureLog = new FailureLog(SocketClient.class, spec.session().title(), engine.timer(), engine.clock());
		this.settings = settings(spec, SharedState.FIRST_VERSION, 0);
		this.outgoing = this.settings;
	}

	/**
	 * Puts other settings in force, for what asks for them from now on.
	 * @param spec what the client is made from now
	 * @param version the version
	 */
	void reconfigure(ClientSpec spec, long version) {
		this.settings = settings(spec, version, this.settings.order() + 1);
	}

	private Settings settings(ClientSpec spec, long version, int order) {
		SessionSpec session = spec.session();
		RequestContext requests = new RequestContext(spec.correlator(), session.requests(), this.counters,
				this.engine.background(), this.engine.timer());
		return new Settings(spec, version, order, new Payloads(session.charset(), session.converters()),
				new FramingCheck(session), requests, spec.onlySends());
	}

	/** Returns the settings that are in force. */
	Settings settings() {
		return this.settings;
	}

	/** Returns what the client is made from. */
	public ClientSpec spec() {
		return this.settings.spec();
	}

	/** Returns what is said of the connections of a client, or the defaults. */
	static ClientPool pool(ClientSpec spec) {
		return Objects.requireNonNullElse(spec.pool(), ClientPool.DEFAULTS);
	}

	/** Returns the settings by which payloads are made that are to be sent. */
	Settings outgoing() {
		return this.outgoing;
	}

	/** Has payloads be made by these settings from now on. */
	void outgoing(Settings next) {
		this.outgoing = next;
	}

	/** Returns the client, as listeners are notified of it. */
	public SocketClient client() {
		return this.client;
	}

	public String name() {
		return this.client.name();
	}

	/** Returns what all servers and clients share. */
	public SharedResources engine() {
		return this.engine;
	}

	/**
	 * Returns what runs short tasks that must not run on the thread that submits them.
	 */
	public Executor executor() {
		return this.executor;
	}

	/** Returns the open sessions. */
	public SessionRegistry sessions() {
		return this.sessions;
	}

	/** Returns what counts. */
	public ClientCounters counters() {
		return this.counters;
	}

	/** Returns what the application receives by hand. */
	public ReceivedQueue received() {
		return this.received;
	}

	/** Returns what counts refusals by the server's system. */
	public Refusals refusals() {
		return this.refusals;
	}

	/** Returns what keeps failures of handlers from filling the log. */
	public FailureLog failureLog() {
		return this.failureLog;
	}

	/**
	 * Settings of a client, with what is made of them for its payloads.
	 *
	 * @param spec what it is made from
	 * @param version the version of the settings
	 * @param order how often settings were changed before; a version may be taken back
	 * @param payloads turns what is sent into bytes
	 * @param framing checks whether bytes can be a frame
	 * @param requests what requests share
	 * @param onlySends whether there are no answers
	 */
	record Settings(ClientSpec spec, long version, int order, Payloads payloads, FramingCheck framing,
			RequestContext requests, boolean onlySends) {

		/** Gives payloads keys by which their connection is chosen, if they have some. */
		@Nullable Function<Object, @Nullable Object> poolKey() {
			return pool(this.spec).key();
		}

	}

}
