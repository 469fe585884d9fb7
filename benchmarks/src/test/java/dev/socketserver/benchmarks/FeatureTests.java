package dev.socketserver.benchmarks;

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
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TLS")
	void aServerWithItEchoes(Feature feature) throws Exception {
		int port = new SocketServerEcho(ExecutionMode.EVENT_LOOP, SocketTransport.NIO, feature)
			.start(feature.service());
		byte[] message = (feature.service() == Service.FRAMES) ? new byte[] { 0, 0, 0, 2, 'h', 'i' }
				: "hello\n".getBytes(StandardCharsets.UTF_8);

		try (Socket peer = new Socket("127.0.0.1", port)) {
			if (feature == Feature.PROXY) {
				peer.getOutputStream()
					.write("PROXY TCP4 192.0.2.1 127.0.0.1 40000 7000\r\n".getBytes(StandardCharsets.US_ASCII));
			}
			peer.getOutputStream().write(message);
			assertThat(peer.getInputStream().readNBytes(message.length)).isEqualTo(message);
		}
	}

	@Test
	void serversWithFeaturesAreComparedIfTheyAreAskedFor() {
		assertThat(Contender.available()).noneMatch((contender) -> contender.id().startsWith("with-"));
		assertThat(Contender.parse("with-rates,with-taps")).containsExactly(Contender.WITH_RATES, Contender.WITH_TAPS);
	}

}
