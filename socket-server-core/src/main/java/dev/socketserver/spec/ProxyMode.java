package dev.socketserver.spec;

/**
 * Whether connections begin with a header of the PROXY protocol, in which a load balancer
 * announces the address of the peer that it forwards.
 */
public enum ProxyMode {

	/** No connection begins with one: addresses are those of the sockets. */
	OFF,

	/**
	 * Connections from trusted addresses may begin with a header; their first bytes show
	 * whether they do. Connections from other addresses must not.
	 */
	OPTIONAL,

	/** All connections must, and only trusted addresses may connect. */
	REQUIRED

}
