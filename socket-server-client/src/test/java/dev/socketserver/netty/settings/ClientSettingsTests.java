package dev.socketserver.netty.settings;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.Route;
import dev.socketserver.client.Select;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.InterruptedFraming;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.Reconnect;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Settings of a client that are changed while it runs.
 */
class ClientSettingsTests {

	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private UnaryOperator<ClientSpec.Builder> settings = UnaryOperator.identity();

	private long version = 1;

	private SocketClient start(UnaryOperator<ClientSpec.Builder> first) {
		this.settings = (spec) -> first.apply(spec.reconnect(ClientFixture.SOON));
		SocketClient client = this.fixture.clients.register(spec());
		client.start();
		return client;
	}

	/** Starts a client that connects to a server of echoes. */
	private SocketClient start(SocketServer server, UnaryOperator<ClientSpec.Builder> first) {
		SocketClient client = start((spec) -> first.apply(spec.port(server.port())));
		assertThat(ask(client, "a")).isEqualTo(server.name() + " a");
		return client;
	}

	private ClientSpec spec() {
		return this.settings.apply(ClientSpec.builder("it")).build();
	}

	private void change(UnaryOperator<ClientSpec.Builder> change) {
		UnaryOperator<ClientSpec.Builder> before = this.settings;
		this.settings = (spec) -> change.apply(before.apply(spec));
		try {
			ClientOperations.of(this.fixture.client()).reconfigure(spec(), this.version + 1);
		}
		catch (RuntimeException ex) {
			this.settings = before;
			throw ex;
		}
		this.version++;
	}

	private SocketServer server(String name) {
		return this.fixture.servers.echo(name, UnaryOperator.identity());
	}

	private static ServerAddress at(SocketServer server) {
		return ServerAddress.of("127.0.0.1", server.port());
	}

	private static String ask(SocketClient client, String line) {
		CompletableFuture<String> reply = client.ask(line, String.class, Patience.limit());
		assertThat(reply).succeedsWithin(Patience.limit());
		return reply.join();
	}

	private static UnaryOperator<ClientSpec.Builder> addresses(SocketServer... servers) {
		List<ServerAddress> all = List.of(servers).stream().map(ClientSettingsTests::at).toList();
		return (spec) -> spec.failOver((failOver) -> failOver.addresses(all));
	}

	@Test
	void connectionToAnAddressThatIsGoneIsReplacedAsByARotation() throws Exception {
		CountDownLatch replies = new CountDownLatch(1);
		SocketServer old = this.fixture.servers.lines((line) -> {
			if (line.equals("slow")) {
				Patience.hold(replies);
			}
			return "old " + line;
		}, UnaryOperator.identity());
		SocketServer next = server("next");
		SocketClient client = start(addresses(old));
		assertThat(ask(client, "a")).isEqualTo("old a");
		CompletableFuture<Object> slow = client.ask("slow", Patience.limit());
		Patience.within(() -> assertThat(old.statistics().messagesReceived()).isEqualTo(2));
		change(addresses(next));
		Patience.within(() -> assertThat(next.sessions()).hasSize(1));
		Patience.within(() -> assertThat(client.connections(ConnectionState.DRAINING)).isOne());
		assertThat(ask(client, "b")).isEqualTo("next b");
		assertThat(slow).as("is answered by the old one").isNotDone();
		replies.countDown();
		assertThat(slow).succeedsWithin(Patience.limit());
		Patience.within(() -> assertThat(old.sessions()).isEmpty());
		assertThat(client.addresses()).extracting("port").containsExactly(next.port());
		assertThat(client.session().orElseThrow().settingsVersion()).isEqualTo(this.version);
		this.fixture.awaitEvents("connected");
	}

