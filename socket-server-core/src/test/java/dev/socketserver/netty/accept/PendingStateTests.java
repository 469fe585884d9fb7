package dev.socketserver.netty.accept;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.accept.PendingState.ENDED;
import static dev.socketserver.netty.accept.PendingState.LATE;
import static dev.socketserver.netty.accept.PendingState.PENDING;

class PendingStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(PendingState.class)
			.on("ended", (state) -> state.updateAndGet((before) -> before.ended(ENDED)), Map.of(PENDING, ENDED))
			.on("the time is over", (state) -> state.updateAndGet((before) -> before.ended(LATE)),
					Map.of(PENDING, LATE))
			.tests();
	}

}
