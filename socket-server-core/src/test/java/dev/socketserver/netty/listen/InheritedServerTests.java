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
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.PassedSockets;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.netty.Certificates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Servers in processes of their own, which are passed sockets as systemd does it.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class InheritedServerTests {

	@TempDir
	Path directory;

	private final List<OtherJvm> programs = new ArrayList<>();

	@BeforeEach
	void needsPython() {
		assumeThat(PassedSockets.available()).as("python3 on Linux, which passes the sockets").isTrue();
	}

	@AfterEach
	void end() {
		this.programs.forEach(OtherJvm::close);
	}

	/** Starts a node with servers, behind words that say which sockets it is passed. */
	private OtherJvm node(List<String> sockets, String... servers) throws IOException {
		OtherJvm node = new OtherJvm(PassedSockets.before(this.directory, sockets.toArray(String[]::new)), List.of(),
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

	@Test
	void listensOnThePassedSocketFromOneStartToTheNext() throws Exception {
		OtherJvm node = node(List.of("web=tcp:127.0.0.1:0"), "a,inherit=web");
		int port = port(node);
		assertThat(node.next()).isEqualTo("started a 127.0.0.1:%s web".formatted(port));
		String pid = pid(node);
		try (TestPeer peer = TestPeer.connect(port)) {
			assertThat(peer.ask("one")).isEqualTo(pid + " one");
			node.command("stop a");
			assertThat(node.next()).isEqualTo("stop a true");
			assertThat(peer.read()).isNull();
		}
		// Neither refused nor reset: it waits.
		try (TestPeer waiting = TestPeer.connect(port)) {
			waiting.send("two\n");
			node.command("start a");
			assertThat(node.next()).isEqualTo("start a true");
			assertThat(waiting.line()).isEqualTo(pid + " two");
			node.command("pause a");
			assertThat(node.next()).isEqualTo("pause a true");
			try (TestPeer paused = TestPeer.connect(port)) {
				paused.send("three\n");
				node.command("restart a");
				assertThat(node.next()).isEqualTo("restart a true");
				assertThat(paused.line()).isEqualTo(pid + " three");
			}
		}
	}

	@Test
	void whoWaitsIsServedByTheNextProcess() throws Exception {
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
	}

	@Test
	void inheritsUnixSocketsAndLeavesTheFile() throws Exception {
		Path path = this.directory.resolve("in.sock");
		OtherJvm node = node(List.of("local=unix:" + path), "a,inherit=local", "b,inherit=local,path=" + path,
				"c,inherit=local,path=/somewhere/else", "d,inherit=local,port=0", "e,inherit=local,per-address=3");
		assertThat(node.next()).isEqualTo("started a unix:%s local".formatted(path));
		assertThat(node.next())
			.startsWith("failed b INHERITED_SOCKET: Server 'b' cannot listen on inherited:local: is 'local', which "
					+ "server 'a' uses already");
		assertThat(node.next()).contains("descriptor 3 is a listening Unix socket at unix:" + path
				+ ", where the server needs a listening Unix socket at unix:/somewhere/else");
		assertThat(node.next()).contains("where the server needs a listening TCP socket");
		assertThat(node.next()).contains("server 'a' uses already");
		String pid = pid(node);
		try (UnixPeer peer = UnixPeer.connect(path)) {
			assertThat(peer.ask("x")).isEqualTo(pid + " x");
		}
		node.command("stop a");
		node.next();
		assertThat(Files.exists(path)).isTrue();
		try (UnixPeer waiting = UnixPeer.connect(path)) {
			waiting.send("y\n");
			node.command("start a");
			node.next();
			assertThat(waiting.line()).isEqualTo(pid + " y");
		}
	}

	@Test
	void inheritsSocketsOfUdp() throws Exception {
		OtherJvm node = node(List.of("dns=udp:127.0.0.1:0", "dns=tcp:127.0.0.1:0", "any=udp:0.0.0.0:0"),
				"u,inherit=dns,udp=", "t,inherit=dns", "any,inherit=any,udp=", "w,inherit=dns,udp=");
		int udp = port(node);
		int tcp = port(node);
		int any = port(node);
		assertThat(node.next()).isEqualTo("started u 127.0.0.1:%s dns".formatted(udp));
		assertThat(node.next()).isEqualTo("started t 127.0.0.1:%s dns".formatted(tcp));
		assertThat(node.next()).isEqualTo("started any 0.0.0.0:%s any".formatted(any));
		assertThat(node.next()).contains("which server 'u' uses already");
		String pid = pid(node);
		try (TestPeer peer = TestPeer.connect(tcp)) {
			assertThat(peer.ask("a")).isEqualTo(pid + " a");
		}
		assertThat(askDatagram("127.0.0.1", udp)).isEqualTo(pid + " datagram\n");
		assertThat(askDatagram("127.0.0.2", any)).isEqualTo(pid + " datagram\n");
		for (String each : List.of("u", "any")) {
			node.command("stop " + each);
			assertThat(node.next()).isEqualTo("stop %s true".formatted(each));
			node.command("start " + each);
			assertThat(node.next()).isEqualTo("start %s true".formatted(each));
		}
		assertThat(askDatagram("127.0.0.1", udp)).isEqualTo(pid + " datagram\n");
		assertThat(askDatagram("127.0.0.3", any)).isEqualTo(pid + " datagram\n");
	}

	/** A reply from another address would not arrive. */
	private static String askDatagram(String host, int port) throws IOException {
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.connect(new InetSocketAddress(InetAddress.getByName(host), port));
			peer.setSoTimeout(20_000);
			peer.send(new DatagramPacket("datagram\n".getBytes(UTF_8), 9));
			DatagramPacket reply = new DatagramPacket(new byte[100], 100);
			peer.receive(reply);
			return new String(reply.getData(), 0, reply.getLength(), UTF_8);
		}
	}

	@Test
	void saysWhatWasFoundInPlaceOfWhatIsNeeded() throws Exception {
		OtherJvm node = node(
				List.of("web=tcp:127.0.0.1:0", "u=udp:127.0.0.1:0", "idle=unbound:127.0.0.1:0", "six=tcp:::1:0",
						"file=file:/etc/hosts"),
				"a,inherit=missing,port=0", "b,inherit=u", "c,inherit=web,udp=", "d,inherit=idle", "e,inherit=file",
				"f,inherit=fd:77", "g,inherit=web,port=1", "h,inherit=six,family=IPV4", "i,inherit=web,address=any",
				"j,inherit=web,transport=NIO", "k,inherit=fd:3,address=127.0.0.1,transport=EPOLL", "l,inherit=a:b",
				"m,inherit=fd:6,family=IPV6", "n,inherit=fd:2");
		int web = port(node);
		int u = port(node);
		int idle = port(node);
		int six = port(node);
		assertThat(node.next())
			.isEqualTo("failed a INHERITED_SOCKET: Server 'a' cannot listen on inherited:missing: is "
					+ "'missing', and the sockets that this process was passed are [web (fd:3), u (fd:4), idle (fd:5), six "
					+ "(fd:6), file (fd:7)] -> Use one of these names, or set FileDescriptorName= in the socket unit");
		assertThat(node.next()).contains("is 'u', and descriptor 4 is a UDP socket at 127.0.0.1:" + u
				+ ", where the server needs a listening TCP or Unix socket");
		assertThat(node.next()).contains("is 'web', and descriptor 3 is a listening TCP socket at 127.0.0.1:" + web
				+ ", where the server needs a UDP socket");
		assertThat(node.next()).contains("descriptor 5 is a connected or unbound TCP socket at 127.0.0.1:" + idle
				+ ", where the server needs a listening TCP or Unix socket");
		assertThat(node.next()).contains("descriptor 7 is no socket, where the server needs a socket");
		assertThat(node.next()).contains("is 'fd:77', and the sockets that this process was passed are");
		assertThat(node.next()).contains("needs a listening TCP socket with port 1");
		assertThat(node.next())
			.contains("descriptor 6 is a listening TCP socket at [::1]:%s, where the server needs ".formatted(six)
					+ "a listening TCP socket of IPv4");
		assertThat(node.next()).contains("needs a listening TCP socket at address any");
		assertThat(node.next()).contains("transport is NIO, but cannot inherit a socket: use epoll or kqueue");
		assertThat(node.next()).isEqualTo("started k 127.0.0.1:%s fd:3".formatted(web));
		assertThat(node.next()).contains("inherit is a:b, but must be a FileDescriptorName");
		assertThat(node.next()).isEqualTo("started m [::1]:%s fd:6".formatted(six));
		assertThat(node.next()).contains("is 'fd:2', and the sockets");
		pid(node);
		node.command("report now");
		node.await("reported");
	}

	@Test
	void bindsItselfWithoutPassedSocketsIfAPortIsSet() throws Exception {
		OtherJvm node = node(List.of("LISTEN_PID=1", "web=tcp:127.0.0.1:0"), "a,inherit=web", "b,inherit=web,port=0",
				"u,inherit=web,port=0,udp=", "c,inherit=web,path=" + this.directory.resolve("own.sock"));
		port(node);
		assertThat(node.next()).startsWith(
				"failed a INHERITED_SOCKET: Server 'a' cannot listen on inherited:web: is 'web', and this process was "
						+ "passed no sockets: LISTEN_PID is '1', and this process is ");
		assertThat(node.next()).matches("started b 127\\.0\\.0\\.1:\\d+ null");
		assertThat(node.next()).matches("started u 127\\.0\\.0\\.1:\\d+ null");
		assertThat(node.next()).isEqualTo("started c unix:%s null".formatted(this.directory.resolve("own.sock")));
	}

	@Test
	void garbageInTheVariablesFailsTheStart() throws Exception {
		OtherJvm node = node(List.of("LISTEN_FDS=two", "web=tcp:127.0.0.1:0"), "a,inherit=web,port=0");
		port(node);
		assertThat(node.next()).contains("is 'web', and LISTEN_FDS is 'two', which is no number of descriptors");
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
			assumeThat(ex).as("This machine has no systemd-socket-activate").isNull();
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
		OtherJvm node = node(List.of("t=tcp:127.0.0.1:0", "p=tcp:127.0.0.1:0", "o=tcp:127.0.0.1:0"), "t,inherit=t,tls=",
				"p,inherit=p,proxy=", "o,inherit=o,one-shot=");
		int tls = port(node);
		int proxied = port(node);
		int once = port(node);
		for (String each : List.of("t", "p", "o")) {
			assertThat(node.next()).startsWith("started " + each);
		}
		String pid = pid(node);
		try (Socket peer = Certificates.credulous().getSocketFactory().createSocket("127.0.0.1", tls)) {
			assertThat(ask(peer, "secret\n")).isEqualTo(pid + " secret");
		}
		try (Socket peer = new Socket("127.0.0.1", proxied)) {
			assertThat(ask(peer, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nbehind\n")).isEqualTo(pid + " behind");
		}
		try (TestPeer first = TestPeer.connect(once)) {
			assertThat(first.ask("first")).isEqualTo(pid + " first");
		}
		node.command("await o");
		assertThat(node.next()).isEqualTo("await o true");
		try (TestPeer second = TestPeer.connect(once)) {
			second.send("second\n");
			node.command("start o");
			assertThat(node.next()).isEqualTo("start o true");
			assertThat(second.line()).isEqualTo(pid + " second");
		}
	}

	private static String ask(Socket peer, String bytes) throws IOException {
		peer.getOutputStream().write(bytes.getBytes(UTF_8));
		return new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8)).readLine();
	}

	@Test
	void listensAgainOnASocketThatSomebodyShutDown() throws Exception {
		// With port 0 it would get another one, which units do not have.
		OtherJvm node = node(List.of("web=tcp:127.0.0.1:" + Ports.free()), "a,inherit=web");
		int port = port(node);
		node.next();
		String pid = pid(node);
		node.command("break a");
		node.await("break a true");
		Awaitility.await().ignoreExceptions().untilAsserted(() -> {
			try (TestPeer peer = TestPeer.connect(port)) {
				assertThat(peer.ask("x")).isEqualTo(pid + " x");
			}
		});
	}

	/** Nobody is refused or reset, however often the process is replaced. */
	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void restartsRefuseAndResetNobody() throws Exception {
		int restarts = Rounds.of("inherited-restarts", 5, 100);
		OtherJvm node = node(List.of("web=tcp:127.0.0.1:0", "again"), "a,inherit=web");
		int port = port(node);
		node.next();
		pid(node);
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