	/** The socket has its options before the proxy has answered. */
	@Test
	void writeTimeThatChangesDuringAnAttemptIsThatOfTheSystem() throws Exception {
		AtomicReference<Channel> connection = new AtomicReference<>();
		this.fixture.servers.customizers.add((pipeline, spec) -> connection.set(pipeline.channel()));
		try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Route.Proxy by = new Route.Proxy(Route.Proxy.Type.HTTP, "127.0.0.1", proxy.getLocalPort(), null, null);
			start((spec) -> spec.host("plant.invalid")
				.port(7100)
				.route((route) -> route.proxy(by))
				.timeouts((t) -> t.write(Duration.ofSeconds(30))));
			try (Socket socket = proxy.accept()) {
				BufferedReader asked = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
				assertThat(asked.readLine()).startsWith("CONNECT ");
				change((spec) -> spec.timeouts((t) -> t.write(Duration.ofMinutes(5))));
				socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
				this.fixture.awaitEvents("connected");
				assumeTrue(connection.get() instanceof EpollSocketChannel);
				Patience
					.within(() -> assertThat(connection.get().config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
						.isEqualTo(300_000));
			}
		}
	}

	@Test
	void addressThatStaysKeepsItsConnection() throws Exception {
		SocketServer one = server("one");
		SocketServer two = server("two");
		SocketClient client = start(one, UnaryOperator.identity());
		SocketSession session = client.session().orElseThrow();
		change((spec) -> spec.port(one.port()));
		UnaryOperator<ClientSpec.Builder> both = addresses(one, two);
		this.settings = (spec) -> both.apply(spec.reconnect(ClientFixture.SOON));
		change(UnaryOperator.identity());
		assertThat(client.addresses()).hasSize(2);
		assertThat(ask(client, "b")).isEqualTo("one b");
		assertThat(client.session()).contains(session);
		one.stop();
		assertThat(ask(client, "c")).isEqualTo("two c");
		change(addresses(two));
		assertThat(ask(client, "d")).isEqualTo("two d");
		assertThat(client.addresses()).extracting("available").containsExactly(true);
	}

	@Test
	void poolGrowsAndShrinksWithoutALoss() throws Exception {
		Set<String> sessions = ConcurrentHashMap.newKeySet();
		SocketServer server = this.fixture.servers.start(ServerFixture.messages("who", (line, session) -> {
			sessions.add(session.id());
			return line;
		}), UnaryOperator.identity());
		SocketClient client = start((spec) -> spec.port(server.port()));
		assertThat(ask(client, "a")).isEqualTo("a");
		change((spec) -> spec.pool((pool) -> pool.size(3)));
		Patience.within(() -> assertThat(client.connections(ConnectionState.READY)).isEqualTo(3));
		change((spec) -> spec.failOver((failOver) -> failOver.select(Select.ROUND_ROBIN)));
		for (int i = 0; i < 9; i++) {
			assertThat(ask(client, "b" + i)).isEqualTo("b" + i);
		}
		assertThat(sessions).hasSize(3);
		CompletableFuture<?>[] replies = new CompletableFuture<?>[100];
		for (int i = 0; i < replies.length; i++) {
			replies[i] = client.ask("c" + i, Patience.limit());
			if (i == 50) {
				change((spec) -> spec.pool((pool) -> pool.size(1)));
			}
		}
		assertThat(CompletableFuture.allOf(replies)).succeedsWithin(Patience.limit());
		Patience.within(() -> assertThat(server.sessions()).hasSize(1));
		assertThat(client.connections()).hasSize(1);
		assertThat(ask(client, "d")).isEqualTo("d");
	}

	@Test
	void clientThatWaitsUsesTheShorterWait() throws Exception {
		int port = Ports.free();
		SocketClient client = start((spec) -> spec.port(port).reconnect(new Reconnect(LONG, LONG, 0)));
		Patience.within(() -> assertThat(client.statistics().failed()).isNotEmpty());
		SocketServer server = this.fixture.servers.echo("late", (spec) -> spec.port(port));
		// A failure is counted before the client is seen to wait.
		ClientFixture.await(client, ClientState.DISCONNECTED);
		change((spec) -> spec.reconnect(ClientFixture.SOON));
		ClientFixture.await(client, ClientState.CONNECTED);
		server.stop();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		change((spec) -> spec.reconnect(new Reconnect(LONG, LONG, 0)));
		change((spec) -> spec.reconnect(ClientFixture.SOON));
		server.start();
		ClientFixture.await(client, ClientState.CONNECTED);
	}

