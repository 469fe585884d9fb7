package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.PeerCredentials;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.engine.server.SocketFile;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.DomainSocket;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Servers that listen on a Unix socket.
 */
class UnixServerTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines servers = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines files = new LogLines(SocketFile.class);

	@RegisterExtension
	final LogLines listeners = new LogLines(Listener.class);

	@TempDir
	Path directory;

	static Stream<SocketTransport> transports() {
		return ServerFixture.transports();
	}

	private Path path() {
		return this.directory.resolve("test.sock");
	}

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines(String::toUpperCase,
				(builder) -> spec.apply(builder.domainSocket((unix) -> unix.path(path().toString()))));
	}

	private static UnusableSocketException failure(SocketServer server) {
		try {
			server.start();
		}
		catch (ServerStartException ex) {
			assertThat(ex.problem()).isEqualTo(Problem.SOCKET_FILE);
			return (UnusableSocketException) ex.getCause();
		}
		throw new AssertionError("The server has started");
	}

	private SocketServer registered(UnaryOperator<ServerSpec.Builder> spec) {
		return registered("test", spec);
	}

	private SocketServer registered(String name, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.servers.register(spec.apply(ServerSpec.builder(name)
			.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), String::toUpperCase))
			.domainSocket((unix) -> unix.path(path().toString()))).build());
	}

	@ParameterizedTest
	@MethodSource("transports")
	void servesAndRemovesItsFile(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));
		assertThat(Addresses.format(server.localAddress())).isEqualTo("unix:" + path());
		assertThat(server.localAddress().getAddress().isLoopbackAddress()).isTrue();
		assertThat(server.localAddress().getPort()).isZero();
		assertThat(this.servers.messages()).anyMatch((line) -> line.contains("listens on unix:" + path() + ", "));
		assertThat(this.directory).isDirectoryContaining((file) -> file.equals(path()));
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			SocketSession session = ServerFixture.session(server);
			assertThat(session.remoteAddress()).hasToString("unix:");
			assertThat(session.localAddress()).hasToString("unix:" + path());
			assertThat(session.remoteAddress().getAddress().isLoopbackAddress()).isTrue();
			peer.endOutput();
			assertThat(peer.rest()).isEmpty();
		}
		server.stop();
		assertThat(this.directory).isEmptyDirectory();
		server.start();
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
		}
	}

	/** They have no address of their own, and all would be banned with one. */
	@Test
	void peersAreNeverBanned() throws Exception {
		SocketServer server = server((spec) -> spec.limits((limits) -> limits.frame(50))
			.login((login) -> login.timeout(Duration.ofMinutes(5)))
			.ban((ban) -> ban.offences(1).exempt(List.of())));
		for (int i = 0; i < 3; i++) {
			try (UnixPeer peer = UnixPeer.connect(path())) {
				peer.send("x".repeat(100) + "\n");
				assertThat(peer.rest()).isEmpty();
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
			}
		}
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
		}
		assertThat(ServerOperations.of(server).bans().count()).isZero();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void sendsMuchToAPeerThatReadsLate(SocketTransport transport) throws Exception {
		String much = "x".repeat(3_000_000);
		this.fixture.lines((line) -> much,
				(spec) -> spec.transport(transport)
					.domainSocket((unix) -> unix.path(path().toString()))
					.outbound((outbound) -> outbound.bytes(4_000_000)));
		try (UnixPeer peer = UnixPeer.connect(path())) {
			peer.send("go\n");
			peer.endOutput();
			assertThat(peer.rest()).hasSize(much.length() + 1);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void knowsWhoThePeerIs(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));
		Path own = this.directory.resolve("own.sock");
		SocketSession session;
		try (UnixPeer peer = UnixPeer.connect(path(), own)) {
			peer.ask("hello");
			session = ServerFixture.session(server);
			PeerCredentials credentials = session.peerCredentials();
			assertThat(credentials).isNotNull();
			assertThat(credentials.user()).isEqualTo(System.getProperty("user.name"));
			assertThat(credentials.uid()).isEqualTo(Files.getAttribute(own, "unix:uid"));
			assertThat(credentials.gid()).isEqualTo(Files.getAttribute(own, "unix:gid"));
			assertThat(credentials.pid())
				.isEqualTo((transport == SocketTransport.NIO) ? -1 : ProcessHandle.current().pid());
			Principal principal = session.principal();
			assertThat(principal.getName()).isEqualTo(credentials.user());
			session.authenticate(() -> "somebody");
			assertThat(session.principal().getName()).isEqualTo("somebody");
			if (transport != SocketTransport.NIO) {
				assertThat(session.remoteAddress()).hasToString("unix:" + own);
			}
		}
		this.fixture.nextClosed();
		assertThat(session.peerCredentials()).isNotNull();
	}

	@Test
	void thereAreNoCredentialsOverTcp() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, UnaryOperator.identity());
		try (java.net.Socket peer = new java.net.Socket("127.0.0.1", server.localAddress().getPort())) {
			assertThat(peer.isConnected()).isTrue();
			assertThat(ServerFixture.session(server).peerCredentials()).isNull();
			assertThat(ServerFixture.session(server).principal()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "0600, rw-------", "'660', rw-rw----", "0777, rwxrwxrwx", "0622, rw--w--w-" })
	void fileHasItsMode(String mode, String permissions) throws Exception {
		server((spec) -> spec.domainSocket((unix) -> unix.mode(mode)));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo(permissions);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whoeverWaitsForTheBindFindsNoOtherFile(boolean binds) throws Exception {
		SocketFile file = new SocketFile("test",
				new DomainSocket(path().toString(), null, null, List.of(), List.of(), 1));
		EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {

			@Override
			public void bind(ChannelHandlerContext context, SocketAddress place, ChannelPromise promise)
					throws IOException {
				ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(place).close();
				if (binds) {
					promise.setSuccess();
				}
				else {
					promise.setFailure(new IOException("no"));
				}
			}

		}, new SocketFileBind(file, UnixBinder.sockets(SocketTransport.NIO)));
		List<Path> found = new ArrayList<>();
		ChannelPromise promise = channel.newPromise();
		promise.addListener((done) -> {
			try (Stream<Path> files = Files.list(this.directory)) {
				files.forEach(found::add);
			}
		});
		channel.bind(UnixDomainSocketAddress.of(path()), promise);
		assertThat(promise.isSuccess()).isEqualTo(binds);
		assertThat(found).isEqualTo(binds ? List.of(path()) : List.of());
	}

	@Test
	void fileIsNeverMoreOpenThanSaid() throws Exception {
		Set<Set<PosixFilePermission>> seen = ConcurrentHashMap.newKeySet();
		AtomicBoolean stop = new AtomicBoolean();
		Thread watch = new Thread(() -> {
			while (!stop.get()) {
				try {
					seen.add(Files.getPosixFilePermissions(path()));
				}
				catch (IOException ex) {
					// There is none just now.
				}
			}
		});
		watch.start();
		SocketServer server = server(UnaryOperator.identity());
		for (int i = 0; i < 50; i++) {
			server.stop();
			server.start();
		}
		Awaitility.await().until(() -> !seen.isEmpty());
		stop.set(true);
		watch.join();
		assertThat(seen).containsExactly(PosixFilePermissions.fromString("rw-------"));
	}

	@Test
	void groupIsThatOfTheFile() throws Exception {
		String group = Files.readAttributes(this.directory, PosixFileAttributes.class).group().getName();
		server((spec) -> spec.domainSocket((unix) -> unix.group(group).mode("0660")));
		assertThat(Files.getAttribute(path(), "posix:group")).hasToString(group);
	}

	@Test
	void unknownGroupFailsTheStart() {
		UnusableSocketException failure = failure(
				registered((spec) -> spec.domainSocket((unix) -> unix.group("no-such-group"))));
		assertThat(failure.key()).isEqualTo("domain-socket.group");
		assertThat(failure).hasMessageContaining("'no-such-group', which is no group of this machine");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void unknownUserFailsTheStart() {
		UnusableSocketException failure = failure(
				registered((spec) -> spec.domainSocket((unix) -> unix.allowUsers(List.of("no-such-user")))));
		assertThat(failure.key()).isEqualTo("domain-socket.allow-users");
		assertThat(failure.remedy()).contains("Create the user no-such-user");
	}

	@Test
	void missingDirectoryFailsTheStart() {
		UnusableSocketException failure = failure(registered(
				(spec) -> spec.domainSocket((unix) -> unix.path(this.directory.resolve("none/a.sock").toString()))));
		assertThat(failure).hasMessageContaining("a directory that does not exist");
		assertThat(failure.remedy()).contains("Create the directory " + this.directory.resolve("none"));
	}

	@Test
	void foreignFileFailsTheStartAndStays() throws Exception {
		Files.writeString(path(), "mine");
		assertThat(failure(registered(UnaryOperator.identity()))).hasMessageContaining("is a file that is no socket");
		assertThat(path()).hasContent("mine");
	}

	@Test
	void socketOnWhichSomebodyListensFailsTheStart() throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path()));
			assertThat(failure(registered(UnaryOperator.identity())))
				.hasMessageContaining("a socket on which somebody listens");
			assertAccepts(other);
		}
	}

	private void assertAccepts(ServerSocketChannel other) throws IOException {
		try (UnixPeer peer = UnixPeer.connect(path()); SocketChannel accepted = other.accept()) {
			assertThat(peer).isNotNull();
			assertThat(accepted).isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void staleFileIsReplaced(SocketTransport transport) throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path()));
		}
		server((spec) -> spec.transport(transport));
		assertThat(this.files.messages()).filteredOn((line) -> line.contains("replaces the socket"))
			.containsExactly("Server 'test' replaces the socket " + path() + ", on which nobody listens");
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void fileThatIsNoLongerOursStays(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));
		Path other = this.directory.resolve("other.sock");
		try (ServerSocketChannel another = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			another.bind(UnixDomainSocketAddress.of(other));
			// At once: where there is none for a moment, the server makes another.
			Files.move(other, path(), StandardCopyOption.ATOMIC_MOVE);
			server.stop();
			assertAccepts(another);
		}
	}

	/** Another process has moved its socket there. Sessions stay. */
	@ParameterizedTest
	@MethodSource("transports")
	void pathThatIsTakenOverIsNoticedOnce(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));
		Path other = this.directory.resolve("other.sock");
		try (UnixPeer peer = UnixPeer.connect(path());
				ServerSocketChannel another = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
			another.bind(UnixDomainSocketAddress.of(other));
			Files.move(other, path(), StandardCopyOption.ATOMIC_MOVE);

			Awaitility.await()
				.untilAsserted(() -> assertThat(server.failure()).hasMessageContaining(path().toString())
					.hasMessageContaining("another socket or file has taken the path"));
			assertThat(peer.ask("two")).isEqualTo("TWO");
			assertAccepts(another);
			Files.delete(path());
			Awaitility.await().until(() -> server.failure() == null);
			try (UnixPeer served = UnixPeer.connect(path())) {
				assertThat(served.ask("three")).isEqualTo("THREE");
			}
		}
		assertThat(this.listeners.messages(Level.WARN))
			.filteredOn((line) -> line.startsWith("Server 'test' cannot be reached any more: "))
			.hasSize(1);
	}

	/** A file system of the kernel, in which nobody can make files. */
	@Test
	void directoryInWhichNothingCanBeCreatedFailsTheStart() {
		assumeTrue(Files.isDirectory(Path.of("/sys/kernel")));
		UnusableSocketException failure = failure(
				registered((spec) -> spec.domainSocket((unix) -> unix.path("/sys/kernel/test.sock"))));
		assertThat(failure).hasMessageContaining("is in a directory in which").hasMessageContaining("/sys/kernel");
		assertThat(failure.key()).isEqualTo("domain-socket.path");
	}

	@Test
	void abstractNameOnWhichSomebodyListensFailsTheStart() {
		assumeTrue(TransportSupport.resolve(SocketTransport.AUTO) == SocketTransport.EPOLL);
		String name = "@socket-server-test-" + System.nanoTime();
		this.fixture.lines(String::toUpperCase, (spec) -> spec.domainSocket((unix) -> unix.path(name)));

		UnusableSocketException failure = failure(
				registered("second", (spec) -> spec.domainSocket((unix) -> unix.path(name))));
		assertThat(failure).hasMessageContaining("is a name on which somebody listens");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void vanishedFileIsMadeAgainAndSessionsStay(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
			Files.delete(path());
			// The file is there before anybody listens.
			Awaitility.await().ignoreExceptions().until(() -> {
				try (UnixPeer another = UnixPeer.connect(path())) {
					return another.ask("three").equals("THREE");
				}
			});
			assertThat(peer.ask("two")).isEqualTo("TWO");
			assertThat(server.statistics().active()).isPositive();
		}
		server.stop();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void peersOfOtherUsersAreDenied() throws Exception {
		SocketServer server = server((spec) -> spec.domainSocket((unix) -> unix.allowUsers(List.of("65534"))));
		assumeFalse("nobody".equals(System.getProperty("user.name")));
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.rest()).isEmpty();
		}
		catch (IOException ex) {
			// It was closed before.
		}
		Awaitility.await().until(() -> server.statistics().rejected().getOrDefault(RejectReason.DENIED, 0L) == 1L);
		assertThat(this.servers.messages())
			.anyMatch((line) -> line.contains("has refused a connection from unix:: DENIED")
					&& line.contains("is not in domain-socket.allow-users or allow-groups"));
	}

	@ParameterizedTest
	@MethodSource("transports")
	void allowedUsersAndGroupsMayConnect(SocketTransport transport) throws Exception {
		String group = Files.readAttributes(this.directory, PosixFileAttributes.class).group().getName();
		server((spec) -> spec.transport(transport)
			.domainSocket((unix) -> unix.allowUsers(List.of("65534")).allowGroups(List.of(group))));
		try (UnixPeer peer = UnixPeer.connect(path())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
		}
	}

	@Test
	void proxyHeadersNeedNoTrustedAddresses() throws Exception {
		SocketServer server = server((spec) -> spec.proxyProtocol((proxies) -> proxies.mode(ProxyMode.REQUIRED)));
		try (UnixPeer peer = UnixPeer.connect(path())) {
			peer.send("PROXY TCP4 192.0.2.7 198.51.100.1 1111 25\r\n");
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			SocketSession session = ServerFixture.session(server);
			assertThat(Addresses.format(session.remoteAddress())).isEqualTo("192.0.2.7:1111");
			assertThat(session.peerCredentials()).isNotNull();
		}
	}

	@Test
	void restartIsRefusedWhileItDoesNotListen() throws Exception {
		SocketServer server = server(UnaryOperator.identity());
		server.stop();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> UnixPeer.connect(path()))
			.isInstanceOfAny(ConnectException.class, NoSuchFileException.class, SocketException.class);
	}

	@Test
	void abstractNameHasNoFile() throws Exception {
		assumeTrue(TransportSupport.resolve(SocketTransport.AUTO) == SocketTransport.EPOLL);
		String name = "@socket-server-test-" + System.nanoTime();
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.domainSocket((unix) -> unix.path(name)));
		assertThat(Addresses.format(server.localAddress())).isEqualTo("unix:" + name);
		assertThat(Files.readString(Path.of("/proc/net/unix"))).contains(name);
		server.stop();
		Awaitility.await().until(() -> !Files.readString(Path.of("/proc/net/unix")).contains(name));
	}

	@Test
	void abstractNameNeedsEpoll() {
		SocketServer server = registered(
				(spec) -> spec.transport(SocketTransport.NIO).domainSocket((unix) -> unix.path("@name")));
		assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start)
			.withMessageContaining("transport nio has no abstract names");
	}

	@Test
	void longestPathIsServed() throws Exception {
		String shortest = this.directory.resolve("").toString();
		assumeTrue(shortest.length() < 90);
		Path longest = this.directory.resolve("x".repeat(107 - shortest.length() - 1));
		assertThat(longest.toString()).hasSize(107);
		this.fixture.lines(String::toUpperCase, (spec) -> spec.domainSocket((unix) -> unix.path(longest.toString())));
		// The JDK's own sockets take one byte less.
		io.netty.channel.unix.Socket peer = io.netty.channel.unix.Socket.newSocketDomain();
		assertThat(peer.connect(new DomainSocketAddress(longest.toString()))).isTrue();
		peer.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "relative.sock | must be an absolute path", "@ | must be an absolute path",
			"/a/ | must be the path of a file" })
	void pathsThatCannotBe(String path, String rule) {
		assertInvalid((spec) -> spec.domainSocket((unix) -> unix.path(path)), "domainSocket.path", rule);
	}

	@ParameterizedTest
	@CsvSource({ "384, quote it", "432, quote it", "600600, quote it", "rw, quote it", "0400, quote it" })
	void modesThatCannotBe(String mode, String rule) {
		assertInvalid((spec) -> spec.domainSocket((unix) -> unix.path("/a").mode(mode)), "domainSocket.mode", rule);
	}

	@Test
	void whatHasNoMeaningIsRefused() {
		assertInvalid((spec) -> unix(spec).port(7000), "port", "a Unix socket");
		assertInvalid((spec) -> unix(spec).address("any"), "address", "a Unix socket");
		assertInvalid((spec) -> unix(spec).transport(SocketTransport.IO_URING), "transport", "use epoll");
		assertInvalid((spec) -> unix(spec).limits((limits) -> limits.sessionsPerAddress(3)),
				"limits.sessionsPerAddress", "proxy-protocol");
		assertInvalid((spec) -> unix(spec).limits((limits) -> limits.allow(List.of(Cidr.of("10.0.0.0/8")))),
				"limits.allow", "proxy-protocol");
		assertInvalid((spec) -> spec.domainSocket((unix) -> unix.path("@a").mode("0600")), "domainSocket.mode",
				"has no file");
		assertInvalid((spec) -> spec.domainSocket((unix) -> unix.path("/" + "x".repeat(107))), "domainSocket.path",
				"has 108 bytes, and may have 107");
	}

	private static ServerSpec.Builder unix(ServerSpec.Builder spec) {
		return spec.domainSocket((unix) -> unix.path("/run/test.sock"));
	}

	private static void assertInvalid(UnaryOperator<ServerSpec.Builder> spec, String component, String rule) {
		ServerSpec.Builder builder = spec.apply(ServerSpec.builder("test")
			.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), String::toUpperCase)));
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(builder::build).satisfies((ex) -> {
			assertThat(ex.component()).isEqualTo(component);
			assertThat(ex.rule()).contains(rule);
		});
	}

}
