package dev.socketserver.netty.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Select;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.spec.connect.Reconnect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Addresses, pools and waits of a client that are changed at random while it is busy: no
 * request is lost, and in the end it is connected as the last of them say.
 */
class ClientChangesUnderLoadTests {

	private static final int SERVERS = 3;

	private static final int ASKERS = 4;

	private static final int CHANGES = Rounds.of("client-changes.rounds", 60, 2_000);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private final AtomicBoolean over = new AtomicBoolean();

	@Test
	void loseNoRequest() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		List<SocketServer> servers = new ArrayList<>();
		for (int i = 0; i < SERVERS; i++) {
			servers.add(this.fixture.servers.echo("echo-" + i, UnaryOperator.identity()));
		}
		List<ServerAddress> all = servers.stream().map((each) -> ServerAddress.of("127.0.0.1", each.port())).toList();
		SocketClient client = this.fixture.clients.register(spec(all, 1, random));
		client.start();
		ExecutorService askers = Executors.newFixedThreadPool(ASKERS);
		List<ServerAddress> last = all;
		int size = 1;
		try {
			List<Future<Integer>> replies = new ArrayList<>();
			for (int i = 0; i < ASKERS; i++) {
				replies.add(askers.submit(() -> ask(client)));
			}
			for (int version = 2; version < CHANGES; version++) {
				last = some(all, random);
				size = 1 + random.nextInt(4);
				ClientOperations.of(client).reconfigure(spec(last, size, random), version);
				if (random.nextInt(4) == 0) {
					long settled = client.statistics().connected();
					Patience.within(() -> assertThat(client.connections(ConnectionState.READY)).isPositive());
					assertThat(client.statistics().connected()).isGreaterThanOrEqualTo(settled);
				}
			}
			this.over.set(true);
			for (Future<Integer> each : replies) {
				assertThat(Patience.await(each)).as("seed %s", seed).isPositive();
			}
		}
		finally {
			askers.shutdownNow();
		}
		isConnected(client, servers, last, size, seed);
	}

	private static List<ServerAddress> some(List<ServerAddress> all, Random random) {
		List<ServerAddress> shuffled = new ArrayList<>(all);
		Collections.shuffle(shuffled, random);
		return shuffled.subList(0, 1 + random.nextInt(all.size()));
	}

	private static ClientSpec spec(List<ServerAddress> addresses, int size, Random random) {
		Select[] ways = Select.values();
		Reconnect soon = random.nextBoolean() ? ClientFixture.SOON
				: new Reconnect(Duration.ofMillis(10), Duration.ofMillis(100), 0);
		return ClientSpec.builder("it")
			.failOver((failOver) -> failOver.addresses(addresses)
				.select(ways[random.nextInt(ways.length)])
				.failures(1 + random.nextInt(3)))
			.pool((pool) -> pool.size(size).maxAge(random.nextBoolean() ? Duration.ofSeconds(1) : null))
			.reconnect(soon)
			.connectTimeout(Duration.ofSeconds(5 + random.nextInt(5)))
			.outbound((out) -> out.capacity(100 + random.nextInt(1_000)))
			.timeouts((times) -> times.idle(random.nextBoolean() ? Duration.ofMinutes(5) : null))
			.build();
	}

	private int ask(SocketClient client) throws Exception {
		int replies = 0;
		while (!this.over.get()) {
			String reply = Patience.await(client.ask("a" + replies, String.class, Patience.limit()));
			assertThat(reply).endsWith(" a" + replies);
			replies++;
		}
		return replies;
	}

	private static void isConnected(SocketClient client, List<SocketServer> servers, List<ServerAddress> last, int size,
			long seed) {
		List<Integer> ports = last.stream().map(ServerAddress::port).toList();
		Patience.within(() -> {
			assertThat(client.connections(ConnectionState.READY)).as("seed %s", seed).isEqualTo(size);
			assertThat(client.connections(ConnectionState.DRAINING)).as("seed %s", seed).isZero();
			for (SocketServer server : servers) {
				if (!ports.contains(server.port())) {
					assertThat(server.sessions()).as("seed %s", seed).isEmpty();
				}
			}
		});
		assertThat(client.addresses()).as("seed %s", seed).extracting("port").isEqualTo(ports);
	}

}
