package dev.socketserver.netty.connect;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.connect.AttachState.ATTACHED;
import static dev.socketserver.netty.connect.AttachState.LOST;
import static dev.socketserver.netty.connect.AttachState.NEW;

class AttachStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(AttachState.class)
			.on("attach", (state) -> state.updateAndGet(AttachState::attached), Map.of(NEW, ATTACHED))
			.on("lost", (state) -> state.updateAndGet(AttachState::lost), Map.of(NEW, LOST, ATTACHED, LOST))
			.tests();
	}

}
