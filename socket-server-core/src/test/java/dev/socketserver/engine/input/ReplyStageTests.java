package dev.socketserver.engine.input;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ObjIntConsumer;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplyStage}: a batch is matched on one thread while the loop asks for
 * it again and again.
 */
class ReplyStageTests {

	@Test
	void losesNoBatchThatIsMatchedWhileTheLoopAsksForIt() {
		int rounds = Rounds.of("race.rounds", 10_000, 2_000_000);
		long patience = Patience.limit().toNanos();
		ExecutorService background = Executors.newSingleThreadExecutor();
		try {
			ReplyStage stage = new ReplyStage(new Matcher(background));
			Object[] payloads = { "a", "b" };
			for (int round = 0; round < rounds; round++) {

				stage.match(payloads, 10, () -> {
				});
				stage.await();
				long began = System.nanoTime();
				ReplyStage.Batch batch = stage.poll();
				while (batch == null) {
					assertThat(System.nanoTime() - began).as("round %s", round).isLessThan(patience);
					Thread.onSpinWait();
					batch = stage.poll();
				}
				assertThat(batch.count()).isOne();
				assertThat(batch.bytes()).isEqualTo(5);
			}
		}
		finally {
			background.shutdown();
		}
	}

	/** Takes all but the last payload, on another thread. */
	private record Matcher(ExecutorService background) implements BatchMatcher {

		@Override
		public boolean expectsReplies() {
			return true;
		}

		@Override
		public void match(Object[] payloads, ObjIntConsumer<Object[]> then) {
			this.background.execute(() -> then.accept(payloads, 1));
		}

	}

}
