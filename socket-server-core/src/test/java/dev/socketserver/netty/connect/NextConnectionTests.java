package dev.socketserver.netty.connect;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.connect.NextConnection.ALLOWED;
import static dev.socketserver.netty.connect.NextConnection.FINISHING;
import static dev.socketserver.netty.connect.NextConnection.HELD_UP;

class NextConnectionTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(NextConnection.class)
			.on("too many handlers do not return", (state) -> state.updateAndGet(NextConnection::heldUp),
					Map.of(ALLOWED, HELD_UP))
			.on("half of them have returned", (state) -> state.updateAndGet(NextConnection::returned),
					Map.of(HELD_UP, ALLOWED))
			.on("finish", (state) -> state.updateAndGet(NextConnection::finishing),
					Map.of(ALLOWED, FINISHING, HELD_UP, FINISHING))
			.on("finished", (state) -> state.updateAndGet(NextConnection::finished), Map.of(FINISHING, ALLOWED))
			.tests();
	}

}
