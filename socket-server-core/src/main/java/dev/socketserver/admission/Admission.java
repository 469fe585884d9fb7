package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.List;
import java.util.function.ToIntFunction;

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

	private final SessionLimit sessions = new SessionLimit();

	private final SessionLimit pending = new SessionLimit();

	/** So that the silent connections of one address do not lock out all others. */
	private final AddressLimit pendingAddresses = new AddressLimit();

	/** Absent until there is a limit for addresses; then it stays. */
	private volatile @Nullable AddressLimit addresses;

	/**
	 * How many sessions an address has that began before addresses were counted; absent
	 * if all were.
	 */
	private volatile @Nullable ToIntFunction<InetAddress> uncounted;

	private volatile Values values;

	/** The run is over: what is still taken counts against no other. */
	private volatile boolean over;

	/**
	 * Creates the object for one run of a server.
	 * @param sessions greatest number of sessions at a time
	 * @param earlier those of earlier runs of the server that still have sessions
	 * @param limits the other limits of the server
	 */
	public Admission(int sessions, List<Admission> earlier, Limits limits) {
		this.earlier = earlier;
		this.values = Values.of(sessions, limits);
		this.addresses = (limits.sessionsPerAddress() > 0) ? new AddressLimit() : null;
	}

	/**
	 * Decides by other limits from now on. Who is connected stays.
	 * @param most greatest number of sessions at a time
	 * @param limits the other limits
	 * @param open how many open sessions an address has that have begun until now: asked
	 * for if they were not counted, and for as long as one of them is open
	 */
	public void reconfigure(int most, Limits limits, ToIntFunction<InetAddress> open) {
		if (limits.sessionsPerAddress() > 0 && this.addresses == null) {
			this.uncounted = open;
			this.addresses = new AddressLimit();
		}
		this.values = Values.of(most, limits);
	}

	/**
	 * Whether a connection that is admitted now has a permit among those of its address.
	 * @return {@code false} if there was never a limit for them
	 */
	public boolean countsAddresses() {
		return this.addresses != null;
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
		Values present = this.values;
		InetAddress pendingOf = proxy ? null : socket;
		Refusal refusal = waits ? acquirePending(pendingOf) : null;
		if (refusal != null) {
			return refusal;
		}
		if (!this.sessions.tryAcquire(present.sessions() - kept(this.earlier))) {
			refusal = present.allSessions();
		}
		else if (!proxy && socket != null && !tryCount(socket)) {
			this.sessions.release();
			refusal = present.sessionsOfAddress();
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
		Values present = this.values;
		if (!this.pendingAddresses.tryAcquire(address, present.pendingPerAddress())) {
			return present.pendingOfAddress();
		}
		if (!tryCount(address)) {
			this.pendingAddresses.release(address);
			return present.sessionsOfAddress();
		}
		return null;
	}

	/**
	 * Returns the refusal of connections that arrive when the only session has opened.
	 * @return the refusal
	 */
	public Refusal allSessions() {
		return this.values.allSessions();
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
		return this.sessions.isExhausted(this.values.sessions() - kept(this.earlier));
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
			AddressLimit counted = each.addresses;
			kept += (each.over || counted == null) ? 0 : counted.taken(address) + each.uncounted(address);
		}
		return kept;
	}

	private int uncounted(InetAddress address) {
		ToIntFunction<InetAddress> open = this.uncounted;
		return (open != null && !this.over) ? open.applyAsInt(address) : 0;
	}

	private @Nullable Refusal acquirePending(@Nullable InetAddress address) {
		Values present = this.values;
		if (!this.pending.tryAcquire(present.pending())) {
			return present.allPending();
		}
		if (address != null && !this.pendingAddresses.tryAcquire(address, present.pendingPerAddress())) {
			this.pending.release();
			return present.pendingOfAddress();
		}
		return null;
	}

	private boolean tryCount(InetAddress address) {
		AddressLimit counted = this.addresses;
		if (counted == null) {
			return true;
		}
		int most = this.values.sessionsPerAddress();
		return counted.tryAcquire(address, (most > 0) ? most - kept(address) - uncounted(address) : Integer.MAX_VALUE);
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
	 * @param address the address, which was counted when the connection was admitted
	 */
	public void release(InetAddress address) {
		AddressLimit counted = this.addresses;
		if (counted == null) {
			return;
		}
		if (this.uncounted == null) {
			counted.release(address);
		}
		else {
			// It may have been admitted just before addresses were counted.
			counted.releaseIfTaken(address);
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
		AddressLimit counted = this.addresses;
		return this.sessions.taken() == 0 && this.pending.taken() == 0 && this.pendingAddresses.addresses() == 0
				&& (counted == null || counted.addresses() == 0);
	}

	/**
	 * The limits that are in force, and how connections are refused by them: made once,
	 * since a crowd may be refused.
	 *
	 * @param sessions greatest number of sessions
	 * @param pending greatest number of connections that are not sessions yet
	 * @param pendingPerAddress the same of one address
	 * @param sessionsPerAddress greatest number of sessions of one address; 0 for any
	 * @param allSessions there are too many sessions
	 * @param allPending too many connections are not sessions yet
	 * @param pendingOfAddress too many of one address are not
	 * @param sessionsOfAddress the address has too many sessions
	 */
	private record Values(int sessions, int pending, int pendingPerAddress, int sessionsPerAddress, Refusal allSessions,
			Refusal allPending, Refusal pendingOfAddress, Refusal sessionsOfAddress) {

		static Values of(int sessions, Limits limits) {
			int pendingPerAddress = Math.max(MIN_PENDING_PER_ADDRESS, limits.pending() / PENDING_SHARE);
			return new Values(sessions, limits.pending(), pendingPerAddress, limits.sessionsPerAddress(),
					new Refusal(RejectReason.LIMIT_SESSIONS, "with limits.sessions = " + sessions),
					new Refusal(RejectReason.LIMIT_PENDING, "with limits.pending = " + limits.pending()),
					new Refusal(RejectReason.LIMIT_PENDING,
							"with at most " + pendingPerAddress + " pending of one address (limits.pending = "
									+ limits.pending() + ")"),
					new Refusal(RejectReason.LIMIT_ADDRESS,
							"with limits.sessions-per-address = " + limits.sessionsPerAddress()));
		}

	}

}
