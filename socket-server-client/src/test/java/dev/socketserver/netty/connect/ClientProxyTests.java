package dev.socketserver.netty.connect;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.Route;
import dev.socketserver.client.Route.Proxy.Type;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.spec.InvalidSpecException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Clients that connect through a proxy: one of the test, which says what it was asked,
 * and real ones, where the machine has them.
 */
class ClientProxyTests {

	private static final String SECRET = "s3cr3t-Word";

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketClient.class);

	private SocketClient start(String host, int port, Route.Proxy proxy) {
		return this.fixture.start(port, (spec) -> spec.host(host).route((route) -> route.proxy(proxy)));
	}

	private static Route.Proxy proxy(Type type, int port, @Nullable String username, @Nullable String password) {
		return new Route.Proxy(type, "127.0.0.1", port, username, password);
	}

	@ParameterizedTest
	@EnumSource
	void theProxyResolvesTheName(Type type) throws Exception {
		try (TestProxy server = new TestProxy(type, false)) {
			SocketClient client = start("plant.invalid", 7100, proxy(type, server.port(), null, null));
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
			// Sent at once behind the reply of the proxy.
			assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("welcome"));
			assertThat(Patience.await(client.ask("hello", Patience.limit()))).isEqualTo("hello");
			assertThat(server.asked).containsExactly("plant.invalid:7100");
		}
	}

	@ParameterizedTest
	@EnumSource
	void theProxyIsGivenTheUser(Type type) throws Exception {
		try (TestProxy server = new TestProxy(type, false)) {
			SocketClient client = start("plant.invalid", 7100, proxy(type, server.port(), "gate", SECRET));
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
			assertThat(server.asked).containsExactly("plant.invalid:7100 gate " + SECRET);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aProxyThatRefusesIsAFailureWithoutThePassword(Type type) throws Exception {
		try (TestProxy server = new TestProxy(type, true)) {
			SocketClient client = start("plant.invalid", 7100, proxy(type, server.port(), "gate", SECRET));
			Awaitility.await().atMost(Patience.limit()).until(() -> client.failure() != null);
			assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.PROXY);
			assertThat(client.failure()).hasMessageStartingWith("the proxy does not connect: ")
				.hasMessageContaining("plant.invalid:7100");
			assertThat(this.fixture.events).isEmpty();
			String texts = client.failure() + client.addresses().toString() + client.spec() + this.lines.messages();
			assertThat(texts).doesNotContain(SECRET)
				.doesNotContain(
						Base64.getEncoder().encodeToString(("gate:" + SECRET).getBytes(StandardCharsets.UTF_8)));
		}
	}

	@Test
	void aProxyThatIsDownIsAFailureOfTheProxy() {
		int port = Ports.free();
		SocketClient client = start("plant.invalid", 7100, proxy(Type.SOCKS5, port, null, null));
		Awaitility.await().atMost(Patience.limit()).until(() -> client.failure() != null);
		assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.PROXY);
		assertThat(client.failure()).hasMessageContaining("127.0.0.1:" + port);
	}

	@Test
	void microsocksConnects() throws Exception {
		assumeInstalled("microsocks");
		int port = Ports.free();
		SocketServer server = this.fixture.echo();
		Process process = new ProcessBuilder("microsocks", "-i", "127.0.0.1", "-p", String.valueOf(port), "-u", "gate",
				"-P", SECRET)
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			awaitListening(port);
			SocketClient client = start("localhost", ClientFixture.address(server).getPort(),
					proxy(Type.SOCKS5, port, "gate", SECRET));
			assertThat(Patience.await(client.ask("hello", Patience.limit()))).isEqualTo("hello");
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** The certificate is that of the target, and so is the name that is asked for. */
	@Test
	void tinyproxyConnectsWithTlsToTheTarget(@TempDir Path directory) throws Exception {
		assumeInstalled("tinyproxy");
		int port = Ports.free();
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		Path configuration = Files.writeString(directory.resolve("tinyproxy.conf"), """
				Port %d
				Listen 127.0.0.1
				Timeout 60
				MaxClients 10
				Allow 127.0.0.1
				""".formatted(port));
		Process process = new ProcessBuilder("tinyproxy", "-d", "-c", configuration.toString())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			awaitListening(port);
			SocketClient client = this.fixture.start(ClientFixture.address(server).getPort(),
					(spec) -> spec.host("localhost")
						.tls(ClientTlsTests.tls(ClientTlsTests.trusting(Certificates.TRUSTED)))
						.route((route) -> route.proxy(proxy(Type.HTTP, port, null, null))));
			ClientTlsTests.canAsk(client);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static void assumeInstalled(String program) {
		boolean found = List.of(System.getenv("PATH").split(":"))
			.stream()
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, program)));
		assumeTrue(found, program + " is not installed");
	}

	private static void awaitListening(int port) {
		Awaitility.await().atMost(Patience.limit()).ignoreExceptions().until(() -> {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				return socket.isConnected();
			}
		});
	}

	@Test
	void connectionsComeFromTheLocalAddress() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
			this.fixture.start(server.getLocalPort(), (spec) -> spec.route((route) -> route.localAddress("127.0.0.9")));
			try (Socket accepted = server.accept()) {
				assertThat(accepted.getInetAddress().getHostAddress()).isEqualTo("127.0.0.9");
			}
		}
	}

	@Test
	void connectionsComeFromALinkLocalAddressWithItsZone() throws Exception {
		Inet6Address local = linkLocal();
		assumeTrue(local != null, "there is a link-local address");
		String text = local.getHostAddress();
		assertThat(text).contains("%");
		try (ServerSocket server = new ServerSocket(0, 50, local)) {
			SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
				.host(text)
				.port(server.getLocalPort())
				.route((route) -> route.localAddress(text))
				.build());
			client.start();
			ClientFixture.await(client, ClientState.CONNECTED);
			try (Socket accepted = server.accept()) {
				assertThat(accepted.getInetAddress()).isEqualTo(local);
			}
		}
	}

	private static @Nullable Inet6Address linkLocal() throws IOException {
		for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
			for (InetAddress address : Collections.list(each.getInetAddresses())) {
				if (address instanceof Inet6Address found && found.isLinkLocalAddress() && each.isUp()) {
					return found;
				}
			}
		}
		return null;
	}

	@ParameterizedTest
	@CsvSource({ "fe80::1, 'must name the interface of a link-local address, such as fe80::1%eth0'",
			"fe80::1%, must be an address of this machine", "127.0.0.1%lo, must be an address of this machine" })
	void localAddressesThatCannotWorkAreRefused(String address, String problem) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it").port(1).route((route) -> route.localAddress(address)))
			.withMessageContaining(problem);
	}

	@Test
	void anInterfaceThatIsAbsentIsAFailedAttempt() {
		SocketClient client = this.fixture.start(1,
				(spec) -> spec.route((route) -> route.localAddress("fe80::1%absent0")));
		Awaitility.await().atMost(Patience.limit()).until(() -> client.failure() != null);
		assertThat(client.failure()).hasMessageContaining("fe80::1%absent0");
	}

	@Test
	void anAddressOfAnotherMachineIsAFailedAttempt() {
		SocketClient client = this.fixture.start(1, (spec) -> spec.route((route) -> route.localAddress("192.0.2.7")));
		Awaitility.await().atMost(Patience.limit()).until(() -> client.failure() != null);
		assertThat(client.failure()).hasMessageContaining("assign requested address");
	}

	@ParameterizedTest
	@CsvSource({ "'', 1, gate, x, proxy.host", "http://proxy, 1, gate, x, proxy.host", "proxy, 0, gate, x, proxy.port",
			"proxy, 1, , x, proxy.username" })
	void impossibleProxiesAreRefused(String host, int port, @Nullable String username, String password,
			String component) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> new Route.Proxy(Type.HTTP, host, port, username, password))
			.satisfies((ex) -> assertThat(ex.component()).isEqualTo(component));
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it").port(1).route((route) -> route.localAddress("eth0")));
	}

	/** Says what it was asked, and is then the server itself, which begins. */
	private static final class TestProxy implements AutoCloseable {

		private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final List<String> asked = new CopyOnWriteArrayList<>();

		private final Type type;

		private final boolean refuses;

		TestProxy(Type type, boolean refuses) throws IOException {
			this.type = type;
			this.refuses = refuses;
			Thread thread = new Thread(this::serve, "proxy");
			thread.setDaemon(true);
			thread.start();
		}

		int port() {
			return this.listening.getLocalPort();
		}

		private void serve() {
			while (!this.listening.isClosed()) {
				try (Socket socket = this.listening.accept()) {
					byte[] reply = (this.type == Type.HTTP) ? connect(socket) : socks(socket);
					ByteArrayOutputStream both = new ByteArrayOutputStream();
					both.write(reply);
					if (!this.refuses) {
						both.write("welcome\n".getBytes(StandardCharsets.UTF_8));
					}
					OutputStream output = socket.getOutputStream();
					output.write(both.toByteArray());
					if (!this.refuses) {
						socket.getInputStream().transferTo(output);
					}
				}
				catch (IOException ex) {
					// It is over.
				}
			}
		}

		private byte[] connect(Socket socket) throws IOException {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
			String target = reader.readLine().split(" ")[1];
			String who = "";
			for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
				if (line.toLowerCase().startsWith("proxy-authorization: basic ")) {
					byte[] decoded = Base64.getDecoder().decode(line.substring(line.lastIndexOf(' ') + 1));
					who = " " + new String(decoded, StandardCharsets.UTF_8).replace(':', ' ');
				}
			}
			this.asked.add(target + who);
			String status = this.refuses ? "403 Forbidden" : "200 OK";
			return ("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
		}

		private byte[] socks(Socket socket) throws IOException {
			DataInputStream input = new DataInputStream(socket.getInputStream());
			input.readByte();
			byte[] methods = input.readNBytes(input.readByte());
			boolean password = methods[methods.length - 1] == 2;
			socket.getOutputStream().write(new byte[] { 5, (byte) (password ? 2 : 0) });
			String who = "";
			if (password) {
				input.readByte();
				who = " " + text(input) + " " + text(input);
				socket.getOutputStream().write(new byte[] { 1, 0 });
			}
			input.readNBytes(4);
			this.asked.add(text(input) + ":" + input.readUnsignedShort() + who);
			return new byte[] { 5, (byte) (this.refuses ? 2 : 0), 0, 1, 0, 0, 0, 0, 0, 0 };
		}

		private static String text(DataInputStream input) throws IOException {
			return new String(input.readNBytes(input.readByte()), StandardCharsets.UTF_8);
		}

		@Override
		public void close() throws IOException {
			this.listening.close();
		}

	}

}
