package dev.socketserver.operator;

import dev.socketserver.client.ConnectFailure;

/** What has become of an attempt of a client to connect, unless it was given up. */
public enum AttemptOutcome {

	/** It has led to a connection that is ready, or that has probed an address. */
	SUCCESS,

	/** The connection was refused. */
	REFUSED,

	/** It was not complete in time. */
	TIMEOUT,

	/** The TLS handshake has failed. */
	TLS,

	/** The proxy could not be reached, or has not connected the client. */
	PROXY,

	/** The connection was not ready in time, or has ended before it was. */
	NOT_READY,

	/** The host name could not be resolved. */
	UNKNOWN_HOST,

	/** Anything else. */
	FAILURE;

	/**
	 * Returns the outcome of an attempt that has failed.
	 * @param failure why
	 * @return the outcome
	 */
	public static AttemptOutcome of(ConnectFailure failure) {
		return switch (failure) {
			case UNKNOWN_HOST -> UNKNOWN_HOST;
			case REFUSED -> REFUSED;
			case TIMEOUT -> TIMEOUT;
			case TLS -> TLS;
			case PROXY -> PROXY;
			case SELF, OTHER -> FAILURE;
		};
	}

}
