package dev.socketserver.engine.handlers;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.Transitions;
import dev.socketserver.engine.handlers.Replies.Coming;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.handlers.Replies.Coming.ASKING;
import static dev.socketserver.engine.handlers.Replies.Coming.AWAITED;
import static dev.socketserver.engine.handlers.Replies.Coming.CLOSED;
import static dev.socketserver.engine.handlers.Replies.Coming.COMPLETE;
import static dev.socketserver.engine.handlers.Replies.Coming.NEW;

class RepliesComingTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(Coming.class)
			.on("ask", (coming) -> coming.updateAndGet(Coming::asks), Map.of(NEW, ASKING, AWAITED, ASKING))
			.on("returns", (coming) -> coming.updateAndGet(Coming::returns), Map.of(ASKING, AWAITED))
			.on("complete", (coming) -> coming.updateAndGet(Coming::completes),
					Map.of(ASKING, COMPLETE, AWAITED, COMPLETE))
			.on("close", (coming) -> coming.updateAndGet(Coming::closes),
					Map.of(NEW, CLOSED, ASKING, CLOSED, AWAITED, CLOSED, COMPLETE, CLOSED))
			.tests();
	}

}
