package dev.socketserver;

/**
 * Whether connections begin with a header of the PROXY protocol, in which a load balancer
 * tells whom it speaks for.
 */
public enum ProxyMode {

	/** No connection does: addresses are those of the sockets. */
	OFF,

	/**
	 * Those of trusted addresses may, and the first bytes tell; those of others may not.
	 */
	OPTIONAL,

	/** All must, and only trusted addresses may connect. */
	REQUIRED

}
