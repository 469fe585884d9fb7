package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

import dev.socketserver.Cidr;
import dev.socketserver.ProxyMode;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import org.jspecify.annotations.Nullable;

/**
 * Decides of each connection whether it may stay, cheapest question first, and knows what
 * is taken. Whoever was admitted gives back, once each, its place among the sessions, its
 * place among those that are not sessions yet, and its place among those of its address,
 * as far as it had them. Safe for use by several threads.
 */
public final class Admission {

	private final SessionLimit sessions;

	private final SessionLimit pending;

	private final @Nullable AddressLimit addresses;

	private final ServerSpec.Limits limits;

	private final ServerSpec.ProxyProtocol proxies;

	/**
	 * Creates what decides for one run of a server.
	 * @param sessions most sessions at a time
	 * @param kept tells how many of them earlier runs have, which accept no more
	 * @param keptOf tells how many of them are of an address
	 * @param limits what the server bears otherwise
	 * @param proxies who may speak for others
	 */
	public Admission(int sessions, IntSupplier kept, ToIntFunction<InetAddress> keptOf, ServerSpec.Limits limits,
			ServerSpec.ProxyProtocol proxies) {
		this.sessions = new SessionLimit(sessions, kept);
		this.pending = new SessionLimit(limits.pending());
		this.addresses = (limits.sessionsPerAddress() > 0) ? new AddressLimit(limits.sessionsPerAddress(), keptOf)
				: null;
		this.limits = limits;
		this.proxies = proxies;
	}

	/**
	 * Whether an address may speak for others. What it is allowed is decided by whom it
	 * speaks for.
	 * @param socket the address of a connection's socket
	 * @return whether it may
	 */
	public boolean isProxy(InetAddress socket) {
		return this.proxies.mode() != ProxyMode.OFF && Cidr.anyContains(this.proxies.trusted(), socket);
	}

	/**
	 * Decides of a connection that was just accepted. One that is admitted has a place
	 * among the sessions, among those of its address unless it is a proxy, and among
	 * those that are pending, if it is to be.
	 * @param socket the address of its socket
	 * @param proxy whether that {@linkplain #isProxy may speak for others}
	 * @param staged whether it does not become a session at once
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable RejectReason admit(InetAddress socket, boolean proxy, boolean staged) {
		if (!proxy) {
			if (denies(socket)) {
				return RejectReason.DENIED;
			}
			if (this.proxies.mode() == ProxyMode.REQUIRED) {
				return RejectReason.PROXY_REJECTED;
			}
		}
		if (staged && !this.pending.tryAcquire()) {
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
		if (refusal != null && staged) {
			this.pending.release();
		}
		return refusal;
	}

	/**
	 * Decides of a connection once it is known whom a proxy speaks for. One that is
	 * admitted has a place among those of that address.
	 * @param address the address
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable RejectReason admitProxied(InetAddress address) {
		if (denies(address)) {
			return RejectReason.DENIED;
		}
		return tryCount(address) ? null : RejectReason.LIMIT_ADDRESS;
	}

	/**
	 * Returns how many places an address has, as far as they are counted.
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
	 * Returns the limit of sessions, from which places can be given back.
	 * @return the limit
	 */
	public SessionLimit sessions() {
		return this.sessions;
	}

	/** Gives a place among those that are not sessions yet back. */
	public void releasePending() {
		this.pending.release();
	}

	/**
	 * Gives a place among those of an address back.
	 * @param address the address
	 */
	public void release(InetAddress address) {
		if (this.addresses != null) {
			this.addresses.release(address);
		}
	}

	/**
	 * Whether nothing is taken.
	 * @return whether everything was given back
	 */
	public boolean isIdle() {
		return this.sessions.taken() == 0 && this.pending.taken() == 0
				&& (this.addresses == null || this.addresses.addresses() == 0);
	}

}
