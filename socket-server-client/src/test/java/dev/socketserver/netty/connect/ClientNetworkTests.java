package dev.socketserver.netty.connect;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.OwnNetwork;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.epoll.Epoll;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Clients in networks that are made for them: a link that goes down without a word, and
 * one in which a client connects to itself. Needs Linux, root, and iproute2.
 */
@EnabledOnOs(OS.LINUX)
class ClientNetworkTests {

	private static final String CLIENT_LINK = "02:00:00:00:00:01";

	private static final String SERVER_LINK = "02:00:00:00:00:02";

	private static final String SERVER = "10.77.0.2";

	private static final int PORT = 7007;

	@BeforeAll
	static void canHaveNetworks() throws Exception {
		String problem = OwnNetwork.problem("""
				ip link set lo up
				ip link add near type veth peer name far
				echo 4000 4000 > /proc/sys/net/ipv4/ip_local_port_range""");
		assumeTrue(problem.isEmpty(), () -> "no networks of its own here: " + problem);
		assumeTrue(Epoll.isAvailable(), "there is no epoll, which has options.user-timeout");
	}

	@Test
	void linkThatGoesDownIsFoundAndTheClientComesBackWithIt() throws Exception {
		try (OtherJvm server = new OtherJvm(OwnNetwork.made(""), List.of(), Far.class);
				OtherJvm clients = new OtherJvm(OwnNetwork.made(""), List.of(), Near.class)) {
			assertThat(server.next()).isEqualTo("listens");
			assertThat(clients.next()).isEqualTo("here");
			// Neighbours that are known need not be asked for, which would be answered by
			// an error: so a link that is down says nothing at all.
			OwnNetwork.in(clients, """
					ip link add near address %s type veth peer name far address %s netns %s
					ip address add 10.77.0.1/24 dev near
					ip link set near up
					ip neighbour replace %s lladdr %s dev near nud permanent""".formatted(CLIENT_LINK, SERVER_LINK,
					server.pid(), SERVER, SERVER_LINK));
			OwnNetwork.in(server, "ip address add " + SERVER + "/24 dev far");
			String up = """
					ip link set far up
					ip neighbour replace 10.77.0.1 lladdr %s dev far nud permanent""".formatted(CLIENT_LINK);
			OwnNetwork.in(server, up);
			clients.command("start");
			awaitBoth(clients, "connected", "connected");

			OwnNetwork.in(server, "ip link set far down");
			awaitBoth(clients, "disconnected HEARTBEAT_TIMEOUT", "disconnected PEER_RESET");
			clients.command("attempts");
			awaitBoth(clients, "in vain TIMEOUT", "in vain TIMEOUT");

			OwnNetwork.in(server, up);
			awaitBoth(clients, "connected", "connected");
		}
	}

	/** One with heartbeats, and one that sends without. */
	private static void awaitBoth(OtherJvm clients, String beats, String sends) throws InterruptedException {
		assertThat(List.of(clients.next(), clients.next())).containsExactlyInAnyOrder("beats " + beats,
				"sends " + sends);
	}

	@Test
	void connectionToItselfIsAFailureThatLeavesNothing() throws Exception {
		try (OtherJvm alone = new OtherJvm(
				OwnNetwork.made("ip link set lo up; echo " + PORT + " " + PORT + " > " + Alone.RANGE), List.of(),
				Alone.class)) {
			assertThat(alone.next()).isEqualTo("to itself, and nothing else");
			assertThat(alone.next()).isEqualTo("the port is free");
			assertThat(alone.next()).isEqualTo("connected");
		}
	}

	@Test
	void hostThatCannotBeReachedIsNamed() throws Exception {
		try (OtherJvm lost = new OtherJvm(OwnNetwork.made("ip link set lo up; ip route add unreachable " + SERVER),
				List.of(), Lost.class)) {
			for (SocketTransport transport : ServerFixture.everyTransport().toList()) {
				assertThat(lost.next()).isEqualTo(transport + " no route to host: " + SERVER + ":" + PORT);
			}
		}
	}

	/** The server. */
	static final class Far {

		private Far() {
		}

		public static void main(String[] args) {
			NettySocketServers servers = new NettySocketServers(List.of());
			servers
				.register(ServerSpec.builder("far")
					.address("any")
					.port(PORT)
					.handler(ServerHandler.function("discard", PayloadConverter.text(UTF_8), (text) -> null))
					.framing(Framing.lengthField().build())
					.heartbeat(new Heartbeat(Duration.ofMillis(100), Duration.ofSeconds(60)))
					.build())
				.start();
			OtherJvm.say("listens");
		}

	}

