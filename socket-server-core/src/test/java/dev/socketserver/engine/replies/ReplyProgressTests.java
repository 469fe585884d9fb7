package dev.socketserver.engine.replies;

import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.replies.ReplyProgress.ASKING;
import static dev.socketserver.engine.replies.ReplyProgress.AWAITED;
import static dev.socketserver.engine.replies.ReplyProgress.CLOSED;
import static dev.socketserver.engine.replies.ReplyProgress.COMPLETE;
import static dev.socketserver.engine.replies.ReplyProgress.NEW;

class ReplyProgressTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(ReplyProgress.class)
			.on("ask", (progress) -> progress.updateAndGet(ReplyProgress::asks), Map.of(NEW, ASKING, AWAITED, ASKING))
			.on("returns", (progress) -> progress.updateAndGet(ReplyProgress::returns), Map.of(ASKING, AWAITED))
			.on("complete", (progress) -> progress.updateAndGet(ReplyProgress::completes),
					Map.of(ASKING, COMPLETE, AWAITED, COMPLETE))
			.on("close", (progress) -> progress.updateAndGet(ReplyProgress::closes),
					Map.of(NEW, CLOSED, ASKING, CLOSED, AWAITED, CLOSED, COMPLETE, CLOSED))
			.tests();
	}

}
