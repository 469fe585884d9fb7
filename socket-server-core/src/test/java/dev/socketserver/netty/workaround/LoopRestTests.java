package dev.socketserver.netty.workaround;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketserver.SocketServer;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import io.netty.channel.IoHandlerContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a loop is woken if it rests, and only then.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LoopRestTests {

	private static final int TASKS = 20_000;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	private final LoopRest rest = new LoopRest();

	@Test
	void loopThatIsAwakeIsNotWoken() {
		assertThat(this.rest.end()).isFalse();
		this.rest.of(loop(false)).canBlock();
		assertThat(this.rest.end()).isFalse();
		this.rest.of(loop(true)).canBlock();
		this.rest.over();
		assertThat(this.rest.end()).isFalse();
	}

	@Test
	void loopThatRestsIsWokenOnce() {
		assertThat(this.rest.of(loop(true)).canBlock()).isTrue();
		assertThat(this.rest.end()).isTrue();
		assertThat(this.rest.end()).isFalse();
	}

	/** Who adds a task while the loop looks at its tasks may not have been seen. */
	@Test
	void loopThatIsAboutToRestIsWoken() {
		boolean[] woken = new boolean[1];
		this.rest.of(new Loop() {

			@Override
			public boolean canBlock() {
				woken[0] = LoopRestTests.this.rest.end();
				return true;
			}

		}).canBlock();
		assertThat(woken[0]).isTrue();
	}

	/** Some find the loop awake, and others find it at rest or in between. */
	@Every.Transport
	void everyTaskOfAnotherThreadIsRun(SocketTransport transport) throws Exception {
		Channel[] channel = new Channel[1];
		this.fixture.customizers.add((pipeline, spec) -> channel[0] = pipeline.channel());
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.transport(transport));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			for (int i = 0; i < TASKS; i++) {
				CountDownLatch run = new CountDownLatch(1);
				channel[0].eventLoop().execute(run::countDown);
				for (int spins = i % 100; spins > 0; spins--) {
					Thread.onSpinWait();
				}
				assertThat(run.await(30, TimeUnit.SECONDS)).as("task %s has run", i).isTrue();
			}
			assertThat(peer.ask("two")).isEqualTo("two");
		}
	}

	private static IoHandlerContext loop(boolean canBlock) {
		return new Loop() {

			@Override
			public boolean canBlock() {
				return canBlock;
			}

		};
	}

	/** Has nothing to do at any time. */
	private abstract static class Loop implements IoHandlerContext {

		@Override
		public long delayNanos(long currentTimeNanos) {
			return 0;
		}

		@Override
		public long deadlineNanos() {
			return -1;
		}

	}

}
