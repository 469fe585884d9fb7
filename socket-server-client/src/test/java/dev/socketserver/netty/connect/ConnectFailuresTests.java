package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;

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

}
