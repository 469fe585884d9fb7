package dev.socketserver.netty.accept;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.KeptPermits;
import dev.socketserver.admission.PacedAccept;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.server.DescriptorLimit;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.listen.AcceptGate;
import dev.socketserver.netty.listen.AcceptGate.Reason;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the connections of one run from the accept to the session: which are
 * admitted, which stages they go through, and who is notified of those that are refused.
 * Safe for use by several threads.
 */
public final class ConnectionIntake {

	/** From how many refused connections in a minute on operators are notified. */
	private static final int MANY_REJECTIONS = 100;

	private final ServerContext server;

	private final ServerCounters counters;

	private final AcceptGate gate;

	private final Admission admission;

	/** The stages before a session, for connections of proxies and for others. */
	private final List<ConnectionStage> proxyStages;

	private final List<ConnectionStage> directStages;

	/** Connections that are not sessions yet. */
	private final Set<PendingConnection> pending = ConcurrentHashMap.newKeySet();

	/** The number from which on there are nearly as many sessions as there may be. */
	private final Alarms.Threshold crowd;

	private final Alarms.Flood rejections;

	private final boolean waitWhenFull;

	private final @Nullable PacedAccept acceptRate;

	// Not one state: the run may end before the one session opens, or without it.

	/** The one session of a one-shot has opened. */
	private volatile boolean served;

	/** Whoever is pending is aborted, also who connects from now on. */
	private volatile boolean stopped;

	/**
	 * Creates the intake of one run.
	 * @param server what the run shares with others
	 * @param kept what earlier runs still have
	 * @param gate held while there are too many, or they arrive too fast
	 * @param tls what handshakes need, if there are any
	 */
	public ConnectionIntake(ServerContext server, KeptPermits kept, AcceptGate gate, @Nullable ServerTls tls) {
		this.server = server;
		this.counters = server.counters();
		this.gate = gate;
		ServerSpec spec = server.spec();
		Limits limits = spec.limits();
		// Connections of earlier runs have their descriptors already.
		int sessions = (int) Math.min(spec.oneShot() ? 1 : limits.sessions(),
				(long) kept.taken() + DescriptorLimit.connections());
		this.counters.maxSessions(sessions);
		this.admission = new Admission(sessions, kept, limits, spec.proxyProtocol());
		List<ConnectionStage> tlsStage = (tls != null) ? List.of(new TlsStage(tls, this.counters)) : List.of();
		ProxyMode proxies = spec.proxyProtocol().mode();
		this.proxyStages = (proxies != ProxyMode.OFF)
				? followed(new ProxyStage(proxies == ProxyMode.REQUIRED), tlsStage) : List.of();
		this.directStages = (proxies == ProxyMode.OPTIONAL) ? followed(new ForeignProxyStage(), tlsStage) : tlsStage;
		this.crowd = server.alarms().threshold(Alarm.Kind.SESSIONS, crowd(spec, sessions));
		this.rejections = server.alarms().flood(Alarm.Kind.REJECTIONS, MANY_REJECTIONS);
		this.waitWhenFull = limits.onFull() == OnFull.WAIT;
		this.acceptRate = (limits.acceptRate() > 0) ? new PacedAccept(limits.acceptRate(), server.engine().timer(),
				() -> gate.hold(Reason.RATE), () -> gate.release(Reason.RATE)) : null;
	}

	private static List<ConnectionStage> followed(ConnectionStage first, List<ConnectionStage> others) {
		return Stream.concat(Stream.of(first), others.stream()).toList();
	}

	/** From how many sessions on there are nearly too many; 0 for no such alarm. */
	private static long crowd(ServerSpec spec, int sessions) {
		// A one-shot has one session at most, for which there is no alarm.
		return spec.oneShot() ? 0 : ((long) sessions * spec.limits().alarm() + 99) / 100;
	}

	/** The name of the server. */
	String name() {
		return this.server.name();
	}

	/** Who is admitted, and how many of them there are. */
	public Admission admission() {
		return this.admission;
	}

	/** Whether a PROXY header may precede a session. */
	public boolean proxied() {
		return !this.proxyStages.isEmpty();
	}

	/** What precedes the session of a connection, in order. */
	List<ConnectionStage> stages(boolean proxy) {
		return proxy ? this.proxyStages : this.directStages;
	}

	/**
	 * Whether a connection waits for its peer before its session opens, and so counts
	 * against {@code limits.pending}. Who is not trusted to send a PROXY header is not
	 * waited for.
	 */
	boolean waits(boolean proxy) {
		for (ConnectionStage stage : stages(proxy)) {
			if (stage.waits()) {
				return true;
			}
		}
		return false;
	}

	/** A connection was accepted whose peer was gone before it could be checked. */
	void lost() {
		this.counters.countAccepted();
		this.counters.countAbandoned();
	}

	/**
	 * A connection was accepted.
	 * @param socket the address of its peer
	 * @param proxy whether that may speak for others
	 * @return why it is refused, or {@code null}
	 */
	@Nullable Refusal accepted(InetAddress socket, boolean proxy) {
		this.counters.countAccepted();
		if (this.served) {
			return this.admission.allSessions();
		}
		Refusal refusal = this.admission.admit(socket, proxy, waits(proxy));
		if (refusal != null) {
			if (refusal.reason() == RejectReason.LIMIT_ADDRESS) {
				// For a moment it had a permit among all, and whoever released one may
				// have seen it taken.
				permitsChanged();
			}
			return refusal;
		}
		permitsChanged();
		if (this.acceptRate != null) {
			this.acceptRate.accepted();
		}
		return null;
	}

	/**
	 * Checks the permits again, since some were taken or given back, here or by the
	 * sessions of an earlier run.
	 */
	public void permitsChanged() {
		if (this.waitWhenFull) {
			this.gate.set(Reason.FULL, this.admission.sessions()::isExhausted);
		}
		int taken = this.admission.sessions().all();
		this.crowd.check(taken, () -> taken + " of " + this.counters.maxSessions()
				+ " sessions (limits.sessions) are open" + (waits(proxied()) ? " or pending" : ""));
	}

	/** Refuses all that still arrive: the one session of a one-shot has opened. */
	public void served() {
		this.served = true;
	}

	/**
	 * A connection waits to become a session.
	 * @return whether it may
	 */
	boolean pendingBegun(PendingConnection connection) {
		this.pending.add(connection);
		return !this.stopped;
	}

	/** A connection has become a session, is refused, or is gone. */
	void pendingEnded(PendingConnection connection) {
		this.pending.remove(connection);
		if (connection.waits()) {
			this.admission.releasePending(connection.pendingOf());
		}
	}

	/** Whether connections that are pending are aborted. */
	boolean isStopped() {
		return this.stopped;
	}

	/** Aborts the connections that are pending, and those that will be. */
	public void abortPending() {
		this.stopped = true;
		this.pending.forEach(PendingConnection::abort);
	}

	/** Counts a connection that is refused, and reports it. */
	void rejected(InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		this.counters.countRejected(reason);
		this.rejections.count(() -> MANY_REJECTIONS + " connections were refused within " + Alarms.Flood.WINDOW_SECONDS
				+ " s, the last with " + reason);
		this.server.engine().listener().rejected(this.server.server(), peer, reason, detail);
	}

}
