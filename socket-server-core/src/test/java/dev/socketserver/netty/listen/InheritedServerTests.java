package dev.socketserver.netty.listen;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.PassedSockets;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.inherit.ListenerInheritance;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Inherited;
import org.assertj.core.api.AbstractStringAssert;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Servers in processes of their own, which are passed sockets as systemd does it. Most of
 * them share one process.
 */
class InheritedServerTests {

	@TempDir
	static Path directory;

	/** What the shared process is passed, by name in its order. */
	private static final List<String> SOCKETS = new ArrayList<>();

	private static final List<Integer> PORTS = new ArrayList<>();

	/** By server, what became of its first start. */
	private static final Map<String, String> STARTS = new HashMap<>();

	private static @Nullable OtherJvm shared;

	private static String pid = "";

	private final List<OtherJvm> programs = new ArrayList<>();

	@BeforeAll
	static void startServers() throws Exception {
		assumeTrue(PassedSockets.available(), "python3 on Linux, which passes the sockets");
		// With port 0 it would get another one when it listens again, which units do not
		// have.
		int taken = Ports.free();
		SOCKETS.addAll(List.of("broken=tcp:127.0.0.1:" + taken, "web=tcp:127.0.0.1:0", "u=udp:127.0.0.1:0",
				"idle=unbound:127.0.0.1:0", "six=tcp:::1:0", "file=file:/etc/hosts", "local=unix:" + path("local"),
				"mine=unix:" + path("mine"), "foreign=unix:" + path("foreign"), "dns=udp:127.0.0.1:0",
				"dns=tcp:127.0.0.1:0", "any=udp:0.0.0.0:0", "everywhere=tcp:0.0.0.0:0", "t=tcp:127.0.0.1:0",
				"p=tcp:127.0.0.1:0", "o=tcp:127.0.0.1:0", "left=tcp:127.0.0.1:0"));
		int low = lowPort();
		if (low > 0) {
			SOCKETS.add("low=udp:0.0.0.0:" + low);
		}
		List<String> words = new ArrayList<>(SOCKETS);
		words.add("unprivileged");
		String user = System.getProperty("user.name");
		shared = new OtherJvm(PassedSockets.before(directory, words.toArray(String[]::new)), List.of(),
				InheritingNode.class, "broken,inherit=" + fd("broken"), "a,inherit=web", "unix,inherit=local",
				"twice,inherit=local,path=" + path("local"), "elsewhere,inherit=local,path=/somewhere/else",
				"port,inherit=local,port=0", "limited,inherit=mine,per-address=3", "mine,inherit=mine,user=" + user,
				"foreign,inherit=foreign,user=65533", "users,inherit=" + fd("web") + ",user=" + user,
				"dns,inherit=dns,udp=", "dns-tcp,inherit=dns", "any,inherit=any,udp=", "again,inherit=dns,udp=",
				"missing,inherit=missing,port=0", "type,inherit=u", "udp,inherit=web,udp=", "idle,inherit=idle",
				"file,inherit=file", "number,inherit=fd:77", "other-port,inherit=web,port=1",
				"family,inherit=six,family=IPV4", "address,inherit=web,address=any",
				"loopback,inherit=everywhere,address=127.0.0.1", "nio,inherit=web,transport=NIO",
				"fits,inherit=everywhere,address=any,transport=EPOLL", "colon,inherit=a:b",
				"six,inherit=" + fd("six") + ",family=IPV6", "standard,inherit=fd:2", "t,inherit=t,tls=",
				"p,inherit=p,proxy=", "o,inherit=o,one-shot=", "low,inherit=low,udp=",
				"leaves,port=" + taken + ",inheriting=left", "takes,inherit=left");
		for (String socket : SOCKETS) {
			PORTS.add((socket.contains("=unix:") || socket.contains("=file:")) ? 0 : port(shared));
		}
		for (String line = shared.next(); pid.isEmpty(); line = shared.next()) {
			String[] each = line.split(" ", 3);
			STARTS.put(each[1], line);
			if (each[0].equals("ready")) {
				pid = each[1];
				break;
			}
		}
	}

