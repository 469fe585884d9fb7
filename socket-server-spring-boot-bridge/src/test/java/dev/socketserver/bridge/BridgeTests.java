package dev.socketserver.bridge;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.bridge.actuate.SocketBridgesHealthIndicator;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Bridges to a bean of the application, over real sockets. */
class BridgeTests {

	@RegisterExtension
	private static final BridgedApplication application = new BridgedApplication();

	@Test
	void aMessageIsAcknowledgedWhenItIsStored() throws Exception {
		BridgedServer bridged = application.use("function");
		TestPeer peer = bridged.connect().send("a\n");
		TestStore store = bridged.store().awaitCalls(1);
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
		BridgedServer bridged = application.use("narrow");
		TestPeer peer = bridged.connect().send("a\nb\nc\nd\ne\nf\n");
		TestStore store = bridged.store().awaitCalls(4);
		assertThat(store.calls).hasSize(4);
		assertThat(bridged.session(peer).info().pendingInbound()).isEqualTo(4);
		for (int index : List.of(3, 1, 0, 2)) {
			store.complete(index);
		}
		store.answers = true;
		store.awaitCalls(6);
		store.complete(4);
		store.complete(5);
		assertThat(peer.lines(6)).containsExactly("function a", "function b", "function c", "function d", "function e",
				"function f");
		assertThat(store.texts()).containsExactly("a", "b", "c", "d", "e", "f");
	}

	@Test
	void moreMayBeStoredAtATimeThanWaitForAHandlerByDefault() throws Exception {
		BridgedServer bridged = application.use("wide");
		bridged.connect().send("a\n".repeat(100));
		assertThat(bridged.store().awaitCalls(100).calls).hasSize(100);
	}

	@Test
	void aStoreThatIsSlowStopsThePeer() throws Exception {
		BridgedServer bridged = application.use("narrow");
		// More than the system keeps for both ends.
		List<String> all = IntStream.range(0, 1_000).mapToObj((number) -> number + " ".repeat(8_000)).toList();
		TestPeer peer = bridged.connect();
		long before = bridged.server().statistics().messagesReceived();
		CompletableFuture<?> sending = peer.sendMeanwhile(all.stream().map((line) -> line + "\n"));
		TestStore store = bridged.store().awaitCalls(4);
		await().during(Duration.ofMillis(500)).until(() -> store.calls.size() == 4 && !sending.isDone());
		// What one read has brought, beyond what is at the store.
		assertThat(bridged.server().statistics().messagesReceived() - before).isLessThan(100);
		assertThat(application.context().getBean(SocketServers.class).memoryUsed()).isLessThan(1_000_000);
		store.answerAll();
		for (String line : all) {
			assertThat(peer.line()).isEqualTo("function " + line);
		}
		sending.get();
		assertThat(store.texts()).isEqualTo(all);
	}

	@Test
	void whatWaitsAtTheStoreCountsWhereMoreIsDropped() throws Exception {
		BridgedServer bridged = application.use("dropping");
		SocketServers servers = application.context().getBean(SocketServers.class);
		String text = " ".repeat(4_000);
		TestPeer peer = bridged.connect().send("0" + text + "\n");
		TestStore store = bridged.store().awaitCalls(1);
		for (int i = 1; i < 9; i++) {
			peer.send(i + text + "\n");
		}
		await().until(() -> bridged.server().statistics().inboundDropped() == 3);
		assertThat(store.calls).hasSize(4);
		assertThat(bridged.session(peer).info().pendingInbound()).isEqualTo(6);
		assertThat(servers.memoryUsed()).isGreaterThanOrEqualTo(6 * 4_000);
		store.answerAll();
		for (int i = 0; i < 6; i++) {
			assertThat(peer.line()).isEqualTo("function " + i + text);
		}
		await().until(() -> servers.memoryUsed() == 0);
	}

	@Test
	void aPeerIsGreetedBeforeItSendsWhatIsStored() throws Exception {
		BridgedServer bridged = application.use("greeting");
		TestPeer peer = bridged.connect();
		assertThat(peer.line()).isEqualTo("welcome");
		peer.send("a\n");
		bridged.store().awaitCalls(1).complete(0);
		assertThat(peer.line()).isEqualTo("answer to a");
	}

