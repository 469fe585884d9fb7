package dev.socketserver.netty.ask;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replies, timeouts, cancellations, closes, resets and stops at the same instant, on
 * every transport and in every execution mode: each request has one outcome, and the
 * counters know it.
 */
@Timeout(1800)
class AskRaceTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	/** Every transport with every mode, and each of them once more over TLS. */
	private static List<Way> ways() {
		Stream<Way> plain = ServerFixture.everyTransport()
			.flatMap((transport) -> ServerFixture.modes().map((mode) -> new Way(transport, mode, false)));
		return Stream.concat(plain, ServerFixture.ways().filter(Way::tls)).toList();
	}

	@Test
	void eachRequestHasOneOutcome() throws Exception {
		long seed = Long.getLong("race.seed", System.nanoTime());
		int rounds = Rounds.of("race.rounds", 40, 5_000);
		List<Way> ways = ways();
		Map<RequestOutcome, Long> all = new EnumMap<>(RequestOutcome.class);
		Rounds.run("race", rounds, seed, (random) -> {
			Way way = ways.get(random.nextInt(ways.size()));
			race(random, way).forEach((outcome, count) -> all.merge(outcome, count, Long::sum));
		});
		if (rounds >= 120) {
			assertThat(all).containsKeys(RequestOutcome.SUCCESS, RequestOutcome.TIMEOUT, RequestOutcome.FAILURE,
					RequestOutcome.CANCELLED);
		}
	}

	private Map<RequestOutcome, Long> race(Random random, Way way) throws Exception {
		boolean keys = random.nextBoolean();
		int requests = 1 + random.nextInt(4);
		int end = random.nextInt(7);
		Function<Object, @Nullable Object> correlator = keys ? (line) -> line.toString().split(":")[0] : null;
		this.fixture.opened.clear();
		SocketServer server = this.fixture.lines((line) -> "ok " + line,
				(spec) -> way.spec().apply(spec).correlator(correlator));
		AtomicInteger completed = new AtomicInteger();
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			List<CompletableFuture<Object>> asked = IntStream.range(0, requests)
				.mapToObj((i) -> session.ask("k" + i + ":?", (random.nextInt(3) == 0) ? Duration.ofMillis(2) : LONG))
				.toList();
			asked.forEach((future) -> future.whenComplete((reply, failure) -> completed.incrementAndGet()));
			CyclicBarrier together = new CyclicBarrier(2);
			CompletableFuture<Void> ender = CompletableFuture.runAsync(() -> {
				try {
					together.await();
					switch (end) {
						case 0 -> session.close();
						case 1 -> session.abort();
						case 2 -> server.stop(Duration.ofMillis(200));
						case 3 -> asked.get(0).cancel(false);
						case 4 -> peer.endOutput();
						default -> {
						}
					}
				}
				catch (Exception ex) {
					throw new CompletionException(ex);
				}
			});
			together.await();
			try {
				for (int i = 0; i < requests && end != 6; i++) {
					peer.send("k" + i + ":!\n");
				}
				if (end >= 5) {
					peer.reset();
				}
			}
			catch (IOException ex) {
				// The session has ended, or it is the peer that has.
			}
			ender.join();
			Map<RequestOutcome, Long> seen = new EnumMap<>(RequestOutcome.class);
			for (CompletableFuture<Object> future : asked) {
				seen.merge(Patience.await(future.handle((reply, failure) -> outcome(failure))), 1L, Long::sum);
			}
			Awaitility.await().untilAsserted(() -> {
				Map<RequestOutcome, Long> counted = server.statistics().requests();
				assertThat(counted.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(requests);
				if (end != 3) {
					// A reply after a cancellation is counted as one.
					assertThat(counted).isEqualTo(seen);
				}
				assertThat(completed).hasValue(requests);
				assertThat(session.info().requests()).isZero();
			});
			return seen;
		}
		finally {
			this.fixture.servers.remove(server.name());
		}
	}

	private static RequestOutcome outcome(@Nullable Throwable failure) {
		if (failure == null) {
			return RequestOutcome.SUCCESS;
		}
		if (failure instanceof CancellationException) {
			return RequestOutcome.CANCELLED;
		}
		if (failure instanceof RequestNotSentException) {
			return RequestOutcome.NOT_SENT;
		}
		return (failure instanceof TimeoutException) ? RequestOutcome.TIMEOUT : RequestOutcome.FAILURE;
	}

}