	/** Finds a port that only privileged processes may bind, or returns 0. */
	private static int lowPort() throws IOException {
		Path first = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
		// In one piece: a second read finds nothing.
		int end = Files.exists(first) ? Integer.parseInt(Files.readAllLines(first).get(0).trim()) : 0;
		for (int port = end - 1; port > Math.max(0, end - 20); port--) {
			try (DatagramSocket free = new DatagramSocket(port)) {
				return free.getLocalPort();
			}
			catch (IOException ex) {
				// Used, or not permitted here either.
			}
		}
		return 0;
	}

	@AfterAll
	static void endServers() {
		if (shared != null) {
			shared.close();
		}
	}

	@AfterEach
	void end() {
		this.programs.forEach(OtherJvm::close);
	}

	private static Path path(String name) {
		return directory.resolve(name + ".sock");
	}

	private static int index(String socket) {
		return IntStream.range(0, SOCKETS.size())
			.filter((i) -> SOCKETS.get(i).startsWith(socket + "="))
			.findFirst()
			.orElseThrow();
	}

	private static String fd(String socket) {
		return "fd:" + (3 + index(socket));
	}

	private static int port(String socket) {
		return PORTS.get(index(socket));
	}

	private static OtherJvm shared() {
		return Objects.requireNonNull(shared);
	}

	/** Has the shared process do something with a server. */
	private static void perform(String action, String server) throws Exception {
		shared().command(action + " " + server);
		assertThat(shared().next()).isEqualTo("%s %s true".formatted(action, server));
	}

	private static String kind(String server) throws Exception {
		shared().command("kind " + server);
		return shared().next();
	}

	/** Starts a node with servers, behind words that say which sockets it is passed. */
	private OtherJvm node(List<String> sockets, String... servers) throws IOException {
		OtherJvm node = new OtherJvm(PassedSockets.before(directory, sockets.toArray(String[]::new)), List.of(),
				InheritingNode.class, servers);
		this.programs.add(node);
		return node;
	}

	private static int port(OtherJvm node) throws InterruptedException {
		String line = node.next();
		assertThat(line).startsWith("port ");
		return Integer.parseInt(line.substring(5));
	}

	private static String pid(OtherJvm node) throws InterruptedException {
		String line = node.next();
		assertThat(line).startsWith("ready ");
		return line.substring(6);
	}

	private static void assertStarted(String server, String address, @Nullable String inherited) {
		assertThat(STARTS.get(server)).isEqualTo("started %s %s %s".formatted(server, address, inherited));
	}

	private static AbstractStringAssert<?> assertFailed(String server) {
		return assertThat(STARTS.get(server)).startsWith("failed " + server);
	}

	@Test
	void listensOnThePassedSocketFromOneStartToTheNext() throws Exception {
		int port = port("web");
		assertStarted("a", "127.0.0.1:" + port, "web");
		try (TestPeer peer = TestPeer.connect(port)) {
			assertThat(peer.ask("one")).isEqualTo(pid + " one");
			perform("stop", "a");
			assertThat(peer.read()).isNull();
		}
		assertThat(kind("a")).isEqualTo("kind a TCP");
		// Neither refused nor reset: it waits.
		try (TestPeer waiting = TestPeer.connect(port)) {
			waiting.send("two\n");
			perform("start", "a");
			assertThat(waiting.line()).isEqualTo(pid + " two");
			perform("pause", "a");
			try (TestPeer paused = TestPeer.connect(port)) {
				paused.send("three\n");
				perform("restart", "a");
				assertThat(paused.line()).isEqualTo(pid + " three");
			}
		}
	}

	@Test
	void resumesWithThoseWhoWaited() throws Exception {
		perform("pause", "dns-tcp");
		try (TestPeer waiting = TestPeer.connect(PORTS.get(index("dns") + 1))) {
			waiting.send("waiting\n");
			perform("resume", "dns-tcp");
			assertThat(waiting.line()).isEqualTo(pid + " waiting");
		}
	}