	@Test
	void aMethodIsGivenHowItsMessageWasStored() throws Exception {
		BridgedServer bridged = application.use("ids");
		TestPeer peer = bridged.connect().send("data 7\nbind me\ndata 8\n");
		TestStore store = bridged.store().awaitCalls(3);
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
	void anEmptyIdIsNone() throws Exception {
		BridgedServer bridged = application.use("named");
		bridged.store().answers = true;
		assertThat(bridged.connect().ask(" data")).isEqualTo("function  data");
		assertThat(bridged.store().calls.get(0).message().id()).isNull();
	}

	@Test
	void whatIsNotToBeStoredIsHandledInItsTurn() throws Exception {
		BridgedServer bridged = application.use("when");
		TestPeer peer = bridged.connect().send("!a\nb\n!c\n");
		TestStore store = bridged.store().awaitCalls(2);
		store.complete(1);
		store.complete(0);
		assertThat(peer.lines(3)).containsExactly("function !a", "function b", "function !c");
		assertThat(store.texts()).containsExactly("!a", "!c");
	}

	@Test
	void theIdentityOfASessionMayKeepTheOrder() throws Exception {
		BridgedServer bridged = application.use("identities");
		bridged.store().answers = true;
		TestPeer peer = bridged.connect();
		assertThat(peer.ask("data a")).endsWith("data a");
		assertThat(peer.ask("bind me")).isEqualTo("bound");
		assertThat(peer.ask("data b")).endsWith("data b");
		InboundMessage before = bridged.store().calls.get(0).message();
		InboundMessage after = bridged.store().calls.get(2).message();
		assertThat(before.key()).isEqualTo(before.session());
		assertThat(after.key()).isEqualTo("meter:4711").isEqualTo(after.identity());
		assertThat(after.principal()).isEqualTo("clerk");
	}

	@Test
	void aServerWithoutHandlerAcknowledgesItself() throws Exception {
		BridgedServer bridged = application.use("acknowledge");
		TestPeer peer = bridged.connect().send("!a\nb\n!c\n");
		TestStore store = bridged.store().awaitCalls(2);
		store.complete(0);
		store.complete(1);
		assertThat(peer.lines(2)).containsExactly("OK", "OK");
		assertThat(peer.end()).isEmpty();
	}

	@Test
	void aReplyToARequestPassesBeforeTheStore() throws Exception {
		BridgedServer bridged = application.use("asking");
		TestPeer peer = bridged.connect().send("a\n");
		TestStore store = bridged.store().awaitCalls(1);
		CompletableFuture<Object> reply = bridged.session(peer).ask("how are you", Patience.limit());
		assertThat(peer.line()).isEqualTo("how are you");
		peer.send("fine\n");
		assertThat(Patience.await(reply)).isEqualTo("fine");
		store.complete(0);
		assertThat(peer.line()).isEqualTo("function a");
		assertThat(store.texts()).containsExactly("a");
	}

	@Test
	void datagramsAreStoredBeforeTheyAreAnswered() throws Exception {
		BridgedServer bridged = application.use("datagrams");
		InetSocketAddress address = Objects.requireNonNull(bridged.server().localAddress());
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.setSoTimeout(Patience.millis());
			byte[] sent = "a datagram".getBytes(StandardCharsets.UTF_8);
			peer.send(new DatagramPacket(sent, sent.length, address));
			TestStore store = bridged.store().awaitCalls(1);
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
		BridgedServer bridged = application.use("path");
		bridged.store().answers = true;
		try (UnixPeer peer = UnixPeer
			.connect(Path.of(application.context().getEnvironment().getRequiredProperty("test.path")))) {
			assertThat(peer.ask("a")).isEqualTo("function a");
		}
		assertThat(bridged.store().texts()).containsExactly("a");
	}

	@Test
	void sessionsDoNotWaitForEachOther() throws Exception {
		BridgedServer bridged = application.use("function");
		TestPeer slow = bridged.connect().send("a\n");
		TestStore store = bridged.store().awaitCalls(1);
		store.answers = true;
		assertThat(bridged.connect().ask("b")).isEqualTo("function b");
		store.complete(0);
		assertThat(slow.line()).isEqualTo("function a");
	}

	@Test
	void manyMessagesAreStoredOnceAndInOrder() throws Exception {
		BridgedServer bridged = application.use("function");
		bridged.store().answers = true;
		List<String> all = IntStream.range(0, 10_000).mapToObj(String::valueOf).toList();
		TestPeer peer = bridged.connect();
		CompletableFuture<?> sending = peer.sendMeanwhile(Stream.of(String.join("\n", all) + "\n"));
		for (String line : all) {
			assertThat(peer.line()).isEqualTo("function " + line);
		}
		sending.get();
		assertThat(bridged.store().texts()).isEqualTo(all);
	}

	@Test
	void operatorsSeeWhatWaitsAndWhatWasStored() throws Exception {
		BridgedServer bridged = application.use("seen");
		TestPeer peer = bridged.connect().send("data a\ndata b\ndata c\ndata d\n");
		TestStore store = bridged.store().awaitCalls(4);
		store.complete(0);
		store.calls.get(1).future().complete(new Stored(null, true, null));
		store.fail(2, new MessageRejectedException("no"));
		store.fail(3, new IOException("away"));
		assertThat(peer.line()).endsWith("data a");
		assertThat(peer.line()).endsWith("data b");
		assertThat(peer.line()).startsWith("not stored");
		SocketServersEndpoint endpoint = application.context().getBean(SocketServersEndpoint.class);
		await().until(() -> Objects.requireNonNull(Objects.requireNonNull(endpoint.socketServer("seen")).bridge())
			.failingSince() != null);
		assertThat(Objects.requireNonNull(Objects.requireNonNull(endpoint.socketServer("seen")).bridge()))
			.extracting("to", "pending", "stored", "duplicates")
			.containsExactly("store", 1, 1L, 1L);
		assertThat(Objects.requireNonNull(endpoint.socketServer("seen")).mappings()).isNotEmpty();
		MeterRegistry meters = application.context().getBean(MeterRegistry.class);
		for (String outcome : List.of("STORED", "DUPLICATE", "REJECTED", "FAILED")) {
			assertThat(meters.get("socket.server.bridge")
				.tag("server", "seen")
				.tag("outcome", outcome)
				.functionTimer()
				.count()).as(outcome).isEqualTo(1);
		}
		assertThat(meters.get("socket.server.bridge.pending").tag("server", "seen").gauge().value()).isEqualTo(1);
		Health health = Objects
			.requireNonNull(application.context().getBean(SocketBridgesHealthIndicator.class).health(true));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails().get("seen")).asString().contains("to=store", "pending=1", "failingSince=");
		assertThat(Objects.requireNonNull(endpoint.socketServer("stopped")).bridge()).isNotNull();
	}

}
