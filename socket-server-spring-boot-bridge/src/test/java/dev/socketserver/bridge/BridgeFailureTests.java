package dev.socketserver.bridge;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of messages of a bridge that fail, or whose server stops or peer ends
 * before they are stored.
 */
class BridgeFailureTests {

	@RegisterExtension
	private static final BridgedApplication application = new BridgedApplication();

	@RegisterExtension
	private final LogLines log = new LogLines(SocketServer.class);

	@Test
	void afterAFailureAllBehindItIsStoredAgainInItsOrder() throws Exception {
		BridgedServer bridged = application.use("function");
		TestPeer peer = bridged.connect().send("a\nb\nc\n");
		TestStore store = bridged.store().awaitCalls(3);
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
		assertThat(peer.lines(3)).containsExactly("function b", "function c", "function d");
		assertThat(store.texts()).containsExactly("a", "b", "c", "b", "b", "c", "d");
	}

	@Test
	void aStoreThatDoesNotAnswerIsAskedAgain() throws Exception {
		BridgedServer bridged = application.use("timeout");
		TestPeer peer = bridged.connect().send("a\nb\n");
		TestStore store = bridged.store().awaitCalls(3);
		assertThat(store.texts()).startsWith("a", "b", "a");
		store.answers = true;
		assertThat(peer.lines(2)).containsExactly("function a", "function b");
		assertThat(store.texts()).endsWith("a", "b");
	}

	@Test
	void whatCanNeverBeStoredHoldsNobodyBack() throws Exception {
		BridgedServer bridged = application.use("methods");
		TestPeer peer = bridged.connect().send("data a\ndata b\ndata c\n");
		TestStore store = bridged.store().awaitCalls(3);
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
		BridgedServer bridged = application.use("function");
		TestPeer peer = bridged.connect().send("a\n");
		bridged.store().awaitCalls(1).fail(0, new MessageRejectedException("too dull"));
		assertThat(peer.read()).isNull();
		await().until(() -> bridged.closed(CloseReason.HANDLER_ERROR) == 1);
		assertThat(this.log.messages(Level.ERROR, "function")).isEmpty();
		assertThat(this.log.messages(Level.WARN, "function")).singleElement()
			.asString()
			.endsWith(": a message was refused: too dull");
	}

	@Test
	void anIdThatCannotBeOneIsRejectedAndNoErrorOfTheHandler() throws Exception {
		BridgedServer bridged = application.use("named");
		FunctionTimer rejections = application.context()
			.getBean(MeterRegistry.class)
			.get("socket.server.bridge")
			.tags("server", "named", "outcome", "REJECTED")
			.functionTimer();
		for (String line : List.of("a\u0000b 1\n", "x".repeat(256) + " 2\n")) {
			double rejected = rejections.count();
			TestPeer peer = bridged.connect().send(line);
			assertThat(peer.read()).isNull();
			await().until(() -> rejections.count() == rejected + 1);
		}
		await().until(() -> this.log.messages(Level.WARN, "named").size() == 2);
		assertThat(this.log.messages(Level.ERROR, "named")).isEmpty();
		assertThat(this.log.messages(Level.WARN, "named"))
			.allSatisfy((line) -> assertThat(line).contains(": a message was refused: The id of the message has ")
				.doesNotContain("function"));
	}

	@Test
	void anIdThatThrowsIsNoErrorOfAMethodThatWasNotCalled() throws Exception {
		BridgedServer bridged = application.use("unread");
		TestPeer peer = bridged.connect().send("data id\n");
		assertThat(peer.read()).isNull();
		await().until(() -> this.log.messages(Level.ERROR, "unread").size() == 1);
		assertThat(this.log.messages(Level.ERROR, "unread")).singleElement()
			.asString()
			.contains(": handler 'function' failed in its bridge: java.lang.IllegalStateException: no id");
	}

	@Test
	void anArrayIsNoId() throws Exception {
		BridgedServer bridged = application.use("arrays");
		bridged.store().answers = true;
		TestPeer peer = bridged.connect().send("data a\n");
		assertThat(peer.read()).isNull();
		assertThat(bridged.store().texts()).isEmpty();
		await().until(() -> this.log.messages(Level.ERROR, "arrays").size() == 1);
		assertThat(this.log.messages(Level.ERROR, "arrays")).singleElement()
			.asString()
			.contains("The function of bridge.id returns an array");
	}

	@Test
	void theHandlerMayBeNotifiedOfAFailure() throws Exception {
		BridgedServer bridged = application.use("error");
		TestPeer peer = bridged.connect().send("data a\ndata b\ndata c\n");
		TestStore store = bridged.store().awaitCalls(3);
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
		BridgedServer bridged = application.use("late");
		TestPeer peer = bridged.connect().send("data a\n");
		TestStore store = bridged.store().awaitCalls(1);
		assertThat(peer.line()).isEqualTo("not stored: null: data a");
		store.answers = true;
		assertThat(peer.ask("data b")).endsWith("data b");
		store.complete(0);
		assertThat(peer.ask("data c")).endsWith("data c");
		assertThat(store.texts()).containsExactly("data a", "data b", "data c");
	}

	@Test
	void aStoreThatReturnsNothingIsAFailure() throws Exception {
		BridgedServer bridged = application.use("error");
		bridged.store().returnsNull = true;
		TestPeer peer = bridged.connect();
		assertThat(peer.ask("data a")).isEqualTo("not stored: null: data a");
		bridged.store().returnsNull = false;
		bridged.store().answers = true;
		assertThat(peer.ask("data b")).endsWith("data b");
	}

