package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Route;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.process.Descriptors;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names with several addresses, all of which an attempt tries: in a JVM of its own, whose
 * names are read from a file and not remembered.
 */
@EnabledOnOs(OS.LINUX) // has all of 127.0.0.0/8
class ClientNamesTests {

	@Test
	void allAddressesOfANameAreTried(@TempDir Path directory) throws Exception {
		Path hosts = Files.createFile(directory.resolve("hosts"));
		int races = Rounds.of("name.races", 150, 5_000);
		try (OtherJvm jvm = new OtherJvm(List.of(), List.of("-Djdk.net.hosts.file=" + hosts), Program.class,
				hosts.toString(), String.valueOf(races))) {
			assertThat(jvm.next()).isEqualTo("the last of 16 records listens");
			assertThat(jvm.next()).isEqualTo("the failure names all three");
			assertThat(jvm.next()).isEqualTo("the 17th record is ignored");
			assertThat(jvm.next()).isEqualTo("a black hole holds nobody up");
			assertThat(jvm.next()).isEqualTo("one after the other, the black hole has its share");
			assertThat(jvm.next()).isEqualTo("a black hole alone is named");
			assertThat(jvm.next()).isEqualTo("races leave nothing");
		}
	}

	/** The JVM looks at the system property where the security property is not set. */
	@ParameterizedTest
	@CsvSource({ "0, -1", "-1, 0" })
	void aJvmThatRemembersNamesForEverIsWarnedOf(String system, String security, @TempDir Path directory)
			throws Exception {
		Path hosts = Files.writeString(directory.resolve("hosts"), "127.77.4.1 plant.test proxy.test\n");
		try (OtherJvm jvm = new OtherJvm(List.of(),
				List.of("-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.ttl=" + system), RememberingProgram.class,
				security)) {
			assertThat(jvm.next()).isEqualTo("'name' will not learn that plant.test has moved: the security property "
					+ "networkaddress.cache.ttl has the JVM remember addresses for ever");
			assertThat(jvm.next()).startsWith("'proxied' will not learn that proxy.test has moved");
			assertThat(jvm.next()).isEqualTo("no other");
		}
	}

	/** Starts a client of a name, one by the name of a proxy, and one of an address. */
	static final class RememberingProgram {

		private RememberingProgram() {
		}

		public static void main(String[] args) {
			if (!args[0].equals("0")) {
				Security.setProperty("networkaddress.cache.ttl", args[0]);
			}
			ListAppender<ILoggingEvent> lines = new ListAppender<>();
			// Read while clients still log.
			lines.list = new CopyOnWriteArrayList<>();
			lines.start();
			((Logger) LoggerFactory.getLogger(SocketClient.class)).addAppender(lines);
			try (NettySocketServers servers = new NettySocketServers(List.of());
					NettySocketClients clients = new NettySocketClients(servers, List::of)) {
				clients.register(ClientSpec.builder("name").host("plant.test").port(1).build()).start();
				Route.Proxy proxy = new Route.Proxy(Route.Proxy.Type.SOCKS5, "proxy.test", 1, null, null);
				clients
					.register(ClientSpec.builder("proxied")
						.host("plant.test")
						.port(1)
						.route((route) -> route.proxy(proxy))
						.build())
					.start();
				clients.register(ClientSpec.builder("address").host("127.77.4.1").port(1).build()).start();
				List.copyOf(lines.list)
					.stream()
					.map(ILoggingEvent::getFormattedMessage)
					.filter((line) -> line.contains("for ever"))
					.forEach(OtherJvm::say);
			}
			OtherJvm.say("no other");
			System.exit(0);
		}

	}

	/** What goes on in the other JVM. */
	static final class Program {

		private static final String NAME = "plant.test";

		private final Path hosts;

		private final int races;

		private final NettySocketServers servers = new NettySocketServers(List.of());

		private final NettySocketClients clients = new NettySocketClients(this.servers, List::of);

		private Program(Path hosts, int races) {
			this.hosts = hosts;
			this.races = races;
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			Security.setProperty("networkaddress.cache.ttl", "0");
			Security.setProperty("networkaddress.cache.negative.ttl", "0");
			new Program(Path.of(args[0]), Integer.parseInt(args[1])).run();
			System.exit(0);
		}

		/** Has the name mean these addresses, 127.77.4.x, from now on. */
		private void resolve(int... last) throws IOException {
			List<String> lines = Arrays.stream(last).mapToObj((number) -> address(number) + " " + NAME).toList();
			Path next = Files.write(this.hosts.resolveSibling("next"), lines);
			Files.move(next, this.hosts, StandardCopyOption.ATOMIC_MOVE);
		}

		private static String address(int last) {
			return "127.77.4." + last;
		}

		private SocketClient start(int port, UnaryOperator<ClientSpec.Builder> spec) {
			SocketClient client = this.clients.register(spec
				.apply(ClientSpec.builder("it")
					.host(NAME)
					.port(port)
					.reconnect((reconnect) -> reconnect.period(Duration.ofMinutes(1)).maxPeriod(Duration.ofMinutes(1))))
				.build());
			client.start();
			return client;
		}

		private void remove(SocketClient client) throws Exception {
			this.clients.remove(client.name());
			Patience.await(client.closed());
		}

