package dev.socketserver.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Poller}.
 */
@Timeout(60)
class PollerTests {

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final CountDownLatch eight = new CountDownLatch(8);

	private HttpServer server;

	@BeforeEach
	void listen() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			this.asked.add(exchange.getRequestURI().getPath());
			exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/missing") ? 404 : 200, -1);
			exchange.close();
			this.eight.countDown();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void asksTenTimesASecondUntilItIsClosed() throws Exception {
		long begin = System.nanoTime();
		Poller poller = Poller.start(endpoints("/a", "/b"), Cores.parse("none"));
		assertThat(this.eight.await(30, TimeUnit.SECONDS)).isTrue();
		poller.close();

		// The fourth time is three periods after the first.
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
		assertThat(this.asked).startsWith("/a", "/b", "/a", "/b", "/a", "/b", "/a", "/b");
		assertThat(this.asked.size() % 2).isZero();
	}

	@Test
	void asksOnceHoweverSoonItIsClosed() {
		Poller.start(endpoints("/a", "/b"), Cores.parse("none")).close();

		assertThat(this.asked).containsExactly("/a", "/b");
	}

	@Test
	void doesNothingForServersWithoutEndpoints() {
		Poller.start(List.of(), Cores.parse("none")).close();
		Poller.warmUp(List.of());
	}

	@Test
	void answersThatAreMissingOrWrongAreNotified() {
		Poller poller = Poller.start(endpoints("/a", "/missing"), Cores.parse("none"));

		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(poller::close)
			.withMessageContaining("/missing answers with status 404");
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> Poller.warmUp(endpoints("/missing")))
			.withMessageContaining("/missing answers with status 404");
	}

	private List<URI> endpoints(String... paths) {
		return List.of(paths)
			.stream()
			.map((path) -> URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + path))
			.toList();
	}

}