	@Test
	void aFailureMayCloseTheSession() throws Exception {
		BridgedServer bridged = application.use("close");
		TestPeer peer = bridged.connect().send("data a\ndata b\n");
		bridged.store().awaitCalls(2).fail(0, new IOException("away"));
		assertThat(peer.read()).isNull();
		await().until(() -> bridged.closed(CloseReason.NOT_STORED) == 1);
	}

	@Test
	void aStopAwaitsTheStoreAndAcknowledges() throws Exception {
		BridgedServer bridged = application.use("stopped");
		TestPeer peer = bridged.connect().send("a\nb\n");
		TestStore store = bridged.store().awaitCalls(2);
		store.fail(0, new IOException("away"));
		SocketServer server = bridged.server();
		CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(server::stop);
		await().until(() -> server.state() == ServerState.DRAINING);
		store.answerAll();
		assertThat(peer.lines(2)).containsExactly("function a", "function b");
		assertThat(peer.read()).isNull();
		assertThat(stopped.get()).isTrue();
	}

	@Test
	void aStopDoesNotAcknowledgeWhatIsNotStoredInTime() throws Exception {
		BridgedServer bridged = application.use("hasty");
		TestPeer peer = bridged.connect().send("a\n");
		bridged.store().awaitCalls(1);
		bridged.server().stop();
		await().until(() -> bridged.closed(CloseReason.SERVER_STOPPED) == 1);
		bridged.store().complete(0);
		assertThat(bridged.server().statistics().messagesHandled()).isZero();
	}

	@Test
	void nothingIsStoredAgainForAPeerThatIsGone() throws Exception {
		BridgedServer bridged = application.use("patient");
		TestPeer peer = bridged.connect().send("a\nb\n");
		TestStore store = bridged.store().awaitCalls(2);
		store.fail(0, new IOException("away"));
		peer.reset();
		await().until(() -> bridged.closed(CloseReason.NOT_STORED) == 1);
		assertThat(store.calls).hasSize(2);
	}

	@Test
	void whatAPeerHasSentBeforeItEndedIsStored() throws Exception {
		BridgedServer bridged = application.use("function");
		TestPeer peer = bridged.connect().send("a\nb\n");
		peer.endOutput();
		TestStore store = bridged.store().awaitCalls(2);
		store.fail(0, new IOException("away"));
		store.answers = true;
		assertThat(peer.lines(2)).containsExactly("function a", "function b");
		assertThat(peer.read()).isNull();
		await().until(() -> bridged.closed(CloseReason.PEER_CLOSED) >= 1);
	}

	@Test
	void whatIsIgnoredHasNoReply() throws Exception {
		BridgedServer bridged = application.use("ignoring");
		bridged.store().answers = true;
		TestPeer peer = bridged.connect().send("other x\ndata y\n");
		assertThat(peer.line()).endsWith("data y");
		CounterSource counters = CounterSource.of(bridged.server().statistics());
		// It is counted last, for several calls at once.
		await().untilAsserted(() -> assertThat(counters.sum(Counter.MESSAGES_HANDLED)).isEqualTo(2));
		assertThat(counters.sum(Counter.MESSAGES_UNMAPPED)).isEqualTo(1);
	}

	@Test
	void aMessageWithoutAMethodIsNotTheOneBefore() throws Exception {
		BridgedServer bridged = application.use("unmapped");
		FunctionTimer unmapped = application.context()
			.getBean(MeterRegistry.class)
			.get("socket.server.handler")
			.tags("server", "unmapped", "method", "none", "outcome", "ERROR")
			.functionTimer();
		bridged.store().answers = true;
		TestPeer peer = bridged.connect().send("data 1\nzzz\n");
		assertThat(peer.read()).isEqualTo("ack data 1");
		assertThat(peer.read()).isNull();
		await().until(() -> bridged.closed(CloseReason.PROTOCOL_ERROR) == 1);
		assertThat(unmapped.count()).isEqualTo(1);
		assertThat(bridged.store().texts()).containsExactly("data 1");
	}

	@Test
	void aKeyThatThrowsIsNoErrorOfTheMessageBefore() throws Exception {
		BridgedServer bridged = application.use("undecided");
		bridged.store().answers = true;
		TestPeer peer = bridged.connect().send("data 1\nkey\n");
		assertThat(peer.read()).isEqualTo("ack data 1");
		assertThat(peer.read()).isNull();
		await().until(() -> this.log.messages(Level.ERROR, "undecided").size() == 1);
		assertThat(this.log.messages(Level.ERROR, "undecided")).singleElement()
			.asString()
			.contains(": handler 'nacks' failed in the choice of a method: ", "IllegalStateException: no key");
	}

	@Test
	void whatIsNoFrameIsAnsweredBehindWhatIsStored() throws Exception {
		BridgedServer bridged = application.use("bounded");
		TestPeer peer = bridged.connect().send("data 1\ndata 0123456789\n");
		bridged.store().awaitCalls(1).complete(0);
		assertThat(peer.read()).isEqualTo("ack data 1");
		assertThat(peer.read()).isEqualTo("bad FRAME_TOO_LARGE");
		assertThat(peer.read()).isNull();
		await().until(() -> bridged.closed(CloseReason.FRAME_TOO_LARGE) == 1);
	}

	@Test
	void anIdOrAConditionThatThrowsIsAnErrorOfItsMessage() throws Exception {
		BridgedServer bridged = application.use("broken");
		bridged.store().answers = true;
		TestPeer peer = bridged.connect().send("data a\ndata id\ndata b\ndata condition\ndata c\n");
		for (String end : List.of("data a", "failed: no id", "data b", "failed: no condition", "data c")) {
			assertThat(peer.line()).endsWith(end);
		}
		assertThat(bridged.store().texts()).containsExactly("data a", "data b", "data c");
	}

}
