package dev.socketserver.netty.accept;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.process.Signals;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.listen.Tls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that was stopped for a while takes what has arrived meanwhile before it
 * judges any time.
 */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class WokenProcessTests {

	private static final Duration LIMIT = Duration.ofSeconds(4);

	/** Longer than the time for a PROXY header, and all others. */
	private static final Duration STOPPED = Duration.ofSeconds(10);

	private static final int PEERS = 5;

	private static Socket connect(OtherJvm servers) throws Exception {
		Socket peer = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(servers.next()));
		peer.setSoTimeout(Patience.millis());
		return peer;
	}

	private static void send(Socket peer, String text) throws IOException {
		peer.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String line(Socket peer) throws IOException {
		return String.valueOf(
				new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8)).readLine());
	}

	@Test
	void whatHasArrivedCountsBeforeATimeIsJudged(@TempDir Path directory) throws Exception {
		Path keys = directory.resolve("keys.p12");
		Certificates.TRUSTED.store("localhost", keys);
		Map<String, List<Socket>> peers = new LinkedHashMap<>();
		try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				OtherJvm program = new OtherJvm(List.of(), List.of(), Program.class, keys.toString(),
						"" + upstream.getLocalPort())) {
			for (String kind : Program.KINDS) {
				List<Socket> some = new ArrayList<>();
				for (int i = 0; i < PEERS; i++) {
					program.command("port " + kind);
					some.add(connect(program));
				}
				peers.put(kind, some);
			}
			try (Socket asked = upstream.accept()) {
				program.command("ask");
				assertThat(line(asked)).isEqualTo("question");
				program.command("accepted " + PEERS);
				program.await("accepted");
				Signals.send(program.pid(), "STOP");
				long stopped = System.nanoTime();
				for (Socket peer : peers.get("login")) {
					send(peer, "me\n");
				}
				for (Socket peer : peers.get("proxy")) {
					send(peer, "PROXY TCP4 127.0.0.1 127.0.0.1 1000 2000\r\nme\n");
				}
				List<CompletableFuture<String>> secured = new ArrayList<>();
				for (Socket peer : peers.get("tls")) {
					secured.add(CompletableFuture.supplyAsync(() -> secured(peer), (task) -> new Thread(task).start()));
				}
				send(asked, "answer\n");
				Awaitility.await()
					.atMost(Patience.limit())
					.until(() -> System.nanoTime() - stopped > STOPPED.toNanos());
				Signals.send(program.pid(), "CONT");

				for (Socket peer : peers.get("login")) {
					assertThat(line(peer)).as("login").isEqualTo("me");
				}
				for (Socket peer : peers.get("proxy")) {
					assertThat(line(peer)).as("PROXY header").isEqualTo("me");
				}
				for (CompletableFuture<String> each : secured) {
					assertThat(each.get(Patience.seconds(), TimeUnit.SECONDS)).as("TLS handshake").isEqualTo("me");
				}
				program.await("answer");
				for (Socket peer : peers.get("login")) {
					send(peer, "still me\n");
					assertThat(line(peer)).isEqualTo("still me");
				}
			}
		}
	}

	/**
	 * A session that ends waits for the reply to its request, within the time of a stop.
	 */
	@Test
	void whatHasArrivedCountsBeforeTheTimeOfAStopIsOver() throws Exception {
		try (OtherJvm program = new OtherJvm(List.of(), List.of(), Stopping.class);
				Socket peer = connect(program);
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))) {
			send(peer, "ask me\n");
			assertThat(lines.readLine()).isEqualTo("question");
			program.command("stop");
			program.await("stopping");
			Signals.send(program.pid(), "STOP");
			long stopped = System.nanoTime();
			send(peer, "answer\n");
			Awaitility.await().atMost(Patience.limit()).until(() -> System.nanoTime() - stopped > STOPPED.toNanos());
			Signals.send(program.pid(), "CONT");
			assertThat(lines.readLine()).isEqualTo("got answer");
			assertThat(lines.readLine()).isNull();
			program.await("stopped {SERVER_STOPPED=1}");
		}
	}

	/** A server whose queue of connections is full answers once there is room. */
	@Test
	void aConnectionThatWasMadeCountsBeforeTheTimeForItIsOver() throws Exception {
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
				Socket second = new Socket(full.getInetAddress(), full.getLocalPort());
				OtherJvm program = new OtherJvm(List.of(), List.of(), Connecting.class, "" + full.getLocalPort())) {
			program.await("connecting");
			assertThat(List.of(first, second)).as("those that fill the queue").allMatch(Socket::isConnected);
			Signals.send(program.pid(), "STOP");
			long stopped = System.nanoTime();
			full.accept().close();
			full.accept().close();
			Awaitility.await().atMost(Patience.limit()).until(() -> System.nanoTime() - stopped > STOPPED.toNanos());
			Signals.send(program.pid(), "CONT");
			program.await("connected after 1");
		}
	}

	private static String secured(Socket peer) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new Anybody() }, null);
			SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(peer, "localhost", 1, true);
			send(secured, "me\n");
			return line(secured);
		}
		catch (Exception ex) {
			return ex.toString();
		}
	}

	/** Servers with a limit each, and a client that asks. */
	static final class Program {

		static final List<String> KINDS = List.of("login", "proxy", "tls");

		private Program() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			NettySocketServers servers = new NettySocketServers(List.of());
			SessionHandler echo = (line, session) -> {
				session.bind("peer", session.id());
				return line;
			};
			ServerHandler handler = ServerFixture.messages("echo", echo);
			Map<String, SocketServer> all = new LinkedHashMap<>();
			all.put("login",
					servers.register(ServerSpec.builder("login")
						.handler(handler)
						.login((login) -> login.timeout(LIMIT).by(LoginBy.IDENTITY))
						.build()));
			all.put("proxy",
					servers.register(ServerSpec.builder("proxy")
						.handler(handler)
						.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.1"))))
						.build()));
			Tls stored = Certificates.stored(args[0]);
			all.put("tls",
					servers.register(ServerSpec.builder("tls")
						.handler(handler)
						.tls(new Tls(stored.bundle(), stored.clientAuth(), LIMIT, Map.of(), stored.clientHelloBytes()))
						.build()));
			all.values().forEach(SocketServer::start);
			SocketClient client = new NettySocketClients(servers, List::of)
				.register(ClientSpec.builder("it").port(Integer.parseInt(args[1])).build());
			client.start();
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = commands.readLine(); line != null; line = commands.readLine()) {
				String[] words = line.split(" ");
				switch (words[0]) {
					case "port" ->
						OtherJvm.say("" + Objects.requireNonNull(all.get(words[1]).localAddress()).getPort());
					case "ask" -> client.ask("question", LIMIT)
						.whenComplete((reply, failure) -> OtherJvm.say((failure != null) ? "" + failure : "" + reply));
					case "accepted" -> {
						long expected = Long.parseLong(words[1]);
						Awaitility.await()
							.until(() -> all.values()
								.stream()
								.allMatch((server) -> server.statistics().accepted() == expected));
						OtherJvm.say("accepted");
					}
					default -> throw new IllegalArgumentException(line);
				}
			}
		}

	}

	/** A server that asks, and is stopped. */
	static final class Stopping {

		private Stopping() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			NettySocketServers servers = new NettySocketServers(List.of());
			SessionHandler handler = (line, session) -> session.ask("question", Duration.ofHours(1))
				.thenApply((reply) -> "got " + reply);
			SocketServer server = servers
				.register(ServerSpec.builder("stopping").handler(ServerFixture.messages("asks", handler)).build());
			server.start();
			OtherJvm.say("" + Objects.requireNonNull(server.localAddress()).getPort());
			new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
			CompletableFuture<?> stopped = server.stopped();
			new Thread(() -> server.stop(LIMIT)).start();
			Awaitility.await().until(() -> server.state() == ServerState.DRAINING);
			OtherJvm.say("stopping");
			stopped.join();
			OtherJvm.say("stopped " + server.statistics().closed());
		}

	}

	/** A client that connects, to addresses one after the other. */
	static final class Connecting {

		private Connecting() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			NettySocketServers servers = new NettySocketServers(List.of());
			SocketClient client = new NettySocketClients(servers, List::of).register(ClientSpec.builder("it")
				.port(Integer.parseInt(args[0]))
				.connectTimeout(LIMIT)
				.route((route) -> route.attemptDelay(null))
				.build());
			client.start();
			Awaitility.await().until(() -> asksFor(args[0]));
			OtherJvm.say("connecting");
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> client.state() == ClientState.CONNECTED || client.failure() != null);
			OtherJvm.say((client.failure() != null) ? "" + client.failure()
					: "connected after " + client.statistics().attempts());
		}

		/** Whether the system has asked for a connection that is not answered. */
		private static boolean asksFor(String port) throws IOException {
			String asked = ".*:%04X 02 .*".formatted(Integer.parseInt(port));
			for (String each : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
				Path sockets = Path.of(each);
				if (Files.exists(sockets)
						&& Files.readAllLines(sockets).stream().anyMatch((line) -> line.matches(asked))) {
					return true;
				}
			}
			return false;
		}

	}

	/** Trusts whoever it is. */
	private static final class Anybody extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
