package dev.socketserver.mailbox.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.cluster.MailboxNode;
import dev.socketserver.mailbox.history.LetterHistory.Key;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Letters in each store, while the node of the devices, the store and connections are
 * killed. The profile {@code soak} runs many rounds; {@code -Dletters.seed=…} begins with
 * another seed, and {@code -Dletters.rounds=…} says how many follow.
 */
@Tag("long")
@Timeout(3_600)
class LetterKillTests {

	private static final int DEVICES = 4;

	private static final int LETTERS = Rounds.SOAK ? 12 : 6;

	/** So many things are killed in a round. */
	private static final int KILLS = Rounds.SOAK ? 3 : 1;

	private static void run(Opening opening) throws Exception {
		long seed = Long.getLong("letters.seed", 65);
		int rounds = Rounds.of("letters.rounds", 1, 300);
		for (int round = 0; round < rounds; round++) {
			try (Round each = new Round(seed + round, opening.open())) {
				each.run();
			}
		}
	}

	private static List<String> jdbc(String url) {
		return List.of("spring.datasource.url=" + url, "spring.datasource.hikari.connection-timeout=2000",
				"socket.mailbox.initialize-schema=always");
	}

	@Test
	void nothingIsLostAndAllKeepsItsOrderInPostgres() throws Exception {
		run(() -> {
			PostgresServer server = PostgresServer.open();
			return new KilledStore(jdbc(server.url()), server::kill, server::start, server::close);
		});
	}

	@Test
	void nothingIsLostAndAllKeepsItsOrderInMariaDb() throws Exception {
		run(() -> {
			MariaDbServer server = MariaDbServer.open();
			return new KilledStore(jdbc(server.url()), server::kill, server::start, server::close);
		});
	}

	@Test
	void nothingIsLostAndAllKeepsItsOrderInRedis(@TempDir Path folder) throws Exception {
		run(() -> {
			Path files = Files.createTempDirectory(folder, "redis");
			RedisServer server = RedisServer.open("--dir", files.toString(), "--appendonly", "yes", "--appendfsync",
					"always");
			return new KilledStore(List.of("spring.data.redis.port=" + server.port(), "spring.data.redis.timeout=10s",
					"socket.mailbox.store=redis"), server::kill, server::start, server::close);
		});
	}

	/** Opens a store. */
	private interface Opening {

		KilledStore open() throws Exception;

	}

	/**
	 * A store that is killed.
	 *
	 * @param properties name it
	 * @param kill kills it
	 * @param start starts it again
	 * @param close ends it
	 */
	private record KilledStore(List<String> properties, Runnable kill, Runnable start, Runnable close) {

	}

	/** A store, a node that is killed, devices, and who posts. */
	private static final class Round implements AutoCloseable {

		private final long seed;

		private final Random random;

		private final LetterHistory history = new LetterHistory();

		private final KilledStore store;

		private final ExecutorService threads = Executors.newCachedThreadPool();

		private final ConfigurableApplicationContext poster;

		private OtherJvm node;

		/** Where the node listens; 0 while there is none. */
		private volatile int port;

		private volatile boolean over;

		Round(long seed, KilledStore store) throws Exception {
			this.seed = seed;
			this.store = store;
			this.random = new Random(seed);
			this.poster = DeviceApplication.runWhole(properties("socket.servers.devices.mailbox.identity="));
			this.node = startNode();
		}

		private String[] properties(String... more) {
			List<String> all = new ArrayList<>(List.of("socket.mailbox.poll=200ms",
					"socket.servers.devices.mailbox.timeout=500ms", "socket.servers.devices.requests=one-at-a-time",
					"socket.servers.devices.mailbox.retry=20ms", "socket.servers.devices.mailbox.attempts=1000"));
			all.addAll(this.store.properties());
			all.addAll(List.of(more));
			return all.toArray(String[]::new);
		}

		private OtherJvm startNode() throws Exception {
			OtherJvm started = new OtherJvm(List.of(), List.of(), MailboxNode.class, properties());
			this.port = Integer.parseInt(started.next().replace("port ", ""));
			this.threads.execute(() -> listen(started));
			return started;
		}

