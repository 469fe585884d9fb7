package dev.socketserver.netty.connect;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A client in a JVM that has no descriptor left for its next connection. */
@EnabledOnOs(OS.LINUX)
class ClientDescriptorTests {

	/** The limit that the program begins with, as io_uring wants it. */
	private static final List<String> LIMITED = List.of("/usr/bin/prlimit", "--nofile=300:");

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Transport
	void clientWithoutDescriptorsGoesOnTryingAndConnectsWhenThereAreSome(SocketTransport transport) throws Exception {
		assumeTrue(Files.isExecutable(Path.of(LIMITED.get(0))), "there is prlimit");
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);
		try (OtherJvm jvm = new OtherJvm(LIMITED, List.of("-XX:-MaxFDLimit"), Program.class, transport.name(),
				"" + Ports.free(), "" + server.localAddress().getPort())) {
			jvm.await("connected");
			jvm.await("no descriptor left");
			jvm.await("tried in vain");
			jvm.await("connected again");
		}
	}

	/** Takes all descriptors that there are, and has its client connect meanwhile. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			AtomicInteger port = new AtomicInteger(Integer.parseInt(args[1]));
			NettySocketServers servers = new NettySocketServers(List.of());
			SocketClient client = new NettySocketClients(servers, List::of).register(ClientSpec.builder("program")
				.transport(SocketTransport.valueOf(args[0]))
				.byHand(PayloadConverter.text(UTF_8))
				.host("127.0.0.1")
				.port(port::get)
				.reconnect(ClientFixture.SOON)
				.build());
			// A failure first, so that its classes need not be found without descriptors.
			client.start();
			awaitFailures(client, 2);
			port.set(Integer.parseInt(args[2]));
			awaitConnected(client);
			// So with a disconnect, which goes on where the client shows that it is one.
			client.disconnect();
			assertThat(client.receive(Patience.limit())).isInstanceOf(Received.Connected.class);
			assertThat(client.receive(Patience.limit())).isInstanceOf(Received.Disconnected.class);
			client.reconnect();
			awaitConnected(client);
			OtherJvm.say("connected");
			List<Closeable> taken = new ArrayList<>();
			long wanted = failures(client) + 2;
			boolean inVain = false;
			while (!inVain) {
				client.disconnect();
				ClientFixture.await(client, ClientState.DISCONNECTED);
				taken.addAll(takeAll());
				client.reconnect();
				// NIO gives a closed descriptor back at its next select only, and the
				// client may be the one who takes it. A failure is counted before it is
				// shown.
				Awaitility.await()
					.pollInSameThread()
					.until(() -> hasFailed(client, wanted) || client.state() == ClientState.CONNECTED);
				inVain = hasFailed(client, wanted);
			}
			OtherJvm.say("no descriptor left");
			OtherJvm.say("tried in vain");
			for (Closeable one : taken) {
				one.close();
			}
			awaitConnected(client);
			OtherJvm.say("connected again");
			System.exit(0);
		}

		private static boolean hasFailed(SocketClient client, long times) {
			return failures(client) >= times && client.failure() != null;
		}

		private static void awaitFailures(SocketClient client, int more) {
			long before = failures(client);
			Awaitility.await().pollInSameThread().until(() -> failures(client) >= before + more);
		}

		private static long failures(SocketClient client) {
			return client.statistics().failed().values().stream().mapToLong(Long::longValue).sum();
		}

		private static void awaitConnected(SocketClient client) throws Exception {
			ClientFixture.await(client, ClientState.CONNECTED);
			assertThat(client.ask("there?", Patience.limit()).get()).isEqualTo("there?");
		}

		private static List<Closeable> takeAll() {
			List<Closeable> taken = new ArrayList<>();
			try {
				while (true) {
					taken.add(new FileInputStream("/dev/null"));
				}
			}
			catch (IOException ex) {
				return taken;
			}
		}

	}

}
