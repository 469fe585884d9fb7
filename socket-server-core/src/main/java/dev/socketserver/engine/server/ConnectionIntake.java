package dev.socketserver.engine.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import dev.socketserver.ListenerSpec;
import dev.socketserver.PeerCredentials;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.AllowedPeers;
import dev.socketserver.admission.PacedAccept;
import dev.socketserver.admission.PeerRules;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.ban.ServerBans;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Which connections of one listener are admitted in one run, and who is notified of those
 * that are refused. Counts them. Safe for use by several threads.
 */
public final class ConnectionIntake {

	/**
	 * A connection has to wait, since others have taken the last permits by another
	 * listener at the same time. It is to be accepted once more when the gate opens.
	 */
	public static final Refusal WAITS = new Refusal(RejectReason.LIMIT_SESSIONS, "with limits.on-full = wait");

	private static final SafeLogger logger = SafeLogger.of(SocketServer.class);

	private final ServerContext server;

	private final ListenerContext listener;

	private final ServerIntake all;

	private final AcceptGate gate;

	private volatile PeerRules peers;

	private volatile @Nullable PacedAccept acceptRate;

	/** Whose processes may connect; {@code null} if everybody's may. */
	private final @Nullable AllowedPeers allowed;

	/**
	 * Creates the intake of one listener.
	 * @param server what the run shares with others
	 * @param listener what the listener shares with those of other runs
	 * @param all how many connections the run admits
	 * @param gate held while there are too many, or they arrive too fast
	 */
	public ConnectionIntake(ServerContext server, ListenerContext listener, ServerIntake all, AcceptGate gate) {
		this.server = server;
		this.listener = listener;
		this.all = all;
		this.gate = gate;
		ListenerSpec spec = listener.spec();
		this.peers = rules(spec);
		this.allowed = spec.listenOn().limitsPeers() ? AllowedPeers.of(spec.listenOn()) : null;
		this.acceptRate = pace(spec);
		all.add(gate, spec.listenOn().streams());
	}

	private static PeerRules rules(ListenerSpec spec) {
		return new PeerRules(spec.allow(), spec.deny(), spec.proxyProtocol());
	}

	private @Nullable PacedAccept pace(ListenerSpec spec) {
		return (spec.acceptRate() > 0)
				? new PacedAccept(spec.acceptRate(), spec.session().datagrams(), this.server.engine().timer(),
						() -> this.gate.hold(Reason.OWN_RATE), () -> this.gate.release(Reason.OWN_RATE))
				: null;
	}

	/**
	 * Decides by other settings from now on, of connections that arrive.
	 * @param before what the listener was made from until now
	 * @param next what it is made from now
	 */
	public void reconfigure(ListenerSpec before, ListenerSpec next) {
		this.peers = rules(next);
		if (before.acceptRate() != next.acceptRate()) {
			// In this order: both hold the same gate.
			PacedAccept former = this.acceptRate;
			if (former != null) {
				former.end();
			}
			this.acceptRate = pace(next);
		}
	}

	/** What logs call the listener. */
	public String label() {
		return this.listener.spec().label();
	}

	/** Who is admitted by all listeners, and how many of them there are. */
	public Admission admission() {
		return this.all.admission();
	}

	/**
	 * Whether an address is that of a trusted load balancer.
	 * @param socket the address of a connection's socket, or {@code null} if it has none
	 * @return {@code true} if its PROXY headers are believed
	 */
	public boolean isProxy(@Nullable InetAddress socket) {
		return this.peers.isProxy(socket);
	}

	/**
	 * Whether the one session of a one-shot has opened.
	 * @return {@code true} if nobody else is ever admitted
	 */
	public boolean isServed() {
		return this.all.isServed();
	}

	/** A connection was accepted whose peer was gone before it could be checked. */
	public void lost() {
		countAccepted();
		this.server.counters().count(Counter.ABANDONED);
	}

	private void countAccepted() {
		this.server.counters().count(Counter.ACCEPTED);
		this.listener.countAccepted();
	}

