package dev.socketserver.admission;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.socketserver.admission.ProxyHeader.State;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever bytes are received, a header of the PROXY protocol is decided within its
 * limit.
 */
class ProxyHeaderFuzzTests {

	/** PROXY protocol, section 2.2: 16 bytes and a length of 16 bits. */
	private static final int MAX = 16 + 0xFFFF;

	@FuzzTest(maxDuration = "60s")
	void isDecided(byte[] input) {
		ProxyHeader header = new ProxyHeader();
		State state = State.MORE;
		for (int i = 0; i < input.length && state == State.MORE; i++) {
			state = header.add(input[i]);
			assertThat(i).isLessThan(MAX);
		}
		if (state == State.PROXIED) {
			assertThat(header.source()).isNotNull();
			assertThat(header.destination()).isNotNull();
		}
	}

}
