package dev.socketserver.engine.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import dev.socketserver.ListenerSpec;
import dev.socketserver.PeerCredentials;
import dev.socketserver.RejectReason;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.AllowedPeers;
import dev.socketserver.admission.PacedAccept;
import dev.socketserver.admission.PeerRules;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.ban.ServerBans;
import dev.socketserver.engine.server.AcceptGate.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Which connections of one listener are admitted in one run, and who is notified of those
 * that are refused. Counts them. Safe for use by several threads.
 */
public final class ConnectionIntake {

	private final ServerContext server;

	private final ListenerContext listener;

	private final ServerIntake all;

	private final PeerRules peers;

	private final @Nullable PacedAccept acceptRate;

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
		ListenerSpec spec = listener.spec();
		this.peers = new PeerRules(spec.allow(), spec.deny(), spec.proxyProtocol());
		this.allowed = spec.listenOn().limitsPeers() ? AllowedPeers.of(spec.listenOn()) : null;
		this.acceptRate = (spec.acceptRate() > 0)
				? new PacedAccept(spec.acceptRate(), ServerIntake.burst(spec.session().datagrams()),
						server.engine().timer(), () -> gate.hold(Reason.OWN_RATE), () -> gate.release(Reason.OWN_RATE))
				: null;
		all.guards(gate, spec.listenOn().streams());
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

	/** A connection was accepted whose peer was gone before it could be checked. */
	public void lost() {
		countAccepted();
		this.server.counters().countAbandoned();
	}

	private void countAccepted() {
		this.server.counters().countAccepted();
		this.listener.countAccepted();
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
		countAccepted();
		return admitted(socket, credentials, proxy, waits);
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
		if (this.all.isServed()) {
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
		Refusal refusal = banned(address);
		if (refusal == null) {
			refusal = this.peers.proxied(address);
		}
		return (refusal != null) ? refusal : admission().admitProxied(address);
	}

	private @Nullable Refusal banned(InetAddress address) {
		ServerBans bans = this.server.bans();
		return (bans != null) ? bans.refusal(address) : null;
	}

	/** Counts a connection that is refused, and reports it. */
	public void rejected(InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		this.all.rejected(reason);
		ServerBans bans = this.server.bans();
		if (bans != null && reason == RejectReason.TLS_FAILED) {
			bans.handshakeFailed(peer);
		}
		this.server.engine()
			.listener()
			.rejected(this.server.server(), this.listener.spec().name(), peer, reason, detail);
	}

}
