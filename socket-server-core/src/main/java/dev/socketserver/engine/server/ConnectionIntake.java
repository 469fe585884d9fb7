package dev.socketserver.engine.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import dev.socketserver.PeerCredentials;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.AllowedPeers;
import dev.socketserver.admission.PacedAccept;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.ban.ServerBans;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * Which connections of one run are admitted, and who is notified of those that are
 * refused. Counts them, and stops accepting while there are too many. Safe for use by
 * several threads.
 */
public final class ConnectionIntake {

	/** From how many refused connections in a minute on operators are notified. */
	private static final int MANY_REJECTIONS = 100;

	private final ServerContext server;

	private final ServerCounters counters;

	private final AcceptGate gate;

	private final Admission admission;

	/** The number from which on there are nearly as many sessions as there may be. */
	private final Alarms.Threshold crowd;

	private final Alarms.Flood rejections;

	private final boolean waitWhenFull;

	/** Whether connections may be pending before they are sessions. */
	private final boolean pending;

	private final @Nullable PacedAccept acceptRate;

	/** Whose processes may connect; {@code null} if everybody's may. */
	private final @Nullable AllowedPeers allowed;

	/** The one session of a one-shot has opened. */
	private volatile boolean served;

	/**
	 * Creates the intake of one run.
	 * @param server what the run shares with others
	 * @param earlier who was admitted in earlier runs that still have sessions
	 * @param gate held while there are too many, or they arrive too fast
	 */
	public ConnectionIntake(ServerContext server, List<Admission> earlier, AcceptGate gate) {
		this.server = server;
		this.counters = server.counters();
		this.gate = gate;
		ServerSpec spec = server.spec();
		Limits limits = spec.limits();
		int sessions = (int) Math.min(spec.oneShot() ? 1 : limits.sessions(), descriptors(spec, earlier));
		this.counters.maxSessions(sessions);
		this.admission = new Admission(sessions, earlier, limits, spec.proxyProtocol());
		this.pending = spec.proxyProtocol().mode() != ProxyMode.OFF
				|| (spec.tls() != null && spec.tls().mode() == TlsMode.IMMEDIATE);
		this.crowd = server.alarms().threshold(Alarm.Kind.SESSIONS, crowd(spec, sessions));
		this.rejections = server.alarms().flood(Alarm.Kind.REJECTIONS, MANY_REJECTIONS);
		this.allowed = spec.listenOn().limitsPeers() ? AllowedPeers.of(spec.listenOn()) : null;
		this.waitWhenFull = limits.onFull() == OnFull.WAIT;
		this.acceptRate = (limits.acceptRate() > 0) ? new PacedAccept(limits.acceptRate(), burst(spec),
				server.engine().timer(), () -> gate.hold(Reason.RATE), () -> gate.release(Reason.RATE)) : null;
	}

	/**
	 * How many sessions have descriptors. Those of earlier runs have theirs already; all
	 * of datagrams share one.
	 */
	private static long descriptors(ServerSpec spec, List<Admission> earlier) {
		return spec.listenOn().streams() ? (long) Admission.kept(earlier) + DescriptorLimit.connections()
				: Integer.MAX_VALUE;
	}

	/**
	 * The time whose connections may come at once. What waits in the kernel loses
	 * nothing; a datagram is lost.
	 */
	private static Duration burst(ServerSpec spec) {
		return spec.session().datagrams() ? Duration.ofSeconds(1) : Duration.ofMillis(100);
	}

	/** From how many sessions on there are nearly too many; 0 for no such alarm. */
	private static long crowd(ServerSpec spec, int sessions) {
		// A one-shot has one session at most, for which there is no alarm.
		return spec.oneShot() ? 0 : ((long) sessions * spec.limits().alarm() + 99) / 100;
	}

	/** The name of the server. */
	public String name() {
		return this.server.name();
	}

	/** Who is admitted, and how many of them there are. */
	public Admission admission() {
		return this.admission;
	}

	/** A connection was accepted whose peer was gone before it could be checked. */
	public void lost() {
		this.counters.countAccepted();
		this.counters.countAbandoned();
	}

	/**
	 * A connection was accepted.
	 * @param socket the address of its peer, or {@code null} if it has none
	 * @param credentials who the peer is, as far as the kernel knows that
	 * @param proxy whether that may speak for others
	 * @param waits whether it waits for its peer before its session opens
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal accepted(@Nullable InetAddress socket, @Nullable PeerCredentials credentials,
			boolean proxy, boolean waits) {
		this.counters.countAccepted();
		return admitted(socket, credentials, proxy, waits);
	}

	/**
	 * A connection is to be admitted that was accepted, perhaps for the second time.
	 * @param socket the address of its peer, or {@code null} if it has none
	 * @param credentials who the peer is, as far as the kernel knows that
	 * @param proxy whether that may speak for others
	 * @param waits whether it waits for its peer before its session opens
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal admitted(@Nullable InetAddress socket, @Nullable PeerCredentials credentials,
			boolean proxy, boolean waits) {
		if (this.served) {
			return this.admission.allSessions();
		}
		Refusal forbidden = (this.allowed != null) ? this.allowed.refusal(credentials) : null;
		if (forbidden == null && !proxy && socket != null) {
			forbidden = banned(socket);
		}
		if (forbidden != null) {
			return forbidden;
		}
		Refusal refusal = this.admission.admit(socket, proxy, waits);
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
	 * The PROXY header of an admitted connection was read.
	 * @param address the address in it
	 * @return why the connection is refused, or {@code null}
	 */
	public @Nullable Refusal proxied(InetAddress address) {
		Refusal banned = banned(address);
		return (banned != null) ? banned : this.admission.admitProxied(address);
	}

	private @Nullable Refusal banned(InetAddress address) {
		ServerBans bans = this.server.bans().get();
		return (bans != null) ? bans.refusal(address) : null;
	}

	/**
	 * Checks the permits again, since some were taken or given back, here or by the
	 * sessions of an earlier run.
	 */
	public void permitsChanged() {
		if (this.waitWhenFull) {
			this.gate.set(Reason.FULL, this.admission::isExhausted);
		}
		int taken = this.admission.taken();
		this.crowd.check(taken, () -> taken + " of " + this.counters.maxSessions()
				+ " sessions (limits.sessions) are open" + (this.pending ? " or pending" : ""));
	}

	/** Refuses all that still arrive: the one session of a one-shot has opened. */
	public void served() {
		this.served = true;
	}

	/** Counts a connection that is refused, and reports it. */
	public void rejected(InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		this.counters.countRejected(reason);
		ServerBans bans = this.server.bans().get();
		if (bans != null && reason == RejectReason.TLS_FAILED) {
			bans.handshakeFailed(peer);
		}
		this.rejections.count(() -> MANY_REJECTIONS + " connections were refused within " + Alarms.Flood.WINDOW_SECONDS
				+ " s, the last with " + reason);
		this.server.engine().listener().rejected(this.server.server(), peer, reason, detail);
	}

}
