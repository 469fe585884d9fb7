package dev.socketserver.engine.stats;

import dev.socketserver.SessionStatistics.TlsOutcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the counters of a server print, in consoles for instance.
 */
class ServerCountersTests {

	@Test
	void printsItsMainFigures() {
		ServerCounters counters = new ServerCounters();
		counters.countHandshake(TlsOutcome.SUCCESS, 1_000);
		assertThat(counters)
			.hasToString("ServerStatistics[accepted=0, rejected={}, active=0, opened=0, closed={}, bytesReceived=0, "
					+ "bytesSent=0, messagesReceived=0, messagesHandled=0, messagesSent=0, handlerCalls={}]");
	}

}
