package dev.socketserver.handler.error;

import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.FrameException;
import dev.socketserver.framing.FrameTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static dev.socketserver.handler.error.AdvisedHandlers.closed;
import static dev.socketserver.handler.error.AdvisedHandlers.peer;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The last words of handlers and advices to peers that have sent what is no frame.
 */
class LastWordsTests {

	private static final String TOO_LONG = "0123456789abcdef\n";

	private ApplicationContextRunner with(Class<?> configuration, String server, String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(configuration)
			.withPropertyValues("socket.servers." + server + ".port=0",
					"socket.servers." + server + ".framing.type=line", "socket.servers." + server + ".limits.frame=10B")
			.withPropertyValues(properties);
	}

	@Test
	void aMethodOfTheHandlerAnswersAndTheSessionCloses() {
		with(Handlers.class, "positions").run((context) -> {
			try (TestPeer peer = peer(context, "positions")) {
				peer.send("a\n" + TOO_LONG);
				assertThat(peer.read()).isEqualTo("A");
				assertThat(peer.read()).isEqualTo("ERR FRAME_TOO_LARGE");
				assertThat(peer.read()).isNull();
			}
			closed(context, "positions", CloseReason.FRAME_TOO_LARGE);
		});
	}

	@Test
	void theSessionGoesOnWhereItsFramingSkips() {
		with(Handlers.class, "positions", "socket.servers.positions.framing.on-bad=skip").run((context) -> {
			try (TestPeer peer = peer(context, "positions")) {
				peer.send("a\n" + TOO_LONG + "b\n");
				assertThat(peer.read()).isEqualTo("A");
				assertThat(peer.read()).isEqualTo("ERR FRAME_TOO_LARGE");
				assertThat(peer.read()).isEqualTo("B");
			}
			closed(context, "positions", CloseReason.PEER_CLOSED);
		});
	}

	@Test
	void theSessionGoesOnBehindAFrameThatIsDiscarded() {
		with(Handlers.class, "positions", "socket.servers.positions.timeouts.frame=100ms",
				"socket.servers.positions.timeouts.on-frame=discard")
			.run((context) -> {
				try (TestPeer peer = peer(context, "positions")) {
					peer.send("hal");
					assertThat(peer.read()).isEqualTo("AGAIN");
					assertThat(peer.ask("b")).isEqualTo("B");
				}
				closed(context, "positions", CloseReason.PEER_CLOSED);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "function", "conversation" })
	void anAdviceAnswersForHandlersOfOtherForms(String server) {
		with(Advised.class, server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				peer.send("a\n" + TOO_LONG);
				assertThat(peer.read()).isEqualTo("A");
				assertThat(peer.read()).isEqualTo("advice FRAME_TOO_LARGE");
				assertThat(peer.read()).isNull();
			}
			closed(context, server, CloseReason.FRAME_TOO_LARGE);
		});
	}

	@Test
	void aMethodForAnyExceptionIsNotCalled() {
		with(Any.class, "any").run((context) -> {
			try (TestPeer peer = peer(context, "any")) {
				assertThat(peer.ask("fail")).isEqualTo("any");
				peer.send(TOO_LONG);
				assertThat(peer.read()).isNull();
			}
			closed(context, "any", CloseReason.FRAME_TOO_LARGE);
		});
	}

	/** The handler of {@code docs/errors.md}. */
	@SocketHandler("positions")
	static class Positions {

		@OnMessage
		String position(String line) {
			return line.toUpperCase();
		}

		@OnError
		String bad(FrameException failure) {
			return "ERR " + failure.reason();
		}

		@OnError
		String late(FrameTimeoutException failure) {
			return "AGAIN";
		}

		@OnError
		String other(Exception failure) {
			return "SORRY";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Positions.class)
	static class Handlers {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Advice.class)
	static class Advised {

		@Bean
		@SocketHandler("function")
		UnaryOperator<String> function() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler("conversation")
		ConversationHandler<String, String> conversation() {
			return new Talk();
		}

	}

	private static final class Talk implements ConversationHandler<String, String> {

		@Override
		public void handle(Conversation<String, String> conversation) throws Exception {
			@Nullable String line = conversation.receive();
			while (line != null) {
				conversation.send(line.toUpperCase());
				line = conversation.receive();
			}
		}

	}

	@SocketHandlerAdvice
	static class Advice {

		@OnError
		String bad(FrameException failure) {
			return "advice " + failure.reason();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(AnyException.class)
	static class Any {

	}

	@SocketHandler("any")
	static class AnyException {

		@OnMessage
		String message(String line) {
			throw new IllegalStateException(line);
		}

		@OnError
		String any(Exception failure) {
			return "any";
		}

	}

}
