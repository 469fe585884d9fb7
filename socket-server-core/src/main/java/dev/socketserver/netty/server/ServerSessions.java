package dev.socketserver.netty.server;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer.Group;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.Payloads;

/**
 * What a server has from its creation to its removal, whether it runs or not: its
 * specification, its sessions and its counters. Any thread.
 */
abstract class ServerSessions implements SocketServer, ServerOperations {

	final ServerSpec spec;

	final SharedResources engine;

	final SocketServerListener listener;

	final Payloads payloads;

	final SessionRegistry sessions;

	final ServerCounters counters = new ServerCounters();

	final FailureLog failureLog;

	final Alarms alarms;

	ServerSessions(ServerSpec spec, SharedResources engine, SessionRegistry sessions) {
		this.spec = spec;
		this.engine = engine;
		this.listener = engine.listener();
		this.payloads = new Payloads(spec.session().charset(), spec.session().converters());
		this.sessions = sessions;
		this.failureLog = new FailureLog(spec.session().title(), engine.timer(), NanoTime.SYSTEM);
		this.alarms = new Alarms((alarm) -> this.listener.alarm(this, alarm), engine.background());
	}

	/** Runs what notifies listeners, which may take long, on a thread made for it. */
	void onOwnThread(Runnable task) {
		this.engine.onOwnThread(task, "socket-server-transition");
	}

	public Alarms alarms() {
		return this.alarms;
	}

	@Override
	public String name() {
		return this.spec.name();
	}

	/** As events and logs show it. */
	@Override
	public String toString() {
		return name();
	}

	@Override
	public ServerSpec spec() {
		return this.spec;
	}

	@Override
	public Stream<SocketSession> sessions() {
		return this.sessions.stream().map(SocketSession.class::cast);
	}

	/**
	 * Returns what turns payloads that are sent into bytes.
	 * @return the payloads
	 */
	public Payloads payloads() {
		return this.payloads;
	}

	public SessionRegistry registry() {
		return this.sessions;
	}

	@Override
	public List<EndedSession> endedSessions() {
		return this.sessions.ended();
	}

	@Override
	public Optional<SocketSession> session(String id) {
		return this.sessions.find(id).map(SocketSession.class::cast);
	}

	@Override
	public List<SocketSession> find(String type, String id) {
		return List.copyOf(this.sessions.bound(type, id));
	}

	@Override
	public Group group(String name) {
		return new SessionGroup(name, this.sessions, this.payloads);
	}

	@Override
	public ServerStatistics statistics() {
		return this.counters;
	}

	@Override
	public int broadcast(Object payload) {
		return SessionGroup.broadcast(this.payloads.bytes(payload), this.sessions.stream());
	}

}
