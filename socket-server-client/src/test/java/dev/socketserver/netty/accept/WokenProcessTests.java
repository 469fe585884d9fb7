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
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.process.Signals;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.listen.Tls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that was stopped for a while takes what has arrived meanwhile before it
 * judges any time.
 */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class WokenProcessTests {

	private static final int PEERS = 5;

	/** Of all that has one of its own; that of a PROXY header is always the same. */
	private final Duration limit = Patience.stretched(ProxyProtocol.HEADER_TIMEOUT);

	@RegisterExtension
	private final Opened opened = new Opened();

	private Socket connect(OtherJvm servers) throws Exception {
		Socket peer = this.opened.add(new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(servers.next())));
		// Who reads while the program stands still waits for that, too.
		peer.setSoTimeout(Patience.millis() + (int) standstill().toMillis());
		return peer;
	}

	/**
	 * Stops a program. Until it stands still, no time may be over that has begun there.
	 * @param begun when the first of them began, or before
	 * @return {@code false} if this JVM stood still itself meanwhile, or was busy
	 */
	private boolean stopsInTime(OtherJvm program, long begun) {
		Signals.send(program.pid(), "STOP");
		return System.nanoTime() - begun < this.limit.toNanos();
	}

	/** How long the program stands still: longer than all its times. */
	private Duration standstill() {
		return this.limit.multipliedBy(2).plusSeconds(1);
	}

	/** Lets the program stand still for so long, and go on. */
	private void goOn(OtherJvm program) {
		long stopped = System.nanoTime();
		long longer = standstill().toNanos();
		Awaitility.await().atMost(Patience.limit().plusNanos(longer)).until(() -> System.nanoTime() - stopped > longer);
		Signals.send(program.pid(), "CONT");
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
		Patience.undisturbed(Duration.ofSeconds(1), () -> {
			do {
				// Some time was over before.
				this.opened.closeAll();
			}
			while (!isServedAfterAStop(keys));
		});
	}

	private boolean isServedAfterAStop(Path keys) throws Exception {
		Map<String, List<Socket>> peers = new LinkedHashMap<>();
		try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				OtherJvm program = new OtherJvm(List.of(), List.of(), Program.class, keys.toString(),
						"" + upstream.getLocalPort(), "" + this.limit.toMillis())) {
			program.await("here");
			long begun = System.nanoTime();
			long last = begun;
			for (String kind : Program.KINDS) {
				last = System.nanoTime();
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
				boolean inTime = stopsInTime(program, begun);
				if (!inTime || System.nanoTime() - last > ProxyProtocol.HEADER_TIMEOUT.toNanos()) {
					return false;
				}
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
				goOn(program);

				for (Socket peer : peers.get("login")) {
					assertThat(line(peer)).as("login").isEqualTo("me");
				}
				for (Socket peer : peers.get("proxy")) {
					assertThat(line(peer)).as("PROXY header").isEqualTo("me");
				}
				for (CompletableFuture<String> each : secured) {
					assertThat(Patience.await(each)).as("TLS handshake").isEqualTo("me");
				}
				program.await("answer");
				for (Socket peer : peers.get("login")) {
					send(peer, "still me\n");
					assertThat(line(peer)).isEqualTo("still me");
				}
				return true;
			}
		}
	}

	/**
	 * A session that ends waits for the reply to its request, within the time of a stop.
	 */
	@Test
	void whatHasArrivedCountsBeforeTheTimeOfAStopIsOver() throws Exception {
		while (!isAnsweredAfterAStop()) {
			// The time was over before.
		}
	}

	private boolean isAnsweredAfterAStop() throws Exception {
		try (OtherJvm program = new OtherJvm(List.of(), List.of(), Stopping.class, "" + this.limit.toMillis());
				Socket peer = connect(program);
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))) {
			send(peer, "ask me\n");
			assertThat(lines.readLine()).isEqualTo("question");
			long begun = System.nanoTime();
			program.command("stop");
			program.await("stopping");
			if (!stopsInTime(program, begun)) {
				return false;
			}
			send(peer, "answer\n");
			goOn(program);
			assertThat(lines.readLine()).isEqualTo("got answer");
			assertThat(lines.readLine()).isNull();
			program.await("stopped {SERVER_STOPPED=1}");
			return true;
		}
	}

	/** A server whose queue of connections is full answers once there is room. */
	@Test
	void aConnectionThatWasMadeCountsBeforeTheTimeForItIsOver() throws Exception {
		while (!isConnectedAfterAStop()) {
			// The time was over before.
		}
	}

	private boolean isConnectedAfterAStop() throws Exception {
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
				Socket second = new Socket(full.getInetAddress(), full.getLocalPort());
				OtherJvm program = new OtherJvm(List.of(), List.of(), Connecting.class, "" + full.getLocalPort(),
						"" + this.limit.toMillis())) {
			assertThat(List.of(first, second)).as("those that fill the queue").allMatch(Socket::isConnected);
			program.await("here");
			long begun = System.nanoTime();
			program.command("connect");
			program.await("connecting");
			if (!stopsInTime(program, begun)) {
				return false;
			}
			full.accept().close();
			full.accept().close();
			goOn(program);
			program.await("connected after 1");
			return true;
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

		static final List<String> KINDS = List.of("login", "tls", "proxy");

		private Program() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			Duration limit = Duration.ofMillis(Long.parseLong(args[2]));
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
						.login((login) -> login.timeout(limit).by(LoginBy.IDENTITY))
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
						.tls(new Tls(stored.bundle(), stored.clientAuth(), limit, Map.of(), stored.clientHelloBytes()))
						.build()));
			all.values().forEach(SocketServer::start);
			SocketClient client = new NettySocketClients(servers, List::of)
				.register(ClientSpec.builder("it").port(Integer.parseInt(args[1])).build());
			client.start();
			OtherJvm.say("here");
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = commands.readLine(); line != null; line = commands.readLine()) {
				String[] words = line.split(" ");
				switch (words[0]) {
					case "port" ->
						OtherJvm.say("" + Objects.requireNonNull(all.get(words[1]).localAddress()).getPort());
					case "ask" -> client.ask("question", limit)
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
			Duration limit = Duration.ofMillis(Long.parseLong(args[0]));
			NettySocketServers servers = new NettySocketServers(List.of());
			SessionHandler handler = (line, session) -> session.ask("question", Duration.ofHours(1))
				.thenApply((reply) -> "got " + reply);
			SocketServer server = servers
				.register(ServerSpec.builder("stopping").handler(ServerFixture.messages("asks", handler)).build());
			server.start();
			OtherJvm.say("" + Objects.requireNonNull(server.localAddress()).getPort());
			new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
			CompletableFuture<?> stopped = server.stopped();
			new Thread(() -> server.stop(limit)).start();
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
			Duration limit = Duration.ofMillis(Long.parseLong(args[1]));
			NettySocketServers servers = new NettySocketServers(List.of());
			SocketClient client = new NettySocketClients(servers, List::of).register(ClientSpec.builder("it")
				.port(Integer.parseInt(args[0]))
				.connectTimeout(limit)
				.route((route) -> route.attemptDelay(null))
				.build());
			OtherJvm.say("here");
			assertThat(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine())
				.isEqualTo("connect");
			client.start();
			Awaitility.await().until(() -> asksFor(args[0]));
			OtherJvm.say("connecting");
			Awaitility.await()
				.atMost(Duration.ofHours(1))
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
