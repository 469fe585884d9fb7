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

import static org.assertj.core.api.Assertions.assertThat;

class LoopHandshakesTests {

	/** More than the least that a turn has for handshakes. */
	private static final Duration LONG = Duration.ofMillis(3);

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final EventLoop loop = this.loops.next();

	private final List<Ran> ran = Collections.synchronizedList(new ArrayList<>());

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

		long began = 0;
		long rest = 0;
		Ran last = null;
		boolean between = true;
		for (Ran each : List.copyOf(this.ran)) {
			if (!each.name().equals("handshake")) {
				between = true;
				continue;
			}
			if (between) {
				began = each.began();
				rest = (last != null) ? began - last.ended() : 0;
			}
			else {
				// Only if the machine stood still, so that other work has taken as long.
				assertThat(last.ended() - began).as("%s", this.ran).isLessThan(rest);
			}
			last = each;
			between = false;
		}
	}

	/** As what is read on a loop that has much to do. */
	private void other(AtomicInteger left) {
		ran("other");
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
				this.loop.schedule(() -> ran("later"), 0, TimeUnit.NANOSECONDS);
			});
			for (int i = 0; i < 6; i++) {
				handshakes.execute(() -> compute(LONG, "handshake"));
			}
		});
		awaitCount(6, "handshake");

		assertThat(names()).startsWith("first", "other", "later", "handshake", "handshake", "handshake");
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
			handshakes.execute(() -> ran("after"));
		});
		awaitCount(1, "after");
		run(() -> LoopHandshakes.of(this.loop).execute(() -> ran("later")));
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
			handshakes.execute(() -> ran("second"));
		});
		Awaitility.await().untilTrue(failed);
		run(() -> handshakes.execute(() -> ran("third")));

		awaitCount(1, "third");
		assertThat(names()).containsExactly("first", "second", "third");
	}

	private void run(Runnable task) throws Exception {
		this.loop.submit(task).get();
	}

	private void compute(Duration time, String name) {
		long began = System.nanoTime();
		while (System.nanoTime() - began < time.toNanos()) {
			Thread.onSpinWait();
		}
		this.ran.add(new Ran(name, began, System.nanoTime()));
	}

	private void ran(String name) {
		long now = System.nanoTime();
		this.ran.add(new Ran(name, now, now));
	}

	private List<String> names() {
		return List.copyOf(this.ran).stream().map(Ran::name).toList();
	}

	private void awaitCount(int count, String name) {
		Awaitility.await().until(() -> Collections.frequency(names(), name) == count);
	}

	/** What ran on the loop, and when. */
	private record Ran(String name, long began, long ended) {

	}

}
