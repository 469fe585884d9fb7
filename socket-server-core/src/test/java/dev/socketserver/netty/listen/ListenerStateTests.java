package dev.socketserver.netty.listen;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import dev.socketserver.netty.listen.Listener.State;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.listen.Listener.State.BINDING;
import static dev.socketserver.netty.listen.Listener.State.CANCELLED;
import static dev.socketserver.netty.listen.Listener.State.CLOSING;
import static dev.socketserver.netty.listen.Listener.State.LISTENING;
import static dev.socketserver.netty.listen.Listener.State.LOST;

class ListenerStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(State.class)
			.on("the socket closes", (state) -> state.updateAndGet(State::lost), Map.of(LISTENING, LOST))
			.on("bind", (state) -> state.updateAndGet(State::binds), Map.of(LOST, BINDING))
			.on("bound", (state) -> state.updateAndGet(State::bound), Map.of(BINDING, LISTENING, CANCELLED, CLOSING))
			.on("cannot bind", (state) -> state.updateAndGet(State::notBound),
					Map.of(BINDING, LOST, CANCELLED, CLOSING))
			.on("close", (state) -> state.updateAndGet(State::closed),
					Map.of(LISTENING, CLOSING, LOST, CLOSING, BINDING, CANCELLED))
			.tests();
	}

}