	/**
	 * A connection was accepted, and is counted unless it {@linkplain #WAITS waits}.
	 * @param socket the address of its peer, or {@code null} if it has none
	 * @param credentials who the peer is, as far as the kernel knows that
	 * @param proxy whether that may speak for others
	 * @param waits whether it waits for its peer before its session opens
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal accepted(@Nullable InetAddress socket, @Nullable PeerCredentials credentials,
			boolean proxy, boolean waits) {
		Refusal refusal = admitted(socket, credentials, proxy, waits);
		if (refusal != null && refusal.reason() == RejectReason.LIMIT_SESSIONS
				&& this.listener.spec().listenOn().streams() && this.all.waits()) {
			return WAITS;
		}
		countAccepted();
		return refusal;
	}

	/** Holds the gate if there are no permits, and releases it if there are. */
	public void checkPermits() {
		this.all.permitsChanged();
	}

	/**
	 * A connection is to be admitted that was accepted, perhaps for the second time. The
	 * cheapest checks come first.
	 * @param socket the address of its peer, or {@code null} if it has none
	 * @param credentials who the peer is, as far as the kernel knows that
	 * @param proxy whether that may speak for others
	 * @param waits whether it waits for its peer before its session opens
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal admitted(@Nullable InetAddress socket, @Nullable PeerCredentials credentials,
			boolean proxy, boolean waits) {
		Admission admission = admission();
		if (isServed()) {
			return admission.allSessions();
		}
		Refusal forbidden = (this.allowed != null) ? this.allowed.refusal(credentials) : null;
		if (forbidden == null && !proxy && socket != null) {
			forbidden = banned(socket);
			forbidden = (forbidden != null) ? forbidden : this.peers.direct(socket);
		}
		if (forbidden != null) {
			return forbidden;
		}
		Refusal refusal = admission.admit(socket, proxy, waits);
		if (refusal != null) {
			if (refusal.reason() == RejectReason.LIMIT_ADDRESS) {
				// For a moment it had a permit among all, and whoever released one may
				// have seen it taken.
				this.all.permitsChanged();
			}
			return refusal;
		}
		this.all.admitted();
		PacedAccept pace = this.acceptRate;
		if (pace != null) {
			pace.accepted();
		}
		return null;
	}

	/**
	 * The PROXY header of an admitted connection was read.
	 * @param address the address in it
	 * @return why the connection is refused, or {@code null}
	 */
	public @Nullable Refusal proxied(InetAddress address) {
		Refusal refusal = banned(address);
		if (refusal == null) {
			refusal = this.peers.proxied(address);
		}
		return (refusal != null) ? refusal : admission().admitProxied(address);
	}

	/** Anybody can write an address into a datagram: that of UDP is never banned. */
	private @Nullable Refusal banned(InetAddress address) {
		ServerBans bans = this.listener.spec().listenOn().streams() ? this.server.offences().known() : null;
		return (bans != null) ? bans.refusal(address) : null;
	}

	/**
	 * A session has ended that was admitted as soon as it arrived.
	 * @param address the address of its peer
	 * @param number the number of the session
	 */
	public void ended(InetAddress address, long number) {
		if (this.all.isCounted(number)) {
			admission().release(address);
		}
	}

	/**
	 * Logs that a peer of UDP got no session, as others got one just before. Those of
	 * streams wait instead.
	 * @param peer the peer
	 */
	public void tooFast(InetSocketAddress peer) {
		this.server.failureLog()
			.log("refused by limits.accept-rate", ServerLog.MOST_DATAGRAMS, () -> logger
				.warn("'{}' has refused a connection from {}: limits.accept-rate", label(), Addresses.format(peer)));
	}

	/** Counts a connection that is refused, and reports it. */
	public void rejected(InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		ListenerSpec spec = this.listener.spec();
		if (reason != RejectReason.BANNED && spec.listenOn().streams()) {
			// Before it is counted: whoever sees the number finds it.
			this.server.sessions().refused(spec.name(), peer, reason, detail);
		}
		this.all.rejected(reason);
		if (reason == RejectReason.TLS_FAILED) {
			this.server.offences().handshakeFailed(peer);
		}
		this.server.engine().listener().rejected(this.server.server(), spec.name(), peer, reason, detail);
	}

}
