package dev.socketserver.autoconfigure.lifecycle;

import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static dev.socketserver.fixtures.Patience.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A plan needs longer than Spring gives a phase of the stop, with peers that ask without
 * a pause, a call that outlasts the first turns, and one that never ends.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownPhaseTests {

	private static final int PEERS = 20;

	/**
	 * How long a call takes, so that nearly all sessions are amidst one when they end.
	 */
	private static final Duration CALL = Duration.ofMillis(10);

	private static final Pattern CUT = Pattern.compile("has drained.* (\\d+) cut");

	/** A JVM that stands still until the plan is over has all sessions cut at once. */
	@Test
	void sessionsEndWithinThePhaseAndNoReplyIsLost(CapturedOutput output) throws Exception {
		Patience.undisturbed(Duration.ofSeconds(1), () -> {
			int from = output.length();
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Answers.class)
				.web(WebApplicationType.NONE)
				.run("--socket.servers.answers.port=0", "--socket.servers.answers.drain.over=60s",
						"--socket.servers.answers.drain.order=oldest", "--socket.servers.answers.drain-timeout=70s",
						"--spring.lifecycle.timeout-per-shutdown-phase=8s");
			try {
				int lost = endsWithinThePhase(context);
				await().until(() -> cut(output, from) > 0);
				// Others than the stuck one are cut if a machine stops this JVM when the
				// plan ends.
				assertThat(lost).isBetween(0, cut(output, from) - 1);
			}
			finally {
				context.close();
			}
		});
	}

	/** Returns how many replies have not come. */
	private int endsWithinThePhase(ConfigurableApplicationContext context) throws Exception {
		Answers answers = context.getBean(Answers.class);
		try (TestPeer busy = TestPeer.connect(context, "answers");
				TestPeer stuck = TestPeer.connect(context, "answers")) {
			busy.send("busy\n");
			stuck.send("stuck\n");
			Patience.await(answers.called);
			List<CompletableFuture<Integer>> replies = new ArrayList<>();
			AtomicInteger ended = new AtomicInteger();
			for (int i = 0; i < PEERS; i++) {
				TestPeer peer = TestPeer.connect(context, "answers");
				peer.ask("a");
				replies.add(CompletableFuture.supplyAsync(() -> replies(peer, ended, answers.release), this::onThread));
			}
			long begun = System.nanoTime();

			CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);

			AtomicInteger received = new AtomicInteger();
			assertThat(timed(() -> {
				assertThat(busy.read()).isEqualTo("BUSY");
				assertThat(busy.read()).isNull();
				for (CompletableFuture<Integer> reply : replies) {
					received.addAndGet(Patience.await(reply));
				}
				assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(3));
				return assertThatExceptionOfType(SocketException.class).as("cut").isThrownBy(stuck::read);
			})).isLessThan(Duration.ofSeconds(8));
			answers.never.countDown();
			Patience.await(closing);
			return answers.handled.get() - PEERS - received.get();
		}
		finally {
			answers.release.countDown();
			answers.never.countDown();
		}
	}

	/** Returns how many sessions the plan has cut, or 0 before it has. */
	private static int cut(CapturedOutput output, int from) {
		Matcher found = CUT.matcher(output.subSequence(from, output.length()));
		return found.find() ? Integer.parseInt(found.group(1)) : 0;
	}

	private void onThread(Runnable task) {
		new Thread(task).start();
	}

	/**
	 * Counts replies until the connection ends; half of the peers' ends let the busy call
	 * end.
	 */
	private static int replies(TestPeer peer, AtomicInteger ended, CountDownLatch release) {
		int replies = 0;
		try (peer) {
			while ("A".equals(peer.ask("a"))) {
				replies++;
			}
		}
		catch (Exception ex) {
			// The connection has ended while the next order was on its way.
		}
		if (ended.incrementAndGet() == PEERS / 2) {
			release.countDown();
		}
		return replies;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class Answers {

		final CountDownLatch called = new CountDownLatch(2);

		final CountDownLatch release = new CountDownLatch(1);

		final AtomicInteger handled = new AtomicInteger();

		final CountDownLatch never = new CountDownLatch(1);

		@Bean
		@SocketHandler("answers")
		UnaryOperator<String> answer() {
			return (line) -> {
				switch (line) {
					case "busy" -> await(this.release);
					case "stuck" -> await(this.never);
					default -> {
						// Replies as fast as they can be would keep all processors busy.
						LockSupport.parkNanos(CALL.toNanos());
						this.handled.incrementAndGet();
					}
				}
				return line.toUpperCase(Locale.ROOT);
			};
		}

		private void await(CountDownLatch latch) {
			this.called.countDown();
			Patience.hold(latch);
		}

	}

}
