package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Security;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A host whose name is unknown, known, moved and forgotten while a client keeps its
 * connection: in a JVM of its own, whose names are read from a file and not remembered.
 */
@EnabledOnOs(OS.LINUX) // has all of 127.0.0.0/8
class ClientDnsTests {

	@Test
	void eachAttemptAsksAnewWhereTheServerIs(@TempDir Path directory) throws Exception {
		Path hosts = Files.createFile(directory.resolve("hosts"));
		try (OtherJvm jvm = new OtherJvm(List.of(), List.of("-Djdk.net.hosts.file=" + hosts), Program.class,
				hosts.toString())) {
			assertThat(jvm.next()).isEqualTo("unknown at first");
			assertThat(jvm.next()).isEqualTo("connected to 127.77.3.1");
			assertThat(jvm.next()).isEqualTo("moved to 127.77.3.2");
			assertThat(jvm.next()).isEqualTo("unknown again");
			assertThat(jvm.next()).isEqualTo("connected to 127.77.3.1 again");
			assertThat(jvm.next()).isEqualTo("connected to the one of three addresses that listens");
			assertThat(jvm.next()).isEqualTo("connected to the one of two addresses that does not close at once");
			assertThat(jvm.next()).isEqualTo("connected to the one behind the one that closes at once");
		}
	}

	/** What goes on in the other JVM. */
	static final class Program {

		private static final String FIRST = "127.77.3.1";

		private static final String SECOND = "127.77.3.2";

		private final Path hosts;

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		private Program(Path hosts) {
			this.hosts = hosts;
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			Security.setProperty("networkaddress.cache.ttl", "0");
			Security.setProperty("networkaddress.cache.negative.ttl", "0");
			new Program(Path.of(args[0])).run();
			System.exit(0);
		}

		/** Has the name mean these addresses from now on. */
		private void resolve(String... addresses) throws IOException {
			StringBuilder lines = new StringBuilder();
			for (String address : addresses) {
				lines.append(address).append(" meter.test\n");
			}
			Path next = Files.writeString(this.hosts.resolveSibling("next"), lines);
			Files.move(next, this.hosts, StandardCopyOption.ATOMIC_MOVE);
		}

		private void run() throws Exception {
			SocketClientListener listener = new SocketClientListener() {

				@Override
				public void connected(SocketClient client, SocketSession session) {
					Program.this.events.add(session.remoteAddress().getAddress().getHostAddress());
				}

				@Override
				public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
					Program.this.events.add("disconnected");
				}

			};
			try (ServerSocket first = new ServerSocket(0, 50, InetAddress.getByName(FIRST));
					ServerSocket second = new ServerSocket(first.getLocalPort(), 50, InetAddress.getByName(SECOND));
					NettySocketServers servers = new NettySocketServers(List.of());
					NettySocketClients clients = new NettySocketClients(servers, () -> List.of(listener))) {
				SocketClient client = clients.register(ClientSpec.builder("meter")
					.host("meter.test")
					.port(first.getLocalPort())
					.reconnect(ClientFixture.SOON)
					.build());
				client.start();
				awaitUnknown(client);
				assertThat(client.failure()).hasMessageContaining("meter.test");
				OtherJvm.say("unknown at first");

				resolve(FIRST);
				Socket one = first.accept();
				assertThat(next()).isEqualTo(FIRST);
				OtherJvm.say("connected to " + FIRST);

				// What is there stays, wherever the name moves.
				resolve(SECOND);
				Patience.await(client.send("still here"));
				assertThat(one.getInputStream().readNBytes(11)).asString().isEqualTo("still here\n");
				assertThat(this.events).isEmpty();
				one.close();
				Socket two = second.accept();
				assertThat(next()).isEqualTo("disconnected");
				assertThat(next()).isEqualTo(SECOND);
				OtherJvm.say("moved to " + SECOND);

				resolve();
				two.close();
				assertThat(next()).isEqualTo("disconnected");
				awaitUnknown(client);
				assertThat(this.events).isEmpty();
				OtherJvm.say("unknown again");

				resolve(FIRST);
				Socket three = first.accept();
				assertThat(next()).isEqualTo(FIRST);
				OtherJvm.say("connected to " + FIRST + " again");

				long failed = refused(client);
				resolve("127.77.3.8", "127.77.3.9", SECOND);
				three.close();
				assertThat(next()).isEqualTo("disconnected");
				Socket four = second.accept();
				assertThat(next()).isEqualTo(SECOND);
				// Others of the name that do not answer are no failed attempts.
				assertThat(refused(client)).isEqualTo(failed);
				OtherJvm.say("connected to the one of three addresses that listens");

				Thread closing = new Thread(() -> closeAtOnce(first), "closes at once");
				closing.setDaemon(true);
				closing.start();
				resolve(FIRST, SECOND);
				four.close();
				assertThat(next()).isEqualTo("disconnected");
				Socket five = second.accept();
				Awaitility.await().atMost(Patience.limit()).until(() -> next().equals(SECOND));
				OtherJvm.say("connected to the one of two addresses that does not close at once");

				Patience.await(client.stop());
				assertThat(next()).isEqualTo("disconnected");
				resolve("127.77.3.8", FIRST, SECOND);
				client.start();
				Socket six = second.accept();
				assertThat(next()).isEqualTo(FIRST);
				// On a busy machine, a connection that is closed at once lives a while.
				Awaitility.await().atMost(Patience.limit()).until(() -> next().equals(SECOND));
				OtherJvm.say("connected to the one behind the one that closes at once");
				five.close();
				six.close();
			}
		}

		private String next() throws InterruptedException {
			return String.valueOf(this.events.poll(Patience.limit().toSeconds(), TimeUnit.SECONDS));
		}

		/** Like a proxy whose server is gone. */
		private static void closeAtOnce(ServerSocket listening) {
			try {
				while (true) {
					listening.accept().close();
				}
			}
			catch (IOException ex) {
				// The test is over.
			}
		}

		private static long refused(SocketClient client) {
			return client.statistics().failed().getOrDefault(ConnectFailure.REFUSED, 0L);
		}

		private static void awaitUnknown(SocketClient client) {
			long before = client.statistics().failed().getOrDefault(ConnectFailure.UNKNOWN_HOST, 0L);
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.UNKNOWN_HOST, 0L) >= before + 2);
		}

	}

}
