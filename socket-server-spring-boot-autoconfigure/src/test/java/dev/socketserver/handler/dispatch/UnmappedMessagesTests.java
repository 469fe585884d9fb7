package dev.socketserver.handler.dispatch;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.dispatch.DispatchingApplication.OnlyLogin;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What becomes of messages for which no method has the key. */
@Tag("virtual-threads")
class UnmappedMessagesTests {

	@Test
	void anUnmappedMessageClosesTheSession() {
		DispatchingApplication.with(OnlyLogin.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.send("LOGIN a\nlogin b\nLOGIN c\n").read()).isEqualTo("in");
				assertThat(peer.read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(status.cause()).isInstanceOfSatisfying(UnmappedMessageException.class,
					(ex) -> assertThat(ex.key()).isEqualTo("login"));
			assertThat(status.detail()).isEqualTo("UnmappedMessageException in the choice of a method");
		});
	}

	@Test
	void anUnmappedMessageIsIgnoredAndCounted() {
		DispatchingApplication.with(OnlyLogin.class, "word")
			.withPropertyValues("socket.servers.it.on-unmapped=ignore")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.send("nothing\nelse\n").ask("LOGIN a")).isEqualTo("in");
				}
				CounterSource counters = CounterSource.of(context.getBean(SocketServers.class).get("it").statistics());
				// It is counted last, for several calls at once.
				await().untilAsserted(() -> assertThat(counters.sum(Counter.MESSAGES_HANDLED)).isEqualTo(3));
				assertThat(counters.sum(Counter.MESSAGES_UNMAPPED)).isEqualTo(2);
			});
	}

	@ParameterizedTest
	@CsvSource({ "auto, byte[]", "text, String" })
	void aDefaultThatTakesNoPayloadGetsWhatThePropertySays(String payload, String type) {
		DispatchingApplication.with(SocketMessageDefault.class, "word")
			.withPropertyValues("socket.servers.it.payload=" + payload)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("X y")).isEqualTo(type + " X");
				}
			});
	}

	@Test
	void aSingleMethodWithoutAKeyTakesEverything() {
		DispatchingApplication.with(Single.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("A b")).isEqualTo("A b");
				assertThat(peer.ask(" c")).isEqualTo(" c");
			}
		});
	}

	static class SocketMessageDefault {

		@OnMessage("A")
		void text(String line) {
		}

		@OnMessage(isDefault = true)
		String other(SocketMessage message) {
			return message.payload().getClass().getSimpleName() + " " + message.key();
		}

	}

	static class Single {

		@OnMessage
		String on(String line) {
			return line;
		}

	}

}
