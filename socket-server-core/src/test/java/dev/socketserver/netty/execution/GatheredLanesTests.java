package dev.socketserver.netty.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.payload.PayloadConverter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.nio.NioIoHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class GatheredLanesTests {

	private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final SingleThreadEventLoop loop = (SingleThreadEventLoop) this.loops.next();

	private final Counting threads = new Counting();

	private final GatheredLanes lanes = new GatheredLanes(this.loop, this.threads);

	/** Rounds of the loop that are still to bring a lane. */
	private int rounds;

	@AfterEach
	void endLoop() {
		this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	@Test
	void roundsThatBringMoreShareAHandOver() {
		// The first ones are slow, and none waits for long.
		await().until(() -> {
			company();
			return handOvers(3, 0).equals(List.of(3));
		});
	}

	@Test
	void oneThatIsAloneWaitsForNobody() {
		assertThat(handOvers(3, 0)).containsExactly(1, 1, 1);
	}

	@Test
	void aSessionThatOpensWaitsForItsFirstBytes() {
		await().until(() -> {
			this.rounds = 1;
			this.loop.execute(() -> {
				opening();
				inNextRound(() -> round(0));
			});
			return handOvers(2).equals(List.of(2));
		});
	}

	@Test
	void aRoundWithoutMoreEndsTheWait() {
		company();
		assertThat(handOvers(1, 0)).containsExactly(1);
	}

	/** As an executor of the application's may do it. */
	@Test
	void whatBecomesReadyWhileOthersAreHandedOverIsNotLost() {
		this.threads.onRun = () -> bring(0);

		assertThat(handOvers(1, 0)).containsExactly(1);

		assertThat(result(this.threads.single)).isTrue();
	}

	private void company() {
		this.loop.execute(() -> {
			bring(0);
			bring(0);
		});
		assertThat(handOvers(2)).containsExactly(2);
	}

	@Test
	void nobodyWaitsForMoreThanAWhile() {
		company();
		assertThat(handOvers(60, TimeUnit.MICROSECONDS.toNanos(60)).get(0)).isLessThan(5);
	}

	@Test
	void manyAreHandedOverAtOnce() {
		this.loop.execute(() -> {
			for (int i = 0; i < HandlerThreads.MOST_AT_ONCE + 8; i++) {
				bring(0);
			}
		});
		assertThat(handOvers(HandlerThreads.MOST_AT_ONCE + 8)).containsExactly(HandlerThreads.MOST_AT_ONCE, 8);
	}

	/** How many were handed over each time, when as many rounds bring one lane each. */
	private List<Integer> handOvers(int count, long nanosEach) {
		this.rounds = count;
		this.loop.execute(() -> round(nanosEach));
		return handOvers(count);
	}

	private List<Integer> handOvers(int lanes) {
		List<Integer> sizes = new ArrayList<>();
		for (int handed = 0; handed < lanes; handed += sizes.get(sizes.size() - 1)) {
			sizes.add(result(this.threads.next()));
		}
		return sizes;
	}

	private static <T> T result(CompletableFuture<T> future) {
		return future.orTimeout(Patience.seconds(), TimeUnit.SECONDS).join();
	}

	private void round(long nanos) {
		bring(nanos);
		if (--this.rounds > 0) {
			inNextRound(() -> round(nanos));
		}
	}

	private void inNextRound(Runnable task) {
		this.loop.executeAfterEventLoopIteration(() -> this.loop.execute(task));
	}

	@SuppressWarnings("NullAway") // nobody looks at the lane
	private void opening() {
		this.lanes.opening(null);
	}

	@SuppressWarnings("NullAway") // nobody looks at the lane
	private void bring(long nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
		this.lanes.ready(null);
	}

	/** Notes how many lanes are handed over at once, and runs none. */
	private static final class Counting extends HandlerThreads {

		private final List<CompletableFuture<Integer>> handOvers = new ArrayList<>();

		private int asked;

		private int completed;

		/** What is done when lanes are handed over next. */
		private volatile @Nullable Runnable onRun;

		/** Completes when a lane is run that was not gathered. */
		private final CompletableFuture<Boolean> single = new CompletableFuture<>();

		Counting() {
			super(ServerSpec.builder("counting")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.build()
				.session(), "counting", Runnable::run);
		}

		/** The size of the next hand-over that was not asked for yet. */
		synchronized CompletableFuture<Integer> next() {
			return handOver(this.asked++);
		}

		private CompletableFuture<Integer> handOver(int index) {
			while (this.handOvers.size() <= index) {
				this.handOvers.add(new CompletableFuture<>());
			}
			return this.handOvers.get(index);
		}

		@Override
		void run(Lane[] lanes, int count) {
			Runnable doing = this.onRun;
			this.onRun = null;
			if (doing != null) {
				doing.run();
			}
			complete(count);
		}

		private synchronized void complete(int count) {
			handOver(this.completed++).complete(count);
		}

		@Override
		public void run(Lane lane) {
			this.single.complete(true);
		}

		@Override
		public void start(String session, Runnable task) {
			throw new AssertionError("no lane");
		}

	}

}