	/** The clients of a server that is far away. */
	static final class Near {

		private Near() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			NettySocketServers servers = new NettySocketServers(List.of());
			NettySocketClients clients = new NettySocketClients(servers, () -> List.of(new SocketClientListener() {

				@Override
				public void connected(SocketClient client, SocketSession session) {
					OtherJvm.say(client.name() + " connected");
				}

				@Override
				public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
					OtherJvm.say(client.name() + " disconnected " + status.reason());
				}

			}));
			SocketClient beats = clients.register(spec("beats")
				// Shorter than anything that the system does about it.
				.heartbeat(new Heartbeat(Duration.ofMillis(100), Duration.ofSeconds(2)))
				.build());
			SocketClient sends = clients
				.register(spec("sends").options(SocketOptions.DEFAULT.userTimeout(Duration.ofSeconds(2)))
					.outbound((o) -> o.capacity(100_000))
					.build());
			OtherJvm.say("here");
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
			assertThat(commands.readLine()).isEqualTo("start");
			beats.start();
			sends.start();
			Executors.newSingleThreadScheduledExecutor()
				.scheduleAtFixedRate(() -> sends.send("x"), 0, 20, TimeUnit.MILLISECONDS);
			assertThat(commands.readLine()).isEqualTo("attempts");
			for (SocketClient client : List.of(beats, sends)) {
				Awaitility.await().atMost(Patience.limit()).until(() -> vain(client) >= 2);
				OtherJvm.say(client.name() + " in vain " + ConnectFailure.TIMEOUT);
			}
			// Ended by the test.
			commands.readLine();
		}

		private static ClientSpec.Builder spec(String name) {
			return ClientSpec.builder(name)
				.host(SERVER)
				.port(PORT)
				.transport(SocketTransport.EPOLL)
				.framing(Framing.lengthField().build())
				.connectTimeout(Duration.ofMillis(500))
				.reconnect(ClientFixture.SOON);
		}

		private static long vain(SocketClient client) {
			return client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L);
		}

	}

	/** A client where the system has one local port only, the one that it connects to. */
	static final class Alone {

		static final String RANGE = "/proc/sys/net/ipv4/ip_local_port_range";

		private Alone() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			List<String> events = new CopyOnWriteArrayList<>();
			NettySocketServers servers = new NettySocketServers(List.of());
			NettySocketClients clients = new NettySocketClients(servers, () -> List.of(new SocketClientListener() {

				@Override
				public void connected(SocketClient client, SocketSession session) {
					events.add("connected");
				}

			}));
			SocketClient client = clients
				.register(ClientSpec.builder("alone").port(PORT).reconnect(ClientFixture.SOON).build());
			client.start();
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> client.statistics().failed().values().stream().mapToLong(Long::longValue).sum() >= 4);
			assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.SELF);
			assertThat(client.failure()).hasMessageContaining("nobody listens on");
			assertThat(events).isEmpty();
			OtherJvm.say("to itself, and nothing else");

			client.disconnect();
			Awaitility.await()
				.until(() -> client.statistics().attempts() == client.statistics().cancelled()
						+ client.statistics().failed().get(ConnectFailure.SELF));
			Files.writeString(Path.of(RANGE), "30000 40000");
			try (ServerSocket server = new ServerSocket()) {
				// As a server that knows nothing of it: closed in order, the connection
				// would keep the port for a minute.
				server.setReuseAddress(false);
				server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
				OtherJvm.say("the port is free");
				client.reconnect();
				server.accept();
				Awaitility.await().until(() -> events.size() == 1);
				assertThat(client.failure()).isNull();
				OtherJvm.say("connected");
			}
			System.exit(0);
		}

	}

	/** A client of a host to which there is no way. */
	static final class Lost {

		private Lost() {
		}

		public static void main(String[] args) {
			Patience.begin();
			NettySocketServers servers = new NettySocketServers(List.of());
			NettySocketClients clients = new NettySocketClients(servers, List::of);
			ServerFixture.everyTransport().forEach((transport) -> {
				SocketClient client = clients
					.register(ClientSpec.builder(transport.name().toLowerCase(Locale.ROOT).replace('_', '-'))
						.host(SERVER)
						.port(PORT)
						.transport(transport)
						.connectTimeout(Patience.limit())
						.reconnect(ClientFixture.SOON)
						.build());
				client.start();
				Throwable failure = Awaitility.await()
					.atMost(Patience.limit())
					.until(client::failure, Objects::nonNull);
				OtherJvm.say(transport + " " + failure.getMessage());
			});
			System.exit(0);
		}

	}

}
