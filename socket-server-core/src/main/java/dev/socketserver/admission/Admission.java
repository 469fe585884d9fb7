package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.List;

import dev.socketserver.RejectReason;
import dev.socketserver.spec.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each connection whether there is room for it, and counts the permits that
 * are taken, by whichever listener it came. An admitted connection has up to three
 * permits: among the sessions, among the connections that are not sessions yet, and among
 * those of its address. Each permit that it has must be released exactly once. Safe for
 * use by several threads.
 */
public final class Admission {

	/** At least so many pending connections are permitted from one address. */
	private static final int MIN_PENDING_PER_ADDRESS = 16;

	/** The part of all pending connections that are permitted from one address. */
	private static final int PENDING_SHARE = 4;

	/**
	 * Those of earlier runs whose sessions went on when this one began; none once this
	 * run is over, so that it keeps none of them.
	 */
	private volatile List<Admission> earlier;

	private final SessionLimit sessions;

	private final SessionLimit pending;

	/** So that the silent connections of one address do not lock out all others. */
	private final AddressLimit pendingAddresses;

	private final @Nullable AddressLimit addresses;

	/** The run is over: what is still taken counts against no other. */
	private volatile boolean over;

	// Made once, since a crowd may be refused.

	private final Refusal allSessions;

	private final Refusal allPending;

	private final Refusal pendingOfAddress;

	private final Refusal sessionsOfAddress;

	/**
	 * Creates the object for one run of a server.
	 * @param sessions greatest number of sessions at a time
	 * @param earlier those of earlier runs of the server that still have sessions
	 * @param limits the other limits of the server
	 */
	public Admission(int sessions, List<Admission> earlier, Limits limits) {
		this.earlier = earlier;
		this.sessions = new SessionLimit(sessions);
		this.pending = new SessionLimit(limits.pending());
		int pendingPerAddress = Math.max(MIN_PENDING_PER_ADDRESS, limits.pending() / PENDING_SHARE);
		this.pendingAddresses = new AddressLimit(pendingPerAddress);
		this.addresses = (limits.sessionsPerAddress() > 0) ? new AddressLimit(limits.sessionsPerAddress()) : null;
		this.allSessions = new Refusal(RejectReason.LIMIT_SESSIONS, "with limits.sessions = " + sessions);
		this.allPending = new Refusal(RejectReason.LIMIT_PENDING, "with limits.pending = " + limits.pending());
		this.pendingOfAddress = new Refusal(RejectReason.LIMIT_PENDING, "with at most " + pendingPerAddress
				+ " pending of one address (limits.pending = " + limits.pending() + ")");
		this.sessionsOfAddress = new Refusal(RejectReason.LIMIT_ADDRESS,
				"with limits.sessions-per-address = " + limits.sessionsPerAddress());
	}

	/**
	 * Decides about a connection that was just accepted. If it is admitted, it has a
	 * permit among the sessions; among those of its address, unless it is from a proxy;
	 * and among those that are not sessions yet, if it does not become one at once.
	 * @param socket the peer's address, as its socket has it, or {@code null} if it has
	 * none: then it counts against no limit of addresses
	 * @param proxy whether that is the address of a {@linkplain PeerRules#isProxy proxy}
	 * @param waits whether it waits for a PROXY header or a TLS handshake before the
	 * session
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal admit(@Nullable InetAddress socket, boolean proxy, boolean waits) {
		InetAddress pendingOf = proxy ? null : socket;
		Refusal refusal = waits ? acquirePending(pendingOf) : null;
		if (refusal != null) {
			return refusal;
		}
		if (!this.sessions.tryAcquire(kept(this.earlier))) {
			refusal = this.allSessions;
		}
		else if (!proxy && socket != null && !tryCount(socket)) {
			this.sessions.release();
			refusal = this.sessionsOfAddress;
		}
		if (refusal != null && waits) {
			releasePending(pendingOf);
		}
		return refusal;
	}

	/**
	 * Decides about a connection from a proxy, once its PROXY header was read. If it is
	 * admitted, it has a permit among those of the address in the header, also among
	 * those of them that are not sessions yet.
	 * @param address the address in the header
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal admitProxied(InetAddress address) {
		if (!this.pendingAddresses.tryAcquire(address, 0)) {
			return this.pendingOfAddress;
		}
		if (!tryCount(address)) {
			this.pendingAddresses.release(address);
			return this.sessionsOfAddress;
		}
		return null;
	}

	/**
	 * Returns the refusal of connections that arrive when the only session has opened.
	 * @return the refusal
	 */
	public Refusal allSessions() {
		return this.allSessions;
	}

	/**
	 * Returns how many permits among the sessions are taken, also by sessions of earlier
	 * runs.
	 * @return the number
	 */
	public int taken() {
		return this.sessions.taken() + kept(this.earlier);
	}

	/**
	 * Whether there is no permit left among the sessions.
	 * @return {@code true} if all are taken
	 */
	public boolean isExhausted() {
		return this.sessions.isExhausted(kept(this.earlier));
	}

	/**
	 * Returns how many permits among the sessions earlier runs have.
	 * @param earlier those of these runs
	 * @return the number
	 */
	public static int kept(List<Admission> earlier) {
		int kept = 0;
		for (Admission each : earlier) {
			kept += each.over ? 0 : each.sessions.taken();
		}
		return kept;
	}

	private int kept(InetAddress address) {
		int kept = 0;
		for (Admission each : this.earlier) {
			kept += (each.over || each.addresses == null) ? 0 : each.addresses.taken(address);
		}
		return kept;
	}

	private @Nullable Refusal acquirePending(@Nullable InetAddress address) {
		if (!this.pending.tryAcquire(0)) {
			return this.allPending;
		}
		if (address != null && !this.pendingAddresses.tryAcquire(address, 0)) {
			this.pending.release();
			return this.pendingOfAddress;
		}
		return null;
	}

	private boolean tryCount(InetAddress address) {
		return this.addresses == null || this.addresses.tryAcquire(address, kept(address));
	}

	/**
	 * Returns the limit of sessions, which releases permits.
	 * @return the limit
	 */
	public SessionLimit sessions() {
		return this.sessions;
	}

	/**
	 * Releases a permit among the connections that are not sessions yet.
	 * @param address the address that has it, or {@code null} if only a proxy is known
	 */
	public void releasePending(@Nullable InetAddress address) {
		if (address != null) {
			this.pendingAddresses.release(address);
		}
		this.pending.release();
	}

	/**
	 * Releases a permit among the connections of an address.
	 * @param address the address
	 */
	public void release(InetAddress address) {
		if (this.addresses != null) {
			this.addresses.release(address);
		}
	}

	/**
	 * The run is over. Handlers of its sessions that do not return may still have
	 * permits, which count against no other run from now on.
	 */
	public void end() {
		this.over = true;
		this.earlier = List.of();
	}

	/**
	 * Whether no permit is taken.
	 * @return {@code true} if all permits were released
	 */
	public boolean isIdle() {
		return this.sessions.taken() == 0 && this.pending.taken() == 0 && this.pendingAddresses.addresses() == 0
				&& (this.addresses == null || this.addresses.addresses() == 0);
	}

}
