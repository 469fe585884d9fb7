package dev.socketserver.benchmarks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Feature}.
 */
class FeatureTests {

	@ParameterizedTest
	@EnumSource
	void aServerWithItEchoes(Feature feature) throws Exception {
		int port = new SocketServerEcho(ExecutionMode.EVENT_LOOP, SocketTransport.NIO, feature).start(Service.LINES);

		try (Socket peer = new Socket("127.0.0.1", port)) {
			peer.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
			assertThat(
					new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8)).readLine())
				.isEqualTo("hello");
		}
	}

	@Test
	void serversWithFeaturesAreComparedIfTheyAreAskedFor() {
		assertThat(Contender.available()).noneMatch((contender) -> contender.id().startsWith("with-"));
		assertThat(Contender.parse("with-rates,with-taps")).containsExactly(Contender.WITH_RATES, Contender.WITH_TAPS);
	}

}
