package dev.socketserver.mailbox.delivery;

import java.time.Duration;

import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;

/**
 * How a server delivers letters.
 *
 * @param server the name of the server
 * @param identity the type of identity whose letters it delivers
 * @param acknowledge what delivers a letter
 * @param sendOn when letters are sent
 * @param active how long letters are sent after a message of the peer
 * @param timeout how long an attempt may take
 * @param attempts how many attempts there are
 * @param retry the first pause between attempts, which doubles
 */
public record ServerMailbox(String server, String identity, Acknowledge acknowledge, SendOn sendOn, Duration active,
		Duration timeout, int attempts, Duration retry) {

	/** How much longer a letter is its sender's than an attempt takes. */
	private static final Duration MARGIN = Duration.ofSeconds(10);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

	/** How long a letter is its sender's. */
	Duration hold() {
		return this.timeout.plus(MARGIN);
	}

	/** How long a letter waits after an attempt, counted from 1. */
	Duration pause(int attempt) {
		Duration pause = this.retry;
		for (int i = 1; i < attempt && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
			pause = pause.multipliedBy(2);
		}
		return (pause.compareTo(LONGEST_PAUSE) < 0 || this.retry.compareTo(LONGEST_PAUSE) > 0) ? pause : LONGEST_PAUSE;
	}

}