	@Test
	void greatestAgeHoldsForConnectionsThatAreThere() throws Exception {
		SocketClient client = start(server("one"), (spec) -> spec.pool((pool) -> pool.maxAge(LONG)));
		SocketSession old = client.session().orElseThrow();
		change((spec) -> spec.pool((pool) -> pool.maxAge(Duration.ofSeconds(1))));
		assertThat(old.closed()).succeedsWithin(Patience.limit())
			.matches((status) -> status.reason() == CloseReason.ROTATED);
		change((spec) -> spec.pool((pool) -> pool.maxAge(null)));
		assertThat(ask(client, "b")).isEqualTo("one b");
	}

	@Test
	void timesAndBoundsHoldForTheConnectionThatIsThere() throws Exception {
		SocketClient client = start(server("one"), (spec) -> spec.timeouts((t) -> t.idle(LONG)));
		SocketSession session = client.session().orElseThrow();
		long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
		Patience.within(() -> assertThat(System.nanoTime()).isGreaterThan(end));
		change((spec) -> spec.timeouts((t) -> t.idle(Duration.ofMillis(200))));
		assertThat(session.closed()).succeedsWithin(Patience.limit())
			.matches((status) -> status.reason() == CloseReason.IDLE_TIMEOUT);
	}

	@Test
	void whoWaitsForRoomIsAdmittedWhereThereIsMore() throws Exception {
		int port = Ports.free();
		SocketClient client = start((spec) -> spec.port(port).outbound((out) -> out.capacity(1)));
		CompletableFuture<?> first = client.send("a");
		CompletableFuture<CompletableFuture<?>> second = new CompletableFuture<>();
		Thread waiting = new Thread(() -> second.complete(client.send("b")));
		waiting.start();
		Awaitility.await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
		change((spec) -> spec.outbound((out) -> out.capacity(2)));
		CompletableFuture<?> sent = Patience.await(second);
		assertThat(first).isNotDone();
		this.fixture.servers.echo("late", (spec) -> spec.port(port));
		assertThat(CompletableFuture.allOf(first, sent)).succeedsWithin(Patience.limit());
	}

	@Test
	void framingAndHandlerAreThoseOfTheNextConnection() throws Exception {
		SocketServer server = this.fixture.servers.start(
				ServerHandler.function("raw", PayloadConverter.bytes(), (bytes) -> bytes),
				(spec) -> spec.framing(Framing.raw()));
		Set<String> seen = ConcurrentHashMap.newKeySet();
		SocketClient client = start((spec) -> spec.port(server.port()).handler(takes(seen, "one")));
		ClientFixture.await(client, ClientState.CONNECTED);
		assertThat(ask(client, "a")).isEqualTo("a");
		change((spec) -> spec.handler(takes(seen, "two")).framing(Framing.delimiter(";")));
		assertThat(ask(client, "b")).as("still lines").isEqualTo("b");
		Patience.await(client.rotate());
		assertThat(ask(client, "c")).isEqualTo("c");
		client.send("hello");
		Patience.within(() -> assertThat(seen).containsExactly("two hello"));
	}

