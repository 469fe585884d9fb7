package dev.socketserver.netty.tls;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.tls.HandshakeState.COUNTED;
import static dev.socketserver.netty.tls.HandshakeState.HEARD;
import static dev.socketserver.netty.tls.HandshakeState.SILENT;

class HandshakeStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(HandshakeState.class)
			.on("bytes of the peer", (state) -> state.updateAndGet(HandshakeState::heard), Map.of(SILENT, HEARD))
			.on("outcome", (state) -> state.updateAndGet(HandshakeState::counted),
					Map.of(SILENT, COUNTED, HEARD, COUNTED))
			.tests();
	}

}
