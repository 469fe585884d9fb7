package dev.socketserver.autoconfigure.actuate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Lists of many sessions that come and go, over HTTP and with real sockets: 2,000, with
 * {@code -Psoak} 10,000, or as many as there are descriptors for.
 */
@EndpointsWebTest
class ManySessionsTests {

	private static final int READERS = 50;

	@Value("${local.server.port}")
	private int port;

	@Autowired
	private NettySocketServers servers;

	private final List<SocketChannel> peers = new ArrayList<>();

	@AfterEach
	void stop() throws Exception {
		Opened.closeAll(this.peers);
		List.of("many", "more", "lively", "first", "second").forEach(this.servers::remove);
	}

	@Test
	void fiftyReadersOfManySessionsDoNotKeepTrafficFromFlowing() throws Exception {
		int count = sessions();
		SocketServer many = start("many");
		SocketServer more = start("more");
		open(many, count / 2);
		open(more, count / 2);
		SocketServer lively = start("lively");
		AtomicBoolean done = new AtomicBoolean();
		try (TestPeer peer = TestPeer.connect(lively.localAddress())) {
			// Its session is open when they are listed.
			ask(peer, "hello");
			// Not in the common pool, of which the HTTP client needs a thread.
			CompletableFuture<Integer> traffic = CompletableFuture.supplyAsync(() -> {
				int rounds = 0;
				// Each has thirty seconds, by the time limit of the peer.
				for (; !done.get(); rounds++) {
					ask(peer, "ping" + rounds);
				}
				return rounds;
			}, (task) -> new Thread(task, "traffic").start());
			List<CompletableFuture<HttpResponse<String>>> pages = new ArrayList<>();
			for (int i = 0; i < READERS; i++) {
				String query = switch (i % 4) {
					case 0 -> "size=500&page=" + i % 3;
					case 1 -> "size=100&server=many&page=5";
					case 2 -> "size=50&remote=127.0.0.0/8&page=" + i;
					default -> "closed=true&server=lively";
				};
				pages.add(ActuatorClient.begin(request(query)));
			}
			for (int i = 0; i < READERS; i++) {
				HttpResponse<String> page = Patience.await(pages.get(i));
				assertThat(page.statusCode()).isEqualTo(200);
				int total = ActuatorClient.json(page).at("/page/total").asInt();
				assertThat(total).isEqualTo(switch (i % 4) {
					case 0, 2 -> count + 1;
					case 1 -> count / 2;
					default -> 0;
				});
			}
			done.set(true);
			assertThat(Patience.await(traffic)).isPositive();
		}
		finally {
			done.set(true);
		}
	}

	@Test
	void whoPagesByTheLastSessionSeenMissesNoneAndSeesNoneTwice() throws Exception {
		SocketServer first = start("first");
		SocketServer second = start("second");
		Set<String> lasting = new TreeSet<>();
		List<SocketSession> passing = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			SocketServer server = (i % 3 == 0) ? second : first;
			open(server, 1);
			String id = server.name() + "-" + server.statistics().opened();
			if (i % 2 == 0) {
				lasting.add(id);
			}
			else {
				passing.add(server.session(id).orElseThrow());
			}
		}
		AtomicInteger next = new AtomicInteger();

		List<String> seen = new ArrayList<>();
		String after = "";
		while (after != null) {
			JsonNode sessions = get("size=7&after=" + after).get("sessions");
			after = null;
			for (JsonNode session : sessions) {
				after = session.get("id").asString();
				seen.add(after);
			}
			// Some of those that were seen end, the last one too if it may; others come.
			List<String> ended = List.copyOf(seen);
			passing.stream().filter((session) -> ended.contains(session.id())).forEach(SocketSession::abort);
			if (next.incrementAndGet() <= 10) {
				open(first, 1);
			}
		}

		assertThat(seen).doesNotHaveDuplicates().containsAll(lasting);
	}

	/** Returns an even number. */
	private static int sessions() {
		int wanted = Boolean.getBoolean("socketserver.soak") ? 10_000 : 2_000;
		if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
			// Of each session both ends are ours, and there are others who need some.
			long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - 500;
			Assumptions.assumeTrue(free > 4_000, () -> "There are descriptors for 2,000 sessions: " + free);
			return (int) Math.min(wanted, free / 4 * 2);
		}
		return wanted;
	}

	private SocketServer start(String name) {
		return RunningServers.started(this.servers, RunningServers.upperSpec(name).address("127.0.0.1").build());
	}

	private void open(SocketServer server, int count) throws IOException {
		InetSocketAddress address = server.localAddress();
		long before = server.statistics().opened();
		for (int i = 1; i <= count; i++) {
			this.peers.add(SocketChannel.open(address));
			if (i % 50 == 0 || i == count) {
				// So that the backlog does not overflow.
				long opened = before + i;
				await().pollInterval(Duration.ofMillis(5))
					.atMost(Patience.limit())
					.until(() -> server.statistics().opened() == opened);
			}
		}
		// Each is counted before it is listed.
		await().pollInterval(Duration.ofMillis(5))
			.until(() -> LongStream.rangeClosed(before + 1, before + count)
				.allMatch((number) -> server.session(server.name() + "-" + number).isPresent()));
	}

	private static String ask(TestPeer peer, String line) {
		try {
			assertThat(peer.ask(line)).isEqualToIgnoringCase(line);
			return line;
		}
		catch (IOException ex) {
			throw new AssertionError("The traffic of another session stopped", ex);
		}
	}

	private JsonNode get(String query) throws Exception {
		return ActuatorClient.json(request(query), 200);
	}

	private HttpRequest request(String query) {
		return ActuatorClient.request(this.port, "GET", "socketsessions?" + query, null, ActuatorClient.JSON);
	}

}
