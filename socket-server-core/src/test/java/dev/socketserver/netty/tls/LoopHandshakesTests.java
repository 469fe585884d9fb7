package dev.socketserver.netty.tls;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LoopHandshakesTests {

	/** More than the least that a turn has for handshakes. */
	private static final Duration LONG = Duration.ofMillis(3);

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final EventLoop loop = this.loops.next();

	private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void end() {
		this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	@Test
	void otherWorkOfTheLoopHasItsTurnBetween() throws Exception {
		run(() -> {
			LoopHandshakes handshakes = LoopHandshakes.of(this.loop);
			for (int i = 0; i < 5; i++) {
				handshakes.execute(() -> compute(LONG, "handshake"));
			}
			other(new AtomicInteger(8));
		});
		awaitCount(5, "handshake");

		String all = String.join(" ", this.ran);
		assertThat(all).doesNotContain("handshake handshake");
	}

	/** As what is read on a loop that has much to do. */
	private void other(AtomicInteger left) {
		this.ran.add("other");
		if (left.decrementAndGet() > 0) {
			this.loop.schedule(() -> other(left), 0, TimeUnit.NANOSECONDS);
		}
	}

	@Test
	void takesAsLongAsOtherWork() throws Exception {
		run(() -> {
			LoopHandshakes handshakes = LoopHandshakes.of(this.loop);
			handshakes.execute(() -> {
				compute(LONG, "first");
				// Before the next turn of handshakes, and as long as three of them.
				this.loop.schedule(() -> compute(LONG.multipliedBy(3), "other"), 0, TimeUnit.NANOSECONDS);
				this.loop.schedule(() -> this.ran.add("later"), 0, TimeUnit.NANOSECONDS);
			});
			for (int i = 0; i < 6; i++) {
				handshakes.execute(() -> compute(LONG, "handshake"));
			}
		});
		awaitCount(6, "handshake");

		assertThat(this.ran).startsWith("first", "other", "later", "handshake", "handshake", "handshake");
	}

	@Test
	void thereIsOneForALoop() throws Exception {
		run(() -> assertThat(LoopHandshakes.of(this.loop)).isSameAs(LoopHandshakes.of(this.loop)));
	}

	@Test
	void goesOnAfterAFailure() throws Exception {
		run(() -> {
			LoopHandshakes handshakes = LoopHandshakes.of(this.loop);
			handshakes.execute(() -> {
				throw new IllegalStateException("test");
			});
			handshakes.execute(() -> this.ran.add("after"));
		});
		awaitCount(1, "after");
		run(() -> LoopHandshakes.of(this.loop).execute(() -> this.ran.add("later")));
		awaitCount(1, "later");
	}

	/** As when there is no memory just then. */
	@Test
	void goesOnWithTheNextIfNoTurnCouldBeHadForTheOthers() throws Exception {
		AtomicBoolean failed = new AtomicBoolean();
		EventExecutor failing = (EventExecutor) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { EventExecutor.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("schedule") && failed.compareAndSet(false, true)) {
						throw new OutOfMemoryError("test");
					}
					return method.invoke(this.loop, arguments);
				});
		LoopHandshakes handshakes = new LoopHandshakes(failing);
		run(() -> {
			handshakes.execute(() -> compute(LONG, "first"));
			handshakes.execute(() -> this.ran.add("second"));
		});
		Awaitility.await().untilTrue(failed);
		run(() -> handshakes.execute(() -> this.ran.add("third")));

		awaitCount(1, "third");
		assertThat(this.ran).containsExactly("first", "second", "third");
	}

	private void run(Runnable task) throws Exception {
		this.loop.submit(task).get();
	}

	private void compute(Duration time, String name) {
		long began = System.nanoTime();
		while (System.nanoTime() - began < time.toNanos()) {
			Thread.onSpinWait();
		}
		this.ran.add(name);
	}

	private void awaitCount(int count, String name) {
		Awaitility.await().until(() -> Collections.frequency(List.copyOf(this.ran), name) == count);
	}

}
