package dev.socketserver.bridge;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.bridge.actuate.SocketBridgesHealthIndicator;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Bridges to a bean of the application, over real sockets. */
@Timeout(120)
class BridgeTests {

	private static final Map<String, TestStore> STORES = new ConcurrentHashMap<>();

	@TempDir
	private static Path folder;

	private static @Nullable ConfigurableApplicationContext context;

	@RegisterExtension
	private final Opened opened = new Opened();

	private String name = "";

	private Map<CloseReason, Long> closedBefore = Map.of();

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.config.location=classpath:/bridge.yml", "--test.path=" + folder.resolve("in"));
	}

	@AfterAll
	static void stop() {
		context().close();
	}

	private static ConfigurableApplicationContext context() {
		return Objects.requireNonNull(context);
	}

	/** Chooses the server of a test, which has a new store. */
	private void use(String name) {
		this.name = name;
		STORES.put(name, new TestStore());
		this.closedBefore = server().statistics().closed();
	}

	private TestPeer connect() throws IOException {
		return this.opened.add(TestPeer.connect(context(), this.name));
	}

	private TestStore store() {
		return Objects.requireNonNull(STORES.get(this.name));
	}

	private SocketServer server() {
		return context().getBean(SocketServers.class).get(this.name);
	}

	private long closed(CloseReason reason) {
		return server().statistics().closed().getOrDefault(reason, 0L) - this.closedBefore.getOrDefault(reason, 0L);
	}

	@Test
	void aMessageIsAcknowledgedWhenItIsStored() throws Exception {
		use("function");
		TestPeer peer = connect().send("a\n");
		TestStore store = store().awaitCalls(1);
		InboundMessage message = store.calls.get(0).message();
		store.complete(0);
		assertThat(peer.line()).isEqualTo("function a");
		assertThat(message.server()).isEqualTo("function");
		assertThat(message.session()).isEqualTo(message.key());
		assertThat(message.remoteAddress().getPort()).isEqualTo(peer.port());
		assertThat(message.payload()).asString().isEqualTo("a");
		assertThat(message.identity()).isNull();
		assertThat(message.principal()).isNull();
		assertThat(message.id()).isNull();
		assertThat(message).asString().contains("1 bytes").doesNotContain("payload");
	}

	@Test
	void manyAreStoredAtATimeAndAcknowledgedInTheirOrder() throws Exception {
		use("narrow");
		TestPeer peer = connect().send("a\nb\nc\nd\ne\nf\n");
		TestStore store = store().awaitCalls(4);
		assertThat(store.calls).hasSize(4);
		assertThat(server().sessions().findFirst().orElseThrow().info().pendingInbound()).isEqualTo(4);
		for (int index : List.of(3, 1, 0, 2)) {
			store.complete(index);
		}
		store.answers = true;
		store.awaitCalls(6);
		store.complete(4);
		store.complete(5);
		for (String line : List.of("a", "b", "c", "d", "e", "f")) {
			assertThat(peer.line()).isEqualTo("function " + line);
		}
		assertThat(store.texts()).containsExactly("a", "b", "c", "d", "e", "f");
	}

	@Test
	void aStoreThatIsSlowStopsThePeer() throws Exception {
		use("narrow");
		List<String> all = IntStream.range(0, 5_000).mapToObj((number) -> number + " ".repeat(8_000)).toList();
		TestPeer peer = connect();
		long before = server().statistics().messagesReceived();
		CompletableFuture<?> sending = CompletableFuture.runAsync(() -> {
			try {
				for (String line : all) {
					peer.send(line + "\n");
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
		TestStore store = store().awaitCalls(4);
		await().during(Duration.ofMillis(500)).until(() -> store.calls.size() == 4 && !sending.isDone());
		// What one read has brought, beyond what is at the store.
		assertThat(server().statistics().messagesReceived() - before).isLessThan(100);
		assertThat(context().getBean(SocketServers.class).memoryUsed()).isLessThan(1_000_000);
		store.answers = true;
		store.calls.forEach((call) -> call.future().complete(null));
		for (String line : all) {
			assertThat(peer.line()).isEqualTo("function " + line);
		}
		sending.get();
		assertThat(store.texts()).isEqualTo(all);
	}

	@Test
	void whatWaitsAtTheStoreCountsWhereMoreIsDropped() throws Exception {
		use("dropping");
		SocketServers servers = context().getBean(SocketServers.class);
		String text = " ".repeat(4_000);
		TestPeer peer = connect().send("0" + text + "\n");
		TestStore store = store().awaitCalls(1);
		for (int i = 1; i < 9; i++) {
			peer.send(i + text + "\n");
		}
		await().until(() -> server().statistics().inboundDropped() == 3);
		assertThat(store.calls).hasSize(4);
		assertThat(server().sessions().findFirst().orElseThrow().info().pendingInbound()).isEqualTo(6);
		assertThat(servers.memoryUsed()).isGreaterThanOrEqualTo(6 * 4_000);
		store.answers = true;
		store.calls.forEach((call) -> call.future().complete(null));
		for (int i = 0; i < 6; i++) {
			assertThat(peer.line()).isEqualTo("function " + i + text);
		}
		await().until(() -> servers.memoryUsed() == 0);
	}

	@Test
	void aMethodIsGivenHowItsMessageWasStored() throws Exception {
		use("ids");
		TestPeer peer = connect().send("data 7\nbind me\ndata 8\n");
		TestStore store = store().awaitCalls(3);
		assertThat(store.calls.get(0).message().key()).isEqualTo("data");
		store.calls.get(0).future().complete(new Stored("data", true, "row 9"));
		assertThat(peer.line()).isEqualTo("Stored[id=data, duplicate=true, position=row 9] data 7");
		store.complete(1);
		assertThat(peer.line()).isEqualTo("bound");
		store.complete(2);
		assertThat(peer.line()).isEqualTo("Stored[id=data, duplicate=false, position=null] data 8");
		peer.send("data 9\n");
		assertThat(store.awaitCalls(4).calls.get(3).message().identity()).isEqualTo("meter:4711");
	}

	@Test
	void whatIsNotToBeStoredIsHandledInItsTurn() throws Exception {
		use("when");
		TestPeer peer = connect().send("!a\nb\n!c\n");
		TestStore store = store().awaitCalls(2);
		store.complete(1);
		store.complete(0);
		assertThat(peer.line()).isEqualTo("function !a");
		assertThat(peer.line()).isEqualTo("function b");
		assertThat(peer.line()).isEqualTo("function !c");
		assertThat(store.texts()).containsExactly("!a", "!c");
	}

	@Test
	void afterAFailureAllBehindItIsStoredAgainInItsOrder() throws Exception {
		use("function");
		TestPeer peer = connect().send("a\nb\nc\n");
		TestStore store = store().awaitCalls(3);
		store.complete(2);
		store.fail(1, new IOException("away"));
		store.complete(0);
		assertThat(peer.line()).isEqualTo("function a");
		store.awaitCalls(4);
		peer.send("d\n");
		store.fail(3, new IOException("away"));
		store.awaitCalls(5);
		assertThat(store.texts()).containsExactly("a", "b", "c", "b", "b");
		store.answers = true;
		store.complete(4);
		for (String line : List.of("b", "c", "d")) {
			assertThat(peer.line()).isEqualTo("function " + line);
		}
		assertThat(store.texts()).containsExactly("a", "b", "c", "b", "b", "c", "d");
	}

	@Test
	void aStoreThatDoesNotAnswerIsAskedAgain() throws Exception {
		use("timeout");
		TestPeer peer = connect().send("a\nb\n");
		TestStore store = store().awaitCalls(3);
		assertThat(store.texts()).startsWith("a", "b", "a");
		store.answers = true;
		assertThat(peer.line()).isEqualTo("function a");
		assertThat(peer.line()).isEqualTo("function b");
		assertThat(store.texts()).endsWith("a", "b");
	}

	@Test
	void whatCanNeverBeStoredHoldsNobodyBack() throws Exception {
		use("methods");
		TestPeer peer = connect().send("data a\ndata b\ndata c\n");
		TestStore store = store().awaitCalls(3);
		store.complete(0);
		store.fail(1, new MessageRejectedException("too dull"));
		store.complete(2);
		assertThat(peer.line()).endsWith("data a");
		assertThat(peer.line()).isEqualTo("not stored: too dull: data b");
		assertThat(peer.line()).endsWith("data c");
		assertThat(store.calls).hasSize(3);
	}

	@Test
	void withoutAnErrorMethodWhatCanNeverBeStoredClosesTheSession() throws Exception {
		use("function");
		TestPeer peer = connect().send("a\n");
		store().awaitCalls(1).fail(0, new MessageRejectedException("too dull"));
		assertThat(peer.read()).isNull();
		await().until(() -> closed(CloseReason.HANDLER_ERROR) == 1);
	}

	@Test
	void theHandlerMayBeNotifiedOfAFailure() throws Exception {
		use("error");
		TestPeer peer = connect().send("data a\ndata b\ndata c\n");
		TestStore store = store().awaitCalls(3);
		store.fail(0, new IOException("away"));
		store.complete(1);
		store.complete(2);
		assertThat(peer.line()).startsWith("not stored: ").endsWith("IOException: data a");
		assertThat(peer.line()).endsWith("data b");
		assertThat(peer.line()).endsWith("data c");
		assertThat(store.calls).hasSize(3);
	}

	@Test
	void aStoreThatDoesNotAnswerInTimeIsAFailure() throws Exception {
		use("late");
		TestPeer peer = connect().send("data a\n");
		TestStore store = store().awaitCalls(1);
		assertThat(peer.line()).isEqualTo("not stored: null: data a");
		store.answers = true;
		assertThat(peer.ask("data b")).endsWith("data b");
		store.complete(0);
		assertThat(peer.ask("data c")).endsWith("data c");
		assertThat(store.texts()).containsExactly("data a", "data b", "data c");
	}

	@Test
	void theIdentityOfASessionMayKeepTheOrder() throws Exception {
		use("identities");
		store().answers = true;
		TestPeer peer = connect();
		assertThat(peer.ask("data a")).endsWith("data a");
		assertThat(peer.ask("bind me")).isEqualTo("bound");
		assertThat(peer.ask("data b")).endsWith("data b");
		InboundMessage before = store().calls.get(0).message();
		InboundMessage after = store().calls.get(2).message();
		assertThat(before.key()).isEqualTo(before.session());
		assertThat(after.key()).isEqualTo("meter:4711").isEqualTo(after.identity());
		assertThat(after.principal()).isEqualTo("clerk");
	}

	@Test
	void aFailureMayCloseTheSession() throws Exception {
		use("close");
		TestPeer peer = connect().send("data a\ndata b\n");
		store().awaitCalls(2).fail(0, new IOException("away"));
		assertThat(peer.read()).isNull();
		await().until(() -> closed(CloseReason.NOT_STORED) == 1);
	}

	@Test
	void aServerWithoutHandlerAcknowledgesItself() throws Exception {
		use("acknowledge");
		TestPeer peer = connect().send("!a\nb\n!c\n");
		TestStore store = store().awaitCalls(2);
		store.complete(0);
		store.complete(1);
		assertThat(peer.line()).isEqualTo("OK");
		assertThat(peer.line()).isEqualTo("OK");
		assertThat(peer.end()).isEmpty();
	}

	@Test
	void aStopAwaitsTheStoreAndAcknowledges() throws Exception {
		use("stopped");
		TestPeer peer = connect().send("a\nb\n");
		TestStore store = store().awaitCalls(2);
		store.fail(0, new IOException("away"));
		SocketServer server = server();
		CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(server::stop);
		await().until(() -> server.state() == ServerState.DRAINING);
		store.answers = true;
		store.calls.forEach((call) -> call.future().complete(null));
		assertThat(peer.line()).isEqualTo("function a");
		assertThat(peer.line()).isEqualTo("function b");
		assertThat(peer.read()).isNull();
		assertThat(stopped.get()).isTrue();
	}

	@Test
	void aStopDoesNotAcknowledgeWhatIsNotStoredInTime() throws Exception {
		use("hasty");
		TestPeer peer = connect().send("a\n");
		store().awaitCalls(1);
		server().stop();
		await().until(() -> closed(CloseReason.SERVER_STOPPED) == 1);
		store().complete(0);
		assertThat(server().statistics().messagesHandled()).isZero();
	}

	@Test
	void nothingIsStoredAgainForAPeerThatIsGone() throws Exception {
		use("patient");
		TestPeer peer = connect().send("a\nb\n");
		TestStore store = store().awaitCalls(2);
		store.fail(0, new IOException("away"));
		peer.reset();
		await().until(() -> closed(CloseReason.NOT_STORED) == 1);
		assertThat(store.calls).hasSize(2);
	}

	@Test
	void whatAPeerHasSentBeforeItEndedIsStored() throws Exception {
		use("function");
		TestPeer peer = connect().send("a\nb\n");
		peer.endOutput();
		TestStore store = store().awaitCalls(2);
		store.fail(0, new IOException("away"));
		store.answers = true;
		assertThat(peer.line()).isEqualTo("function a");
		assertThat(peer.line()).isEqualTo("function b");
		assertThat(peer.read()).isNull();
		await().until(() -> closed(CloseReason.PEER_CLOSED) >= 1);
	}

	@Test
	void aReplyToARequestPassesBeforeTheStore() throws Exception {
		use("asking");
		TestPeer peer = connect().send("a\n");
		TestStore store = store().awaitCalls(1);
		CompletableFuture<Object> reply = server().sessions()
			.findFirst()
			.orElseThrow()
			.ask("how are you", Duration.ofSeconds(30));
		assertThat(peer.line()).isEqualTo("how are you");
		peer.send("fine\n");
		assertThat(reply.get(30, TimeUnit.SECONDS)).isEqualTo("fine");
		store.complete(0);
		assertThat(peer.line()).isEqualTo("function a");
		assertThat(store.texts()).containsExactly("a");
	}

	@Test
	void anIdOrAConditionThatThrowsIsAnErrorOfItsMessage() throws Exception {
		use("broken");
		store().answers = true;
		TestPeer peer = connect().send("data a\ndata id\ndata b\ndata condition\ndata c\n");
		for (String end : List.of("data a", "failed: no id", "data b", "failed: no condition", "data c")) {
			assertThat(peer.line()).endsWith(end);
		}
		assertThat(store().texts()).containsExactly("data a", "data b", "data c");
	}

	@Test
	void datagramsAreStoredBeforeTheyAreAnswered() throws Exception {
		use("datagrams");
		InetSocketAddress address = Objects.requireNonNull(server().localAddress());
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.setSoTimeout(30_000);
			byte[] sent = "a datagram".getBytes(StandardCharsets.UTF_8);
			peer.send(new DatagramPacket(sent, sent.length, address));
			TestStore store = store().awaitCalls(1);
			store.fail(0, new IOException("away"));
			store.awaitCalls(2);
			store.answers = true;
			store.complete(1);
			DatagramPacket received = new DatagramPacket(new byte[100], 100);
			peer.receive(received);
			assertThat(new String(received.getData(), 0, received.getLength(), StandardCharsets.UTF_8))
				.isEqualTo("function a datagram");
			assertThat(store.calls.get(1).message().remoteAddress().getPort()).isEqualTo(peer.getLocalPort());
		}
	}

	@Test
	void aPeerOfAUnixSocketHasItsMessagesStored() throws Exception {
		use("path");
		store().answers = true;
		try (UnixPeer peer = UnixPeer.connect(folder.resolve("in"))) {
			assertThat(peer.ask("a")).isEqualTo("function a");
		}
		assertThat(store().texts()).containsExactly("a");
	}

	@Test
	void sessionsDoNotWaitForEachOther() throws Exception {
		use("function");
		TestPeer slow = connect().send("a\n");
		TestStore store = store().awaitCalls(1);
		store.answers = true;
		assertThat(connect().ask("b")).isEqualTo("function b");
		store.complete(0);
		assertThat(slow.line()).isEqualTo("function a");
	}

	@Test
	void manyMessagesAreStoredOnceAndInOrder() throws Exception {
		use("function");
		store().answers = true;
		StringBuilder sent = new StringBuilder();
		List<String> all = IntStream.range(0, 10_000).mapToObj(String::valueOf).toList();
		all.forEach((line) -> sent.append(line).append('\n'));
		TestPeer peer = connect();
		CompletableFuture<?> sending = CompletableFuture.runAsync(() -> {
			try {
				peer.send(sent.toString());
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
		for (String line : all) {
			assertThat(peer.line()).isEqualTo("function " + line);
		}
		sending.get();
		assertThat(store().texts()).isEqualTo(all);
	}

	@Test
	void operatorsSeeWhatWaitsAndWhatWasStored() throws Exception {
		use("seen");
		TestPeer peer = connect().send("data a\ndata b\ndata c\ndata d\n");
		TestStore store = store().awaitCalls(4);
		store.complete(0);
		store.calls.get(1).future().complete(new Stored(null, true, null));
		store.fail(2, new MessageRejectedException("no"));
		store.fail(3, new IOException("away"));
		assertThat(peer.line()).endsWith("data a");
		assertThat(peer.line()).endsWith("data b");
		assertThat(peer.line()).startsWith("not stored");
		SocketServersEndpoint endpoint = context().getBean(SocketServersEndpoint.class);
		await().until(() -> Objects.requireNonNull(Objects.requireNonNull(endpoint.socketServer("seen")).bridge())
			.failingSince() != null);
		assertThat(Objects.requireNonNull(Objects.requireNonNull(endpoint.socketServer("seen")).bridge()))
			.extracting("to", "pending", "stored", "duplicates")
			.containsExactly("store", 1, 1L, 1L);
		assertThat(Objects.requireNonNull(endpoint.socketServer("seen")).mappings()).isNotEmpty();
		MeterRegistry meters = context().getBean(MeterRegistry.class);
		for (String outcome : List.of("STORED", "DUPLICATE", "REJECTED", "FAILED")) {
			assertThat(meters.get("socket.server.bridge")
				.tag("server", "seen")
				.tag("outcome", outcome)
				.functionTimer()
				.count()).as(outcome).isEqualTo(1);
		}
		assertThat(meters.get("socket.server.bridge.pending").tag("server", "seen").gauge().value()).isEqualTo(1);
		Health health = Objects.requireNonNull(context().getBean(SocketBridgesHealthIndicator.class).health(true));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails().get("seen")).asString().contains("to=store", "pending=1", "failingSince=");
		assertThat(Objects.requireNonNull(endpoint.socketServer("stopped")).bridge()).isNotNull();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MessageStore store() {
			return (message) -> Objects.requireNonNull(STORES.get(message.server())).store(message);
		}

		@Bean
		Function<String, String> function() {
			return (line) -> "function " + line;
		}

		@Bean
		Methods methods() {
			return new Methods();
		}

		@Bean
		Function<String, @Nullable String> firstWord() {
			return (line) -> line.split(" ")[0];
		}

		@Bean
		Function<String, @Nullable String> brokenId() {
			return (line) -> {
				if (line.equals("data id")) {
					throw new IllegalStateException("no id");
				}
				return null;
			};
		}

		@Bean
		Predicate<String> brokenCondition() {
			return (line) -> {
				if (line.equals("data condition")) {
					throw new IllegalStateException("no condition");
				}
				return true;
			};
		}

		@Bean
		Predicate<String> important() {
			return (line) -> line.startsWith("!");
		}

	}

	@SocketHandler("other")
	static class Methods {

		@OnMessage("data")
		String data(String line, Stored stored) {
			return stored + " " + line;
		}

		@OnMessage("bind")
		String bind(String line, SocketSession session) {
			session.bind("meter", "4711", BindPolicy.REPLACE);
			session.authenticate(() -> "clerk");
			return "bound";
		}

		@OnError
		String failed(IllegalStateException failure) {
			return "failed: " + failure.getMessage();
		}

		@OnError
		String rejected(MessageRejectedException failure, String line) {
			return "not stored: " + failure.getMessage() + ": " + line;
		}

		@OnError
		String notStored(NotStoredException failure, String line) {
			Throwable cause = failure.getCause();
			return "not stored: " + ((cause != null) ? cause.getClass().getSimpleName() : null) + ": " + line;
		}

	}

}