	@Test
	void inheritsUnixSocketsAndLeavesTheFile() throws Exception {
		Path path = path("local");
		assertStarted("unix", "unix:" + path, "local");
		assertFailed("twice").startsWith("failed twice INHERITED_SOCKET: Server 'twice' cannot listen on "
				+ "inherited:local: is 'local', which server 'unix' uses already");
		assertFailed("elsewhere").contains(" is a listening Unix socket at unix:" + path
				+ ", where the server needs a listening Unix socket at unix:/somewhere/else");
		assertFailed("port").contains("where the server needs a listening TCP socket");
		assertFailed("limited").contains("limits.sessionsPerAddress is 3, but goes by the addresses of peers");
		try (UnixPeer peer = UnixPeer.connect(path)) {
			assertThat(peer.ask("x")).isEqualTo(pid + " x");
		}
		assertThat(kind("unix")).isEqualTo("kind unix UNIX");
		perform("stop", "unix");
		// It is known without a start.
		assertThat(kind("unix")).isEqualTo("kind unix UNIX");
		assertThat(Files.exists(path)).isTrue();
		try (UnixPeer waiting = UnixPeer.connect(path)) {
			waiting.send("y\n");
			perform("start", "unix");
			assertThat(waiting.line()).isEqualTo(pid + " y");
		}
	}

	@Test
	void aStartThatFailsElsewhereLeavesTheSocketToOthers() {
		assertFailed("leaves").startsWith("failed leaves PORT_IN_USE");
		assertStarted("takes", "127.0.0.1:" + port("left"), "left");
	}

	/** Without a path it must be a Unix socket all the same. */
	@Test
	void usersAreCheckedOnInheritedUnixSockets() throws Exception {
		assertStarted("mine", "unix:" + path("mine"), "mine");
		assertFailed("users").contains("where the server needs a listening Unix socket ->");
		try (UnixPeer peer = UnixPeer.connect(path("mine"))) {
			assertThat(peer.ask("x")).isEqualTo(pid + " x");
		}
		assertStarted("foreign", "unix:" + path("foreign"), "foreign");
		try (UnixPeer peer = UnixPeer.connect(path("foreign"))) {
			assertThat(peer.rest()).isEmpty();
		}
	}

	@Test
	void inheritsSocketsOfUdp() throws Exception {
		int udp = port("dns");
		int tcp = PORTS.get(index("dns") + 1);
		int any = port("any");
		assertStarted("dns", "127.0.0.1:" + udp, "dns");
		assertStarted("dns-tcp", "127.0.0.1:" + tcp, "dns");
		assertStarted("any", "0.0.0.0:" + any, "any");
		assertFailed("again").contains("which server 'dns' uses already");
		try (TestPeer peer = TestPeer.connect(tcp)) {
			assertThat(peer.ask("a")).isEqualTo(pid + " a");
		}
		assertThat(askDatagram("127.0.0.1", udp)).isEqualTo(pid + " datagram\n");
		assertThat(askDatagram("127.0.0.2", any)).isEqualTo(pid + " datagram\n");
		for (String each : List.of("dns", "any")) {
			perform("stop", each);
			perform("start", each);
		}
		assertThat(askDatagram("127.0.0.1", udp)).isEqualTo(pid + " datagram\n");
		assertThat(askDatagram("127.0.0.3", any)).isEqualTo(pid + " datagram\n");
	}

