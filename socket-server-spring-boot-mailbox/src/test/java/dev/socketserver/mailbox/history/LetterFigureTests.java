package dev.socketserver.mailbox.history;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.ReliabilityPage;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.history.LetterHistory.Key;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many letters for many devices that connect again at a pace.
 * {@code -Dletters.figure=10000} says for how many devices; each has ten letters.
 */
@Tag("long")
@Timeout(1_800)
@EnabledIfSystemProperty(named = "letters.figure", matches = "[0-9]+")
class LetterFigureTests {

	private static final int DEVICES = Integer.getInteger("letters.figure", 10_000);

	private static final int LETTERS = 10;

	/** So many devices connect in a second. */
	private static final int PACE = 500;

	/** So many posts are under way. */
	private static final int POSTS = 100;

	/** So many devices are connected at most. */
	private static final int CONNECTED = 1_000;

	private final LetterHistory history = new LetterHistory();

	@Test
	void inPostgres() throws Exception {
		try (PostgresServer database = PostgresServer.durable();
				ConfigurableApplicationContext application = DeviceApplication
					.run("spring.datasource.url=" + database.url(), "socket.mailbox.initialize-schema=always")) {
			measure("PostgreSQL", application);
		}
	}

	@Test
	void inRedis(@TempDir Path folder) throws Exception {
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes", "--appendfsync",
				"always");
				ConfigurableApplicationContext application = DeviceApplication
					.run("spring.data.redis.port=" + redis.port(), "socket.mailbox.store=redis")) {
			measure("Redis", application);
		}
	}

	private void measure(String store, ConfigurableApplicationContext application) throws Exception {
		SocketMailbox mailbox = application.getBean(SocketMailbox.class);
		Instant began = Instant.now();
		post(mailbox);
		Duration posting = Duration.between(began, Instant.now());
		Instant connecting = Instant.now();
		connect(TestPeer.port(application, "devices"));
		Duration delivering = Duration.between(connecting, Instant.now());

		Map<Key, Letter> stored = new HashMap<>();
		for (int device = 0; device < DEVICES; device++) {
			for (int number = 0; number < LETTERS; number++) {
				Optional<Letter> letter = Patience.await(mailbox.letter("device", "d" + device, "" + number));
				stored.put(new Key("d" + device, number), letter.orElseThrow());
			}
		}
		assertThat(this.history.violations(stored)).isEmpty();
		assertThat(stored.values()).allMatch((letter) -> letter.state() == LetterState.DELIVERED);
		double sends = (double) this.history.receipts() / this.history.posts();
		ReliabilityPage.write("letters in " + store,
				"%s: %d letters for %d devices posted in %.1f s, delivered in %.1f s, %.3f sends a letter".formatted(
						store, this.history.posts(), DEVICES, posting.toMillis() / 1_000.0,
						delivering.toMillis() / 1_000.0, sends));
		assertThat(sends).isLessThanOrEqualTo(1.05);
	}

	private void post(SocketMailbox mailbox) throws Exception {
		Semaphore underWay = new Semaphore(POSTS);
		List<CompletableFuture<Letter>> posts = new ArrayList<>();
		for (int number = 0; number < LETTERS; number++) {
			for (int device = 0; device < DEVICES; device++) {
				underWay.acquire();
				String name = "d" + device;
				int each = number;
				posts.add(mailbox.post("device", name, "" + number, number + " for " + name, null)
					.whenComplete((letter, failure) -> {
						underWay.release();
						if (failure == null) {
							this.history.posted(name, each, letter.expiresAt());
						}
					}));
			}
		}
		for (CompletableFuture<Letter> post : posts) {
			post.get(10, TimeUnit.MINUTES);
		}
	}

	private void connect(int port) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(CONNECTED);
		AtomicInteger served = new AtomicInteger();
		try {
			List<CompletableFuture<Void>> all = new ArrayList<>();
			for (int device = 0; device < DEVICES; device++) {
				String name = "d" + device;
				all.add(CompletableFuture.runAsync(() -> serve(name, port),
						CompletableFuture.delayedExecutor(device * 1_000_000L / PACE, TimeUnit.MICROSECONDS, threads)));
			}
			for (CompletableFuture<Void> each : all) {
				each.get(20, TimeUnit.MINUTES);
				served.incrementAndGet();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(served).hasValue(DEVICES);
	}

	/** Connects, and leaves with its last letter. */
	private void serve(String device, int port) {
		Instant connectedAt = Instant.now();
		try (TestPeer peer = TestPeer.connect(port)) {
			if (!peer.ask("login " + device).equals("welcome " + device)) {
				throw new IllegalStateException(device + " was not welcome");
			}
			for (int letters = 0; letters < LETTERS; letters++) {
				this.history.received(device, Integer.parseInt(peer.line().split(" ")[0]), connectedAt);
				peer.send("done\n");
			}
			// What it has sent must arrive before it leaves.
			peer.send("quiet\n").end();
		}
		catch (Exception ex) {
			throw new IllegalStateException(device + " was not served", ex);
		}
	}

}
