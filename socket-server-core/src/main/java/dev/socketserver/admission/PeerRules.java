package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.List;

import dev.socketserver.RejectReason;
import dev.socketserver.address.Cidr;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import org.jspecify.annotations.Nullable;

/**
 * From which addresses peers may connect by one listener, and which of them speak for
 * others. Immutable.
 */
public final class PeerRules {

	// Made once, since a crowd may be refused.

	private static final Refusal DENIED = new Refusal(RejectReason.DENIED, "it is in limits.deny");

	private static final Refusal NOT_ALLOWED = new Refusal(RejectReason.DENIED, "it is not in limits.allow");

	private static final Refusal NOT_TRUSTED = new Refusal(RejectReason.PROXY_REJECTED,
			"it is not in proxy-protocol.trusted");

	private final List<Cidr> allow;

	private final List<Cidr> deny;

	private final ProxyProtocol proxies;

	/**
	 * Creates the rules of a listener.
	 * @param allow the addresses that may connect; empty for all
	 * @param deny addresses that may not
	 * @param proxies the addresses of load balancers whose PROXY headers are believed
	 */
	public PeerRules(List<Cidr> allow, List<Cidr> deny, ProxyProtocol proxies) {
		this.allow = allow;
		this.deny = deny;
		this.proxies = proxies;
	}

	/**
	 * Whether an address is that of a trusted load balancer. Such a connection is then
	 * admitted or refused by the address in its PROXY header.
	 * @param socket the address of a connection's socket, or {@code null} if it has none:
	 * who can connect to a Unix socket is trusted
	 * @return {@code true} if its PROXY headers are believed
	 */
	public boolean isProxy(@Nullable InetAddress socket) {
		return this.proxies.mode() != ProxyMode.OFF
				&& (socket == null || Cidr.anyContains(this.proxies.trusted(), socket));
	}

	/**
	 * Decides about a connection that was just accepted, and is not from a proxy.
	 * @param socket the peer's address, as its socket has it
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal direct(InetAddress socket) {
		Refusal refusal = proxied(socket);
		return (refusal == null && this.proxies.mode() == ProxyMode.REQUIRED) ? NOT_TRUSTED : refusal;
	}

	/**
	 * Decides about an address that a proxy has sent.
	 * @param address the address in the PROXY header
	 * @return why it is refused, or {@code null}
	 */
	public @Nullable Refusal proxied(InetAddress address) {
		if (Cidr.anyContains(this.deny, address)) {
			return DENIED;
		}
		return (this.allow.isEmpty() || Cidr.anyContains(this.allow, address)) ? null : NOT_ALLOWED;
	}

}