	/** A reply from another address would not arrive. */
	private static String askDatagram(String host, int port) throws IOException {
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.connect(new InetSocketAddress(InetAddress.getByName(host), port));
			peer.setSoTimeout(Patience.millis());
			peer.send(new DatagramPacket("datagram\n".getBytes(UTF_8), 9));
			DatagramPacket reply = new DatagramPacket(new byte[100], 100);
			peer.receive(reply);
			return new String(reply.getData(), 0, reply.getLength(), UTF_8);
		}
	}

	@Test
	void warnsWhereRepliesMayLeaveFromAnotherAddress() throws Exception {
		assumeTrue(SOCKETS.stream().anyMatch((each) -> each.startsWith("low=")),
				"a port below 1024 that this process may bind");
		assertStarted("low", "0.0.0.0:" + port("low"), "low");
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.send(new DatagramPacket("datagram\n".getBytes(UTF_8), 9, InetAddress.getByName("127.0.0.2"),
					port("low")));
		}
		shared().command("warning now");
		assertThat(shared().next()).startsWith("'low' cannot have a socket at 127.0.0.2:" + port("low")
				+ ", so that replies to whoever asks there may leave from another address");
	}

	@Test
	void saysWhatWasFoundInPlaceOfWhatIsNeeded() throws Exception {
		int web = port("web");
		assertFailed("missing").startsWith("failed missing INHERITED_SOCKET: Server 'missing' cannot listen on "
				+ "inherited:missing: is 'missing', and the sockets that this process was passed are [broken (fd:3), "
				+ "web (fd:4), u (fd:5), ")
			.endsWith(" -> Use one of these names, or set FileDescriptorName= in the socket unit");
		assertFailed("type").contains("is 'u', and descriptor 5 is a UDP socket at 127.0.0.1:" + port("u")
				+ ", where the server needs a listening TCP or Unix socket");
		assertFailed("udp").contains("is 'web', and descriptor 4 is a listening TCP socket at 127.0.0.1:" + web
				+ ", where the server needs a UDP socket");
		assertFailed("idle").contains("is a connected or unbound TCP socket at 127.0.0.1:" + port("idle")
				+ ", where the server needs a listening TCP or Unix socket");
		assertFailed("file").contains(" is no socket, where the server needs a socket");
		assertFailed("number").contains("is 'fd:77', and the sockets that this process was passed are");
		assertFailed("other-port").contains("needs a listening TCP socket with port 1");
		assertFailed("family")
			.contains(" is a listening TCP socket at [::1]:%s, where the server needs ".formatted(port("six"))
					+ "a listening TCP socket of IPv4");
		assertFailed("address").contains("needs a listening TCP socket at address any");
		assertFailed("loopback")
			.contains(" is a listening TCP socket at 0.0.0.0:%s, where ".formatted(port("everywhere"))
					+ "the server needs a listening TCP socket at address 127.0.0.1");
		assertFailed("nio").contains("transport is NIO, but cannot inherit a socket: use epoll or kqueue");
		assertStarted("fits", "0.0.0.0:" + port("everywhere"), "everywhere");
		assertFailed("colon").contains("inherit is a:b, but must be a FileDescriptorName");
		assertStarted("six", "[::1]:" + port("six"), fd("six"));
		assertFailed("standard").contains("is 'fd:2', and the sockets");
	}

	@Test
	void bindsItselfWithoutPassedSocketsIfAPortIsSet() {
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			SocketServer without = servers.register(spec("a").inherit("web").build());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(without::start)
				.withMessageContaining(
						"cannot listen on inherited:web: is 'web', and this process was passed no sockets: ");
			List<ServerSpec> specs = List.of(spec("b").inherit("web").port(0).build(),
					spec("u").inherit("web").port(0).udp((udp) -> udp.evict(true)).build(),
					spec("c").inherit("web").domainSocket((unix) -> unix.path(path("own").toString())).build());
			for (ServerSpec spec : specs) {
				SocketServer server = servers.register(spec);
				server.start();
				assertThat(Addresses.format(server.localAddress())).matches("127\\.0\\.0\\.1:\\d+|unix:" + path("own"));
				assertThat(ServerOperations.of(server).inherited()).isNull();
			}
		}
	}

	private static ServerSpec.Builder spec(String name) {
		return ServerSpec.builder(name)
			.framing(Framing.line())
			.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> line));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "7 | two | web | LISTEN_FDS is 'two', which is no number of descriptors",
			"8 | 1 | web | passed no sockets: LISTEN_PID is '7', and this process is 8",
			"7 | 2 | web | LISTEN_FDNAMES is 'web', which does not have one name for each of the 2 descriptors" })
	void saysWhatIsWrongWithTheVariables(long process, String number, String names, String found) {
		ServerSpec spec = spec("a").inherit("web").port(0).build();
		dev.socketserver.engine.inherit.PassedSockets passed = new dev.socketserver.engine.inherit.PassedSockets(
				Map.of("LISTEN_PID", "7", "LISTEN_FDS", number, "LISTEN_FDNAMES", names), process);
		ListenerInheritance inheritance = new ListenerInheritance(spec, spec.listeners().get(0),
				(Inherited) spec.listenOn(), passed);
		assertThat(inheritance.applies()).isEqualTo(process == 7);
		assertThatExceptionOfType(ServerStartException.class).isThrownBy(() -> inheritance.use(SocketTransport.EPOLL))
			.withMessageContaining(found);
	}

	@Test
	void systemdSocketActivateStartsIt() throws Exception {
		int port = Ports.free();
		OtherJvm node;
		try {
			node = new OtherJvm(
					List.of("systemd-socket-activate", "-l", "127.0.0.1:" + port, "--fdname=web", "-E", "LANG=C"),
					List.of(), InheritingNode.class, "a,inherit=web,port=" + port);
		}
		catch (IOException ex) {
			abort("This machine has no systemd-socket-activate");
			return;
		}
		this.programs.add(node);
		// It starts the program when somebody connects.
		Socket peer = Awaitility.await()
			.ignoreExceptions()
			.until(() -> new Socket("127.0.0.1", port), (socket) -> true);
		try (peer) {
			peer.getOutputStream().write("hello\n".getBytes(UTF_8));
			assertThat(node.next()).isEqualTo("started a 127.0.0.1:%s web".formatted(port));
			String pid = pid(node);
			assertThat(new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8)).readLine())
				.isEqualTo(pid + " hello");
		}
	}

	@Test
	void tlsProxyHeadersAndOneShotsWorkOnThem() throws Exception {
		try (Socket peer = Certificates.credulous().getSocketFactory().createSocket("127.0.0.1", port("t"))) {
			assertThat(ask(peer, "secret\n")).isEqualTo(pid + " secret");
		}
		try (Socket peer = new Socket("127.0.0.1", port("p"))) {
			assertThat(ask(peer, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nbehind\n")).isEqualTo(pid + " behind");
		}
		try (TestPeer first = TestPeer.connect(port("o"))) {
			assertThat(first.ask("first")).isEqualTo(pid + " first");
		}
		perform("await", "o");
		try (TestPeer second = TestPeer.connect(port("o"))) {
			second.send("second\n");
			perform("start", "o");
			assertThat(second.line()).isEqualTo(pid + " second");
		}
	}

	private static String ask(Socket peer, String bytes) throws IOException {
		peer.getOutputStream().write(bytes.getBytes(UTF_8));
		return new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8)).readLine();
	}

	@Test
	void listensAgainOnASocketThatSomebodyShutDown() throws Exception {
		perform("break", "broken");
		Awaitility.await().ignoreExceptions().untilAsserted(() -> {
			try (TestPeer peer = TestPeer.connect(port("broken"))) {
				assertThat(peer.ask("x")).isEqualTo(pid + " x");
			}
		});
	}

	/** Nobody is refused or reset, however often the process is replaced. */
	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void restartsRefuseAndResetNobody() throws Exception {
		int restarts = Rounds.of("inherited-restarts", 1, 100);
		OtherJvm node = node(List.of("web=tcp:127.0.0.1:0", "again"), "a,inherit=web");
		int port = port(node);
		node.next();
		String first = pid(node);
		node.command("pause a");
		assertThat(node.next()).isEqualTo("pause a true");
		try (TestPeer peer = TestPeer.connect(port)) {
			peer.send("hello\n");
			node.command("end 3");
			assertThat(node.next()).startsWith("started a");
			String second = pid(node);
			assertThat(second).isNotEqualTo(first);
			assertThat(peer.line()).isEqualTo(second + " hello");
		}
		ConnectingClients clients = new ConnectingClients(port);
		try {
			clients.begin(200);
			for (int i = 0; i < restarts; i++) {
				clients.awaitReplies(300);
				node.command("end 3");
				assertThat(node.next()).startsWith("started a");
				pid(node);
			}
			clients.awaitReplies(300);
		}
		finally {
			clients.end();
		}
		if (Rounds.SOAK) {
			System.out.printf("%s restarts: %s%n", restarts, clients);
		}
		assertThat(clients.failures()).isEmpty();
	}

}
