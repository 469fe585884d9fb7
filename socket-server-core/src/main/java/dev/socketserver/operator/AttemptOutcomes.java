package dev.socketserver.operator;

import dev.socketserver.client.ClientStatistics;

/**
 * What has become of the attempts of a client of this engine to connect, by address. Any
 * thread.
 */
public interface AttemptOutcomes {

	/**
	 * Returns the numbers of a client.
	 * @param statistics the statistics of a client of this engine
	 * @return the numbers
	 * @throws ClassCastException if they are statistics of something else
	 */
	static AttemptOutcomes of(ClientStatistics statistics) {
		return (AttemptOutcomes) statistics;
	}

	/**
	 * Returns how many attempts at an address have had an outcome.
	 * @param address the index of the address in the list that is configured
	 * @param outcome the outcome
	 * @return the number
	 */
	long attempts(int address, AttemptOutcome outcome);

}
