package dev.socketserver.admission;

import java.net.InetAddress;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec.ProxyMode;
import dev.socketserver.ServerSpec;
import dev.socketserver.address.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each connection whether it is admitted, with the cheapest checks first, and
 * counts the places that are taken. An admitted connection has up to three places: among
 * the sessions, among the connections that are not sessions yet, and among those of its
 * address. Each place that it has must be given back exactly once. Safe for use by
 * several threads.
 */
public final class Admission {

	private final SessionLimit sessions;

	private final SessionLimit pending;

	private final @Nullable AddressLimit addresses;

	private final ServerSpec.Limits limits;

	private final ServerSpec.ProxyProtocol proxies;

	/**
	 * Creates the object for one run of a server.
	 * @param sessions greatest number of sessions at a time
	 * @param kept the places that sessions of earlier runs of the server still have
	 * @param limits the other limits of the server
	 * @param proxies the addresses of load balancers whose PROXY headers are believed
	 */
	public Admission(int sessions, KeptPlaces kept, ServerSpec.Limits limits, ServerSpec.ProxyProtocol proxies) {
		this.sessions = new SessionLimit(sessions, kept);
		this.pending = new SessionLimit(limits.pending());
		this.addresses = (limits.sessionsPerAddress() > 0) ? new AddressLimit(limits.sessionsPerAddress(), kept::taken)
				: null;
		this.limits = limits;
		this.proxies = proxies;
	}

	/**
	 * Whether an address is that of a trusted load balancer. Such a connection is then
	 * admitted or refused by the address in its PROXY header.
	 * @param socket the address of a connection's socket
	 * @return {@code true} if its PROXY headers are believed
	 */
	public boolean isProxy(InetAddress socket) {
		return this.proxies.mode() != ProxyMode.OFF && Cidr.anyContains(this.proxies.trusted(), socket);
	}

	/**
	 * Decides about a connection that was just accepted. If it is admitted, it has a
	 * place among the sessions; among those of its address, unless it comes from a proxy;
	 * and among those that are not sessions yet, if it does not become one at once.
	 * @param socket the peer's address, as its socket has it
	 * @param proxy whether that is the address of a {@linkplain #isProxy proxy}
	 * @param waits whether it waits for a PROXY header or a TLS handshake before the
	 * session
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable RejectReason admit(InetAddress socket, boolean proxy, boolean waits) {
		if (!proxy) {
			if (denies(socket)) {
				return RejectReason.DENIED;
			}
			if (this.proxies.mode() == ProxyMode.REQUIRED) {
				return RejectReason.PROXY_REJECTED;
			}
		}
		if (waits && !this.pending.tryAcquire()) {
			return RejectReason.LIMIT_PENDING;
		}
		RejectReason refusal = null;
		if (!this.sessions.tryAcquire()) {
			refusal = RejectReason.LIMIT_SESSIONS;
		}
		else if (!proxy && !tryCount(socket)) {
			this.sessions.release();
			refusal = RejectReason.LIMIT_ADDRESS;
		}
		if (refusal != null && waits) {
			this.pending.release();
		}
		return refusal;
	}

	/**
	 * Decides about a connection from a proxy, once its PROXY header was read. If it is
	 * admitted, it has a place among those of the address in the header.
	 * @param address the address in the header
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable RejectReason admitProxied(InetAddress address) {
		if (denies(address)) {
			return RejectReason.DENIED;
		}
		return tryCount(address) ? null : RejectReason.LIMIT_ADDRESS;
	}

	/**
	 * Returns how many places an address has; 0 if there is no limit for addresses.
	 * @param address the address
	 * @return the number
	 */
	public int taken(InetAddress address) {
		return (this.addresses != null) ? this.addresses.taken(address) : 0;
	}

	private boolean denies(InetAddress address) {
		return Cidr.anyContains(this.limits.deny(), address)
				|| (!this.limits.allow().isEmpty() && !Cidr.anyContains(this.limits.allow(), address));
	}

	private boolean tryCount(InetAddress address) {
		return this.addresses == null || this.addresses.tryAcquire(address);
	}

	/**
	 * Returns the limit of sessions, to which places are given back.
	 * @return the limit
	 */
	public SessionLimit sessions() {
		return this.sessions;
	}

	/** Gives back a place among the connections that are not sessions yet. */
	public void releasePending() {
		this.pending.release();
	}

	/**
	 * Gives back a place among the connections of an address.
	 * @param address the address
	 */
	public void release(InetAddress address) {
		if (this.addresses != null) {
			this.addresses.release(address);
		}
	}

	/**
	 * Whether no place is taken.
	 * @return {@code true} if all places were given back
	 */
	public boolean isIdle() {
		return this.sessions.taken() == 0 && this.pending.taken() == 0
				&& (this.addresses == null || this.addresses.addresses() == 0);
	}

}
