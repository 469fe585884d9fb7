package dev.socketserver.engine.threads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

class SerialExecutorTests {

	/** An executor may have a task all the same, and run it when it has a thread. */
	@Test
	void whatWasRunForWantOfAThreadIsNotRunAgain() {
		List<Runnable> queued = new ArrayList<>();
		List<String> ran = new ArrayList<>();
		SerialExecutor serial = new SerialExecutor((task) -> {
			queued.add(task);
			throw new RejectedExecutionException("no thread left");
		});

		serial.execute(() -> ran.add("first"));
		serial.execute(() -> {
			ran.add("second");
			assertThatNoException().isThrownBy(queued.get(0)::run);
			serial.execute(() -> ran.add("third"));
			assertThat(ran).containsExactly("first", "second");
		});

		assertThat(ran).containsExactly("first", "second", "third");
	}

}
