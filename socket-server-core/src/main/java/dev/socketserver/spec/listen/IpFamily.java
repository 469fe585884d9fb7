package dev.socketserver.spec.listen;

/**
 * Which addresses a server listens on, and whose connections it takes.
 */
public enum IpFamily {

	/**
	 * IPv4 only: a socket of that family, which IPv6 peers cannot reach.
	 */
	IPV4,

	/**
	 * IPv6 only: it leaves IPv4 on the same port free for others ({@code IPV6_V6ONLY},
	 * RFC 3493, section 5.3). A transport that cannot do so fails the start.
	 */
	IPV6,

	/**
	 * A socket of IPv6 that takes IPv4 connections too. It listens on all addresses.
	 */
	DUAL,

	/**
	 * Whatever the address is; of a name that has several, and of every interface, IPv6
	 * with IPv4 or IPv4 alone, the first that binds.
	 */
	ANY

}
