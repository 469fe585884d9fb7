package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.List;

import dev.socketserver.client.ConnectFailure;
import io.netty.channel.ConnectTimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectFailures}. The texts are those of systems in several languages.
 */
class ConnectFailuresTests {

	@Test
	void refusalIsKnownInEveryLanguage() {
		assertThat(ConnectFailures.reason(new ConnectException("Connection refused")))
			.isEqualTo(ConnectFailure.REFUSED);
		assertThat(ConnectFailures.reason(new ConnectException("Verbindungsaufbau abgelehnt")))
			.isEqualTo(ConnectFailure.REFUSED);
	}

	@Test
	void otherFailuresAreNoRefusals() {
		assertThat(ConnectFailures.reason(new ConnectTimeoutException("refused"))).isEqualTo(ConnectFailure.TIMEOUT);
		assertThat(ConnectFailures.reason(new NoRouteToHostException("refused"))).isEqualTo(ConnectFailure.OTHER);
		assertThat(ConnectFailures.reason(new IOException("refused"))).isEqualTo(ConnectFailure.OTHER);
	}

	@Test
	void refusalIsReportedWithoutTheCallOfTheSystem() throws Exception {
		InetSocketAddress server = new InetSocketAddress(InetAddress.getByAddress("box", new byte[] { 10, 0, 0, 1 }),
				7100);
		for (String call : List.of("", "finishConnect(..) failed with error(-111): ")) {
			Throwable cause = new OfNetty(call + "Connection refused: " + server);
			assertThat(ConnectFailures.described(cause, server)).hasCause(cause)
				.hasToString("java.net.ConnectException: Connection refused: 10.0.0.1:7100");
		}
		Throwable late = new ConnectTimeoutException("late");
		assertThat(ConnectFailures.described(late, server)).isSameAs(late);
	}

	private static final class OfNetty extends ConnectException {

		private static final long serialVersionUID = 1L;

		OfNetty(String message) {
			super(message);
		}

	}

}
