package dev.socketserver.operator;

import dev.socketserver.client.ClientStatistics;
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

	/**
	 * What has become of the attempts of a client of this engine to connect, by address.
	 * Any thread.
	 */
	public interface Counts {

		/**
		 * Returns the numbers of a client.
		 * @param statistics the statistics of a client of this engine
		 * @return the numbers
		 * @throws ClassCastException if they are statistics of something else
		 */
		static Counts of(ClientStatistics statistics) {
			return (Counts) statistics;
		}

		/**
		 * Returns how many attempts at an address have had an outcome.
		 * @param address the index of the address in the list that is configured
		 * @param outcome the outcome
		 * @return the number
		 */
		long attempts(int address, AttemptOutcome outcome);

	}

}