		/** Notes what the node publishes. */
		private void listen(OtherJvm from) {
			try {
				while (true) {
					String[] words = from.next().split(" ");
					if (words[0].equals("ended")) {
						this.history.published(words[1], Integer.parseInt(words[2]), LetterState.valueOf(words[3]));
					}
				}
			}
			catch (InterruptedException | AssertionError ex) {
				// It was killed.
			}
		}

		void run() throws Exception {
			List<Future<?>> posts = IntStream.range(0, DEVICES)
				.<Future<?>>mapToObj((device) -> this.threads.submit(() -> post("d" + device)))
				.toList();
			for (int device = 0; device < DEVICES; device++) {
				Random chance = new Random(this.seed * DEVICES + device);
				String name = "d" + device;
				this.threads.execute(() -> serve(name, chance));
			}
			for (int kill = 1; kill <= KILLS; kill++) {
				int after = kill * DEVICES * LETTERS / (KILLS + 2);
				Awaitility.await().atMost(Patience.limit()).until(() -> this.history.receipts() >= after);
				kill();
			}
			for (Future<?> post : posts) {
				post.get(5, TimeUnit.MINUTES);
			}
			Map<Key, Letter> stored = new HashMap<>();
			Awaitility.await().atMost(Patience.limit()).ignoreExceptions().until(() -> areFinal(stored));
			assertThat(this.history.violations(stored)).as("-Dletters.seed=%s -Dletters.rounds=1", this.seed).isEmpty();
			assertThat(stored.values()).allMatch((letter) -> letter.state() == LetterState.DELIVERED);
		}

		private void kill() throws Exception {
			if (this.random.nextInt(3) == 0) {
				this.store.kill().run();
				this.store.start().run();
			}
			else {
				this.port = 0;
				this.node.kill();
				this.node = startNode();
			}
		}

		/** Posts each letter until that has succeeded. */
		private void post(String device) {
			SocketMailbox mailbox = this.poster.getBean(SocketMailbox.class);
			for (int number = 0; number < LETTERS; number++) {
				Letter letter = null;
				while (letter == null) {
					try {
						letter = Patience
							.await(mailbox.post("device", device, "" + number, number + " for " + device, null));
					}
					catch (ExecutionException ex) {
						// Again, with the same key.
					}
					catch (Exception ex) {
						throw new IllegalStateException(ex);
					}
				}
				this.history.posted(device, number, letter.expiresAt());
			}
		}

		/** Connects again and again, and acknowledges most of what is received. */
		private void serve(String device, Random chance) {
			while (!this.over) {
				Awaitility.await().atMost(Patience.limit()).until(() -> this.port != 0 || this.over);
				Instant connectedAt = Instant.now();
				try (TestPeer peer = TestPeer.connect(this.port)) {
					if (peer.ask("login " + device).equals("welcome " + device)) {
						receive(device, chance, connectedAt, peer);
					}
				}
				catch (IOException | IllegalArgumentException ex) {
					// The node was killed, or is not there yet.
				}
			}
		}

		private void receive(String device, Random chance, Instant connectedAt, TestPeer peer) throws IOException {
			for (String line = peer.read(); line != null; line = peer.read()) {
				this.history.received(device, Integer.parseInt(line.split(" ")[0]), connectedAt);
				int what = chance.nextInt(10);
				if (what == 0) {
					// It has acted, and does not say so.
					return;
				}
				if (what > 1) {
					peer.send("done\n");
				}
			}
		}

		private boolean areFinal(Map<Key, Letter> stored) throws Exception {
			SocketMailbox mailbox = this.poster.getBean(SocketMailbox.class);
			for (int device = 0; device < DEVICES; device++) {
				for (int number = 0; number < LETTERS; number++) {
					Optional<Letter> letter = Patience.await(mailbox.letter("device", "d" + device, "" + number));
					if (letter.isEmpty() || !letter.get().state().isFinal()) {
						return false;
					}
					stored.put(new Key("d" + device, number), letter.get());
				}
			}
			return true;
		}

		@Override
		public void close() {
			this.over = true;
			this.node.close();
			this.threads.shutdownNow();
			this.poster.close();
			this.store.close().run();
		}

	}

}
