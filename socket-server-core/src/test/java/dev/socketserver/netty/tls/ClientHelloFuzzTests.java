package dev.socketserver.netty.tls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.socketserver.netty.tls.ClientHello.RefusedException;
import io.netty.buffer.Unpooled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever bytes are received, the first message of a TLS handshake is taken or refused,
 * and the same byte by byte as at once.
 */
class ClientHelloFuzzTests {

	private static final int MAX = 1_000;

	@FuzzTest(maxDuration = "60s")
	void sameByteByByteAsAtOnce(byte[] input) {
		assertThat(outcome(input, 1)).isEqualTo(outcome(input, Math.max(1, input.length)));
	}

	private static String outcome(byte[] input, int piece) {
		ClientHello hello = new ClientHello(MAX, false);
		try {
			for (int start = 0; start < input.length; start += piece) {
				if (hello.add(Unpooled.wrappedBuffer(input, start, Math.min(piece, input.length - start)))) {
					return "host " + hello.host();
				}
			}
			return "more";
		}
		catch (RefusedException ex) {
			assertThat(ex).hasMessageNotContaining("\n");
			return "refused";
		}
	}

}
