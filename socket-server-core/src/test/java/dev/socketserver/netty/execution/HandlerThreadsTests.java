package dev.socketserver.netty.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.ReadyLanes;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

class HandlerThreadsTests {

	private final List<String> happened = new ArrayList<>();

	@Test
	void lanesThatComeTogetherRunElsewhereIfThereIsNoThread() {
		HandlerThreads threads = threads(HandlerThreadsTests::none, Runnable::run);

		threads.run(new Lane[] { lane(1), lane(2) }, 2);

		assertThat(this.happened).containsExactly("refused 1", "ran 1", "refused 2", "ran 2");
	}

	/** As in the background, which runs them when there is a thread. */
	@Test
	void noneOfThemIsLostIfThereIsNoThreadElsewhereEither() {
		List<Runnable> queued = new ArrayList<>();
		HandlerThreads threads = threads(HandlerThreadsTests::none, (task) -> {
			queued.add(task);
			throw new RejectedExecutionException("no thread left");
		});

		assertThatNoException().isThrownBy(() -> threads.run(new Lane[] { lane(1), lane(2) }, 2));
		queued.forEach(Runnable::run);

		assertThat(this.happened).containsExactly("refused 1", "refused 2", "ran 1", "ran 2");
	}

	private static Thread none(Runnable task) {
		return new Thread(task) {

			@Override
			public void start() {
				throw new OutOfMemoryError("no thread left");
			}

		};
	}

	private HandlerThreads threads(ThreadFactory factory, Executor fallback) {
		return new HandlerThreads.Virtual(ServerSpec.builder("test")
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
			.build()
			.session(), "{name}", fallback, factory);
	}

	private Lane lane(int number) {
		return ReadyLanes.of(number, () -> this.happened.add("ran " + number),
				() -> this.happened.add("refused " + number));
	}

}
