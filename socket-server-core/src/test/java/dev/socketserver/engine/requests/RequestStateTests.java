package dev.socketserver.engine.requests;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.fixtures.Transitions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.engine.requests.RequestState.OPEN;
import static dev.socketserver.engine.requests.RequestState.REPLIED;
import static dev.socketserver.engine.requests.RequestState.SETTLED;
import static org.assertj.core.api.Assertions.assertThat;

class RequestStateTests {

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(RequestState.class, () -> new Request(null, Runnable::run), Request::state)
			.reached(OPEN, (request) -> {
			})
			.reached(REPLIED, (request) -> request.replied("reply"))
			.reached(SETTLED, (request) -> request.failed(new TimeoutException()))
			.on("the reply arrives", (request) -> request.replied("reply"), Map.of(OPEN, REPLIED))
			.on("fails", (request) -> request.failed(new TimeoutException()), Map.of(OPEN, SETTLED))
			.on("cancelled", (request) -> request.settle(RequestOutcome.CANCELLED), Map.of(OPEN, SETTLED))
			.tests();
	}

	@Test
	void doesNotBeginOnceItsReplyIsThereThoughNobodyHasSeenIt() {
		List<Runnable> background = new ArrayList<>();
		Request request = new Request(null, background::add);
		assertThat(request.begin()).isTrue();
		assertThat(request.replied("reply")).isTrue();
		assertThat(request.isOver()).isFalse();
		assertThat(request.begin()).isFalse();
	}

}
