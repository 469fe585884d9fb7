package dev.socketserver.netty.connect;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.connect.AttemptState.CANCELLED;
import static dev.socketserver.netty.connect.AttemptState.CONNECTED;
import static dev.socketserver.netty.connect.AttemptState.FAILED;
import static dev.socketserver.netty.connect.AttemptState.LATE;
import static dev.socketserver.netty.connect.AttemptState.UNDER_WAY;

class AttemptStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(AttemptState.class)
			.on("connected", (state) -> state.updateAndGet((before) -> before.settled(CONNECTED)),
					Map.of(UNDER_WAY, CONNECTED))
			.on("failed", (state) -> state.updateAndGet((before) -> before.settled(FAILED)), Map.of(UNDER_WAY, FAILED))
			.on("the time is over", (state) -> state.updateAndGet((before) -> before.settled(LATE)),
					Map.of(UNDER_WAY, LATE))
			.on("given up", (state) -> state.updateAndGet((before) -> before.settled(CANCELLED)),
					Map.of(UNDER_WAY, CANCELLED))
			.tests();
	}

}