		private static void awaitConnected(SocketClient client, int last) {
			Awaitility.await().atMost(Patience.limit()).until(() -> client.state() == ClientState.CONNECTED);
			assertThat(client.session().orElseThrow().remoteAddress().getAddress().getHostAddress())
				.isEqualTo(address(last));
			assertThat(client.statistics().failed()).isEmpty();
		}

		private static Throwable failure(SocketClient client) {
			return Awaitility.await().atMost(Patience.limit()).until(client::failure, (failure) -> failure != null);
		}

		private void run() throws Exception {
			try (ServerSocket listening = new ServerSocket(0, 500, InetAddress.getByName(address(20)))) {
				int port = listening.getLocalPort();
				accept(listening);

				resolve(IntStream.rangeClosed(5, 20).toArray());
				SocketClient client = start(port, (spec) -> spec);
				awaitConnected(client, 20);
				remove(client);
				OtherJvm.say("the last of 16 records listens");

				resolve(1, 2, 3);
				client = start(port, (spec) -> spec);
				assertThat(failure(client)).hasMessageStartingWith("none of its 3 addresses accepts: ")
					.hasMessageContainingAll(address(1) + ":" + port + " ", address(2) + ":" + port + " ",
							address(3) + ":" + port + " ", "refused");
				assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.REFUSED);
				assertThat(client.addresses().get(0).failure()).isEqualTo(failure(client).getMessage());
				remove(client);
				OtherJvm.say("the failure names all three");

				resolve(IntStream.rangeClosed(4, 20).toArray());
				client = start(port, (spec) -> spec);
				assertThat(failure(client)).hasMessageStartingWith("none of its 16 addresses accepts: ")
					.message()
					.doesNotContain(address(20));
				remove(client);
				OtherJvm.say("the 17th record is ignored");

				withBlackHole(port);
			}
		}

		private void withBlackHole(int port) throws Exception {
			List<SocketChannel> fillers = new ArrayList<>();
			try (ServerSocket hole = new ServerSocket(port, 1, InetAddress.getByName(address(1)))) {
				InetSocketAddress full = new InetSocketAddress(hole.getInetAddress(), port);
				// The kernel keeps one more than it was asked to, and answers no other.
				for (int i = 0; i < 4; i++) {
					SocketChannel filler = SocketChannel.open();
					filler.configureBlocking(false);
					filler.connect(full);
					fillers.add(filler);
				}
				Awaitility.await().atMost(Patience.limit()).until(() -> fillers.get(1).finishConnect());

				resolve(1, 20);
				long begun = System.nanoTime();
				SocketClient client = start(port, (spec) -> spec.connectTimeout(Duration.ofSeconds(40)));
				awaitConnected(client, 20);
				assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(250),
						Patience.stretched(Duration.ofSeconds(15)));
				remove(client);
				OtherJvm.say("a black hole holds nobody up");

				begun = System.nanoTime();
				// Where timers are late, the share of the first is at the cost of the
				// second.
				Duration shared = Patience.stretched(Duration.ofSeconds(1));
				client = start(port, (spec) -> spec.connectTimeout(shared).route((route) -> route.attemptDelay(null)));
				awaitConnected(client, 20);
				assertThat(Duration.ofNanos(System.nanoTime() - begun))
					.isGreaterThan(shared.dividedBy(2).minusMillis(20));
				remove(client);
				OtherJvm.say("one after the other, the black hole has its share");

				resolve(1, 2);
				client = start(port, (spec) -> spec.connectTimeout(Patience.stretched(Duration.ofMillis(500))));
				assertThat(failure(client)).hasMessageContainingAll(address(1) + ":" + port,
						address(2) + ":" + port + " Connection refused", " ms");
				assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.TIMEOUT);
				remove(client);
				OtherJvm.say("a black hole alone is named");

				race(port);
				Opened.closeAll(fillers);
			}
		}

		/** Another of the addresses is on its way each time, or has just connected. */
		private void race(int port) throws Exception {
			try (ServerSocket second = new ServerSocket(port, 500, InetAddress.getByName(address(21)))) {
				accept(second);
				resolve(21);
				SocketClient client = start(port,
						(spec) -> spec.route((route) -> route.attemptDelay(Duration.ofMillis(1))));
				awaitConnected(client, 21);
				int before = 0;
				for (int i = 0; i < this.races; i++) {
					resolve((i % 2 == 0) ? new int[] { 1, 20, 21 } : new int[] { 21, 1 });
					long connected = client.statistics().connected();
					client.reconnect();
					Awaitility.await()
						.atMost(Patience.limit())
						.pollInterval(Duration.ofMillis(1))
						.until(() -> client.statistics().connected() > connected
								&& client.state() == ClientState.CONNECTED);
					if (i >= 20 && i < 40) {
						// Most of them: a server may accept a moment later.
						before = Math.max(before, Descriptors.open());
					}
				}
				int few = before;
				assertThat(client.statistics().failed()).isEmpty();
				Awaitility.await().atMost(Patience.limit()).until(() -> Descriptors.open() <= few);
				remove(client);
			}
			OtherJvm.say("races leave nothing");
		}

		/** Closes what ends. */
		private static void accept(ServerSocket from) {
			Thread thread = new Thread(() -> {
				while (!from.isClosed()) {
					try (Socket accepted = from.accept()) {
						assertThat(accepted.getInputStream().readAllBytes()).isEmpty();
					}
					catch (IOException ex) {
						// One that has lost a race is reset.
					}
				}
			}, "accepts");
			thread.setDaemon(true);
			thread.start();
		}

	}

}
