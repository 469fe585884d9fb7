package dev.socketserver.netty.channel;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.netty.channel.InputFate.DROPPED;
import static dev.socketserver.netty.channel.InputFate.GONE;
import static dev.socketserver.netty.channel.InputFate.HEARD;

class InputFateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(InputFate.class)
			.on("drop", (state) -> state.updateAndGet(InputFate::dropped), Map.of(HEARD, DROPPED))
			.on("gone", (state) -> state.updateAndGet(InputFate::gone), Map.of(HEARD, GONE, DROPPED, GONE))
			.tests();
	}

}