	@Test
	void requestsOfAConnectionThatIsBeingMadeAreMatchedAsItsSessionHasIt() throws Exception {
		try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Route.Proxy way = new Route.Proxy(Route.Proxy.Type.HTTP, "127.0.0.1", proxy.getLocalPort(), null, null);
			SocketClient client = start(
					(spec) -> spec.host("plant.test").port(1).connectTimeout(LONG).route((route) -> route.proxy(way)));
			try (Socket peer = proxy.accept();
					BufferedReader lines = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8))) {
				assertThat(lines.lines().takeWhile((line) -> !line.isEmpty())).first().asString().startsWith("CONNECT");
				change((spec) -> spec.correlator((payload) -> ((String) payload).charAt(0)));
				peer.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
				CompletableFuture<Object> first = client.ask("a?", Patience.limit());
				CompletableFuture<Object> second = client.ask("b?", Patience.limit());
				assertThat(List.of(lines.readLine(), lines.readLine())).containsExactly("a?", "b?");
				peer.getOutputStream().write("b!\na!\n".getBytes(UTF_8));
				assertThat(first).succeedsWithin(Patience.limit()).isEqualTo("a!");
				assertThat(second).succeedsWithin(Patience.limit()).isEqualTo("b!");
			}
		}
	}

	/** It is to take over from the server that is used meanwhile. */
	@Test
	void connectionThatCarriesNothingIsReplacedWhereTheWayIsAnother() throws Exception {
		SocketServer server = server("second");
		try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			proxy.setSoTimeout(Patience.millis());
			ServerAddress earlier = ServerAddress.of("127.0.0.1", first.getLocalPort());
			// What lasts for longer than the longest wait is no failure.
			start((spec) -> spec.reconnect(new Reconnect(Duration.ofMillis(20), LONG, 0.5))
				.failOver((failOver) -> failOver.addresses(List.of(earlier, at(server))).failBack(LONG)));
			first.accept().close();
			try (Socket kept = first.accept()) {
				Patience
					.within(() -> assertThat(this.fixture.client().addresses()).extracting(AddressStatus::connections)
						.containsExactly(1, 1));
				Route.Proxy way = new Route.Proxy(Route.Proxy.Type.HTTP, "127.0.0.1", proxy.getLocalPort(), null, null);
				change((spec) -> spec.route((route) -> route.proxy(way)));
				try (Socket next = proxy.accept();
						BufferedReader lines = new BufferedReader(
								new InputStreamReader(next.getInputStream(), UTF_8))) {
					assertThat(lines.readLine()).startsWith("CONNECT 127.0.0.1:" + first.getLocalPort());
				}
				assertThat(kept.getInputStream().read()).isEqualTo(-1);
			}
		}
	}

	/** The echo begins with the name of its server. */
	private static Object last(Object payload) {
		String line = (String) payload;
		return line.charAt(line.length() - 1);
	}

	@Test
	void connectionsWithAndWithoutACorrelatorMatchRepliesBesideEachOther() throws Exception {
		SocketServer server = server("lines");
		SocketClient client = start((spec) -> spec.port(server.port())
			.pool((pool) -> pool.size(2))
			.failOver((failOver) -> failOver.select(Select.ROUND_ROBIN)));
		allAnswerBesideAnOlderOne(client, ClientSettingsTests::last);
		allAnswerBesideAnOlderOne(client, null);
	}

	private void allAnswerBesideAnOlderOne(SocketClient client, @Nullable Correlator next) {
		Patience.within(() -> assertThat(client.connections()).hasSize(2));
		SocketSession old = client.connections().get(0);
		change((spec) -> spec.correlator(next));
		client.connections().get(1).close();
		Patience.within(() -> assertThat(client.connections()).hasSize(2)
			.extracting(SocketSession::settingsVersion)
			.containsExactly(old.settingsVersion(), this.version));
		assertThat(ask(client, "a")).endsWith("a");
		assertThat(ask(client, "b")).endsWith("b");
		assertThat(client.connections()).contains(old);
		old.close();
		Patience.within(() -> assertThat(client.connections()).doesNotContain(old));
	}

	@Test
	void changeThatIsTakenBackWithItsVersionHolds() throws Exception {
		SocketServer server = this.fixture.servers.start(
				ServerHandler.function("bytes", PayloadConverter.bytes(), (bytes) -> bytes),
				(spec) -> spec.framing(Framing.line()));
		SocketClient client = start((spec) -> spec.port(server.port()));
		ClientSpec first = spec();
		assertThat(ask(client, "\u00e9")).isEqualTo("\u00e9");
		change((spec) -> spec.charset(ISO_8859_1));
		Patience.await(client.rotate());
		assertThat(ask(client, "\u00e9")).isEqualTo("\u00e9");
		ClientOperations.of(client).reconfigure(first, 1);
		Patience.await(client.rotate());
		assertThat(ask(client, "\u00e9")).isEqualTo("\u00e9");
	}

	/** Its framing makes a decoder, which takes long. */
	@Test
	void changeWhileASessionIsMadeIsForTheNext() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		Framing framing = new InterruptedFraming(() -> change((spec) -> spec.charset(ISO_8859_1)));
		SocketClient client = start((spec) -> spec.port(server.port()).framing(framing));
		ClientFixture.await(client, ClientState.CONNECTED);
		assertThat(client.session().orElseThrow().settingsVersion()).isEqualTo(1);
		assertThat(client.send("\u00e9")).succeedsWithin(Patience.limit());
		Patience.within(() -> assertThat(seen).containsExactly("\u00e9"));
		Patience.await(client.rotate());
		assertThat(client.session().orElseThrow().settingsVersion()).isEqualTo(2);
	}

	/** A thread that is quick sends as soon as the state says that it can. */
	@Test
	void whatIsSentAtOnceIsForTheSessionThatIsThere() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		for (int i = 0; i < 50; i++) {
			Framing framing = new InterruptedFraming(() -> change((spec) -> spec.charset(ISO_8859_1)));
			SocketClient client = start((spec) -> spec.port(server.port()).framing(framing));
			while (client.state() != ClientState.CONNECTED) {
				assertThat(client.failure()).isNull();
			}
			assertThat(client.send("\u00e9")).succeedsWithin(Patience.limit());
			Patience.within(() -> assertThat(seen).containsExactly("\u00e9"));
			seen.clear();
			this.fixture.clients.remove(client.name());
			Patience.await(client.closed());
			this.version = 1;
		}
	}

	/** The one before takes what is sent until then. */
	@Test
	void whatIsSentWhileAHandlerOpensTheNextConnectionIsForTheOneBefore() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		CountDownLatch opens = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		SocketServer server = this.fixture.collecting(seen);
		SocketClient client = start((spec) -> spec.port(server.port()).handler(opening((session) -> {
			if (session.settingsVersion() == 2) {
				opens.countDown();
				Patience.hold(sent);
			}
		})));
		assertThat(client.send("\u00e9")).succeedsWithin(Patience.limit());
		change((spec) -> spec.charset(ISO_8859_1));
		CompletableFuture<?> rotated = client.rotate();
		Patience.await(opens);
		assertThat(client.send("\u00e9")).succeedsWithin(Patience.limit());
		Patience.within(() -> assertThat(seen).containsExactly("\u00e9", "\u00e9"));
		sent.countDown();
		Patience.await(rotated);
		assertThat(client.send("\u00e9")).succeedsWithin(Patience.limit());
		Patience.within(() -> assertThat(seen).containsExactly("\u00e9", "\u00e9", "\ufffd"));
	}

	private static ServerHandler opening(Consumer<SocketSession> opening) {
		return ServerFixture.messages(new SessionHandler() {

			@Override
			public void opened(SocketSession session) {
				opening.accept(session);
			}

			@Override
			public @Nullable Object received(Object payload, SocketSession session) {
				return null;
			}

		});
	}

	@Test
	void whatIsSentWhileThereIsNoConnectionIsForTheNext() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		SocketClient client = start((spec) -> spec.port(server.port()).charset(ISO_8859_1));
		assertThat(client.send("\u00e9")).succeedsWithin(Patience.limit());
		change((spec) -> spec.charset(UTF_8));
		assertThat(client.disconnect()).isTrue();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		CompletableFuture<?> sent = client.send("\u00e9");
		assertThat(client.reconnect()).isTrue();
		assertThat(sent).succeedsWithin(Patience.limit());
		Patience.within(() -> assertThat(seen).containsExactly("\ufffd", "\u00e9"));
	}

	@Test
	void sessionThatIsMadeWhileSeveralChangesComeTakesThoseThatFollow() throws Exception {
		SocketServer server = server("one");
		Framing framing = new InterruptedFraming(() -> {
			change((spec) -> spec.timeouts((t) -> t.idle(LONG)));
			change((spec) -> spec.timeouts((t) -> t.idle(LONG.multipliedBy(2))));
		});
		SocketClient client = start((spec) -> spec.port(server.port()).framing(framing));
		ClientFixture.await(client, ClientState.CONNECTED);
		SocketSession session = client.session().orElseThrow();
		change((spec) -> spec.timeouts((t) -> t.idle(Duration.ofMillis(200))));
		assertThat(session.closed()).succeedsWithin(Patience.limit())
			.matches((status) -> status.reason() == CloseReason.IDLE_TIMEOUT);
	}

	private static ServerHandler takes(Set<String> seen, String name) {
		return ServerFixture.messages(name, (line, session) -> {
			seen.add(name + " " + line);
			return null;
		});
	}

	@Test
	void whatOnlyARestartChangesIsRefusedByName() {
		SocketClient client = start(server("one"), UnaryOperator.identity());
		isRefused("port", (spec) -> spec.port(1));
		isRefused("host", (spec) -> spec.host("localhost"));
		isRefused("protocol", (spec) -> spec.datagrams(true));
		isRefused("transport", (spec) -> spec.transport(SocketTransport.NIO));
		isRefused("threads", (spec) -> spec.threads((threads) -> threads.name("other")));
		isRefused("execution", (spec) -> spec.execution((execution) -> execution.threads(2)));
		isRefused("handler", (spec) -> spec.handler(takes(Set.of(), "one")));
		isRefused("pool.key", (spec) -> spec.pool((pool) -> pool.size(2).key(ClientSettingsTests::same)));
		assertThat(client.spec().session().execution()).isEqualTo(spec().session().execution());
		client.close();
	}

	private static @Nullable Object same(Object payload) {
		return payload;
	}

	private void isRefused(String component, UnaryOperator<ClientSpec.Builder> change) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> change(change))
			.extracting(InvalidSpecException::component)
			.isEqualTo(component);
	}

	@Test
	void stoppedClientTakesAnotherPlace() throws Exception {
		SocketServer one = server("one");
		SocketServer two = server("two");
		SocketClient client = start(one, UnaryOperator.identity());
		Patience.await(client.stop());
		change((spec) -> spec.port(two.port()).transport(SocketTransport.NIO));
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
		client.start();
		assertThat(ask(client, "b")).isEqualTo("two b");
		assertThat(client.transport()).isEqualTo(SocketTransport.NIO);
	}

	@Test
	void stoppedClientTakesAnotherProtocol() throws Exception {
		SocketServer one = server("one");
		SocketServer two = this.fixture.servers.start(ServerHandler.function("upper", PayloadConverter.text(UTF_8),
				(text) -> text.toString().toUpperCase(Locale.ROOT)), (spec) -> spec.udp((udp) -> udp));
		SocketClient client = start(one, UnaryOperator.identity());
		Patience.await(client.stop());
		change((spec) -> spec.datagrams(true).port(two.port()));
		client.start();
		assertThat(ask(client, "b")).isEqualTo("B");
		Patience.await(client.stop());
		change((spec) -> spec.datagrams(false).port(one.port()));
		client.start();
		assertThat(ask(client, "c")).isEqualTo("one c");
	}

}
