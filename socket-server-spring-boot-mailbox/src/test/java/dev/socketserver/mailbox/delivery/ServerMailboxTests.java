package dev.socketserver.mailbox.delivery;

import java.time.Duration;
import java.util.stream.IntStream;

import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServerMailboxTests {

	private static ServerMailbox mailbox(Duration retry) {
		return new ServerMailbox("devices", "device", Acknowledge.REPLY, SendOn.BOUND, Duration.ofSeconds(10),
				Duration.ofSeconds(30), 5, retry);
	}

	@Test
	void thePauseBetweenAttemptsDoublesUpToTenMinutes() {
		ServerMailbox mailbox = mailbox(Duration.ofSeconds(10));
		assertThat(IntStream.rangeClosed(1, 9).mapToLong((attempt) -> mailbox.pause(attempt).toSeconds()))
			.containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L, 600L);
		assertThat(mailbox.pause(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(10));
	}

	@Test
	void aFirstPauseThatIsLongerStays() {
		assertThat(mailbox(Duration.ofHours(1)).pause(3)).isEqualTo(Duration.ofHours(1));
	}

	@Test
	void aLetterIsItsSendersForTenSecondsMoreThanAnAttempt() {
		assertThat(mailbox(Duration.ofSeconds(10)).hold()).isEqualTo(Duration.ofSeconds(40));
	}

}
