package dev.socketserver.netty.listen;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.listen.ListenerState.BINDING;
import static dev.socketserver.netty.listen.ListenerState.CANCELLED;
import static dev.socketserver.netty.listen.ListenerState.CLOSING;
import static dev.socketserver.netty.listen.ListenerState.LISTENING;
import static dev.socketserver.netty.listen.ListenerState.LOST;

class ListenerStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(ListenerState.class)
			.on("the socket closes", (state) -> state.updateAndGet(ListenerState::lost), Map.of(LISTENING, LOST))
			.on("bind", (state) -> state.updateAndGet(ListenerState::binds), Map.of(LOST, BINDING))
			.on("bound", (state) -> state.updateAndGet(ListenerState::bound),
					Map.of(BINDING, LISTENING, CANCELLED, CLOSING))
			.on("cannot bind", (state) -> state.updateAndGet(ListenerState::notBound),
					Map.of(BINDING, LOST, CANCELLED, CLOSING))
			.on("close", (state) -> state.updateAndGet(ListenerState::closed),
					Map.of(LISTENING, CLOSING, LOST, CLOSING, BINDING, CANCELLED))
			.tests();
	}

}
