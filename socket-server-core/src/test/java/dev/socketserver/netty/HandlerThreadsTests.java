package dev.socketserver.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.session.Lane;
import dev.socketserver.session.ReadyLanes;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class HandlerThreadsTests {

	private final List<String> happened = new ArrayList<>();

	@Test
	void lanesThatComeTogetherRunElsewhereIfThereIsNoThread() {
		HandlerThreads threads = threads((task) -> {
			throw new OutOfMemoryError("no thread left");
		});

		threads.run(new Lane[] { lane(1), lane(2) }, 2);

		assertThat(this.happened).containsExactly("refused 1", "ran 1", "refused 2", "ran 2");
	}

	private HandlerThreads threads(ThreadFactory factory) {
		return new HandlerThreads.Virtual(ServerSpec.builder("test")
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
			.build()
			.session(), "{name}", Runnable::run, (name) -> factory);
	}

	private Lane lane(int number) {
		return ReadyLanes.of(number, () -> this.happened.add("ran " + number),
				() -> this.happened.add("refused " + number));
	}

}
