package dev.socketserver.engine.session;

import java.util.concurrent.Executor;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.blocking.BlockingCall;
import dev.socketserver.engine.blocking.BlockingInvoker;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.handlers.FrameReader;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.handlers.MessageInvoker;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions of a listener of a server, or of a client, share that have begun with
 * the same settings. Safe for use by several threads.
 */
public final class SessionContext {

	private final SharedState shared;

	private final Payloads payloads;

	private final SessionRegistry sessions;

	private final SessionEvents events;

	private final RequestContext requests;

	private final SessionThreads threads;

	private final @Nullable FrameReader reader;

	private final Bounds<InboundOverflow> inbound;

	private final Bounds<OutboundOverflow> outbound;

	/**
	 * Creates the context of a server or client.
	 * @param shared what the parts of the sessions share
	 * @param payloads what turns payloads that are sent into bytes
	 * @param sessions the open sessions
	 * @param events who is notified of the sessions
	 * @param requests what requests to peers share
	 * @param threads what starts threads for handlers that block
	 */
	public SessionContext(SharedState shared, Payloads payloads, SessionRegistry sessions, SessionEvents events,
			RequestContext requests, SessionThreads threads) {
		this.shared = shared;
		this.payloads = payloads;
		this.sessions = sessions;
		this.events = events;
		this.requests = requests;
		this.threads = threads;
		SessionSpec spec = shared.spec();
		this.reader = FrameReader.of(spec.handler(), requests.correlator(), requests.counters());
		this.inbound = Bounds.of(spec.inbound());
		this.outbound = Bounds.of(spec.outbound(), spec.datagrams());
	}

	/** Returns what the parts of the sessions share. */
	SharedState shared() {
		return this.shared;
	}

	/**
	 * Returns what the sessions are made from.
	 * @return the spec
	 */
	public SessionSpec spec() {
		return this.shared.spec();
	}

	/**
	 * Returns what turns payloads that are sent into bytes.
	 * @return the payloads
	 */
	public Payloads payloads() {
		return this.payloads;
	}

	/**
	 * Returns what is counted of all sessions.
	 * @return the counters
	 */
	public Counters counters() {
		return this.shared.counters();
	}

	/** Returns who is notified of the sessions: the same for all of one listener. */
	SessionEvents events() {
		return this.events;
	}

	/**
	 * Other settings are in force now: takes what holds for sessions that have begun,
	 * too.
	 * @param next what sessions are made from that begin now
	 */
	public void followedBy(SessionSpec next) {
		// First, so that who sees the other settings finds these in force.
		this.inbound.resize(next.inbound().capacity(), next.inbound().bytes(), this.inbound.overflow());
		this.outbound.resize(next.outbound().capacity(), next.outbound().bytes(), this.outbound.overflow());
		this.shared.followedBy(next);
	}

	/** Returns who is notified of the beginnings and ends of sessions. */
	SessionListener listener() {
		return this.events.listener();
	}

	/**
	 * Returns the open sessions.
	 * @return the sessions
	 */
	public SessionRegistry sessions() {
		return this.sessions;
	}

	/** Returns what runs tasks that must run neither on the loop nor on a lane. */
	Executor background() {
		return this.requests.background();
	}

	/** Returns what requests to peers share. */
	RequestContext requests() {
		return this.requests;
	}

	/**
	 * Returns who watches the calls of handlers, and what is logged of them.
	 * @return the diagnostics
	 */
	public Diagnostics diagnostics() {
		return this.shared.diagnostics();
	}

	/**
	 * Logs that a session could not be created, unless that has happened often.
	 * @param logger the caller's
	 * @param failure why
	 */
	public void notCreated(SafeLogger logger, Throwable failure) {
		diagnostics().failureLog()
			.log("sessions that could not be created", failure, 10,
					() -> logger.error("{}: a session could not be created", spec().title(), failure));
	}

	/**
	 * Makes what calls the handler of a session, by the form of the handler. The input
	 * and the outbox of the session are there already.
	 * @param session the session
	 * @param scheduler runs the session's lane
	 */
	Invoker invoker(InvokedSession session, LaneScheduler scheduler) {
		ServerHandler handler = session.spec().handler();
		if (handler instanceof ServerHandler.Messages) {
			return new MessageInvoker(session, this.reader, this.inbound, scheduler);
		}
		return new BlockingInvoker(session, new BlockingCall(handler, this.payloads), this.inbound, scheduler,
				this.threads);
	}

	/** Returns how much may wait for a handler. */
	Bounds<InboundOverflow> inbound() {
		return this.inbound;
	}

	/** Returns how much may wait for the connection. */
	Bounds<OutboundOverflow> outbound() {
		return this.outbound;
	}

	/**
	 * Returns the open sessions of which the same are notified, whatever settings they
	 * have begun with: the registry also has those of other runs, and of a successor of
	 * the same name.
	 * @return the sessions, in the order in which they opened
	 */
	public Stream<Session> openSessions() {
		return this.sessions.stream().filter((session) -> session.isOf(this.events));
	}

}
