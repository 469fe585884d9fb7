package dev.socketserver.spi;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is counted of the messages that a server stores before they are handled. Any
 * thread.
 */
public interface PreparationFigures {

	/**
	 * Returns where messages are stored.
	 * @return what the property says
	 */
	String to();

	/**
	 * Returns how many messages wait to be stored.
	 * @return the number
	 */
	int pending();

	/**
	 * Returns how many messages were stored.
	 * @return the number, without duplicates
	 */
	long stored();

	/**
	 * Returns how many messages had been stored before.
	 * @return the number
	 */
	long duplicates();

	/**
	 * Returns since when attempts fail.
	 * @return the time of the first failure, {@code null} if a message was stored since
	 */
	@Nullable Instant failingSince();

}
