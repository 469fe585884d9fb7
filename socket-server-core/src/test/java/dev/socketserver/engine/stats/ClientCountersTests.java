package dev.socketserver.engine.stats;

import dev.socketserver.client.ConnectFailure;
import dev.socketserver.operator.Counter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the counters of a client print, in consoles for instance.
 */
class ClientCountersTests {

	@Test
	void printsItsMainFigures() {
		ClientCounters counters = new ClientCounters();
		counters.count(Counter.ATTEMPTS);
		counters.count(Counter.ATTEMPTS);
		counters.count(Counter.CONNECTED);
		counters.countFailed(ConnectFailure.REFUSED);
		counters.count(Counter.CLIENT_ACCEPTED);
		assertThat(counters).hasToString("ClientStatistics[attempts=2, connected=1, failed={REFUSED=1}, closed={}, "
				+ "bytesReceived=0, bytesSent=0, messagesReceived=0, messagesSent=0, accepted=1, delivered=0, "
				+ "undelivered=0, pending=0, pendingReplies=0, requests={}]");
	}

}
