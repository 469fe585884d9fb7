package dev.socketserver.netty.channel;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.network.OwnNetwork;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A peer that reads all it can, over a link of 16 KB a second. Needs Linux, root, and
 * iproute2.
 */
@EnabledOnOs(OS.LINUX)
class SlowLinkTests {

	private static final int PORT = 7007;

	private static final Duration WRITE = Duration.ofMillis(500);

	/** What the server sends leaves so slowly, segment by segment; the rest does not. */
	private static final String SLOW = """
			ip link set lo mtu 1500 up
			tc qdisc add dev lo root handle 1: htb default 2 r2q 1000
			tc class add dev lo parent 1: classid 1:1 htb rate 1gbit
			tc class add dev lo parent 1: classid 1:2 htb rate 1gbit
			tc qdisc add dev lo parent 1:1 tbf rate 128kbit burst 4000 limit 4000000
			tc filter add dev lo parent 1: protocol ip u32 match ip sport %s 0xffff flowid 1:1
			""".formatted(PORT);

	@BeforeAll
	static void canHaveSlowLinks() throws Exception {
		assumeTrue(Epoll.isAvailable(), "there is no epoll, which reports what has arrived");
		String problem = OwnNetwork.problem(SLOW);
		assumeTrue(problem.isEmpty(), () -> "no slow links here: " + problem);
	}

	@Test
	void whatArrivesCountsForTheTimeOfAWrite() throws Exception {
		try (OtherJvm slow = new OtherJvm(OwnNetwork.made(SLOW), List.of(), Slow.class)) {
			assertThat(slow.next()).isEqualTo("reads on");
		}
	}

	/** A server that sends more than can arrive, and its peer. */
	static final class Slow {

		private Slow() {
		}

		public static void main(String[] args) throws Exception {
			CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
			String much = "x".repeat(16 * 1024 * 1024);
			NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

				@Override
				public void closed(SocketSession session, CloseStatus status) {
					closed.complete(status);
				}

			}));
			SocketServer server = servers.register(ServerSpec.builder("slow")
				.transport(SocketTransport.EPOLL)
				.port(PORT)
				// The system takes tens of KB at a time, which need longer.
				.timeouts((t) -> t.write(WRITE))
				.handler(ServerHandler.function("much", PayloadConverter.text(UTF_8), (line) -> much))
				.build());
			server.start();
			Peer peer = new Peer(server, 64 * 1024);
			peer.send("much\n");
			Thread reader = new Thread(() -> {
				try {
					peer.in().readAllBytes();
				}
				catch (IOException ex) {
					// It was cut, which the server reports.
				}
			});
			reader.setDaemon(true);
			reader.start();
			try {
				OtherJvm.say("was cut: " + closed.get(10 * WRITE.toMillis(), TimeUnit.MILLISECONDS));
			}
			catch (TimeoutException ex) {
				OtherJvm.say("reads on");
			}
			System.exit(0);
		}

	}

}
