package dev.socketserver.demo;

import java.io.IOException;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the page about errors.
 */
class ErrorsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("socket.servers.accounts.port=0", "socket.servers.talk.port=0",
				"socket.servers.talk.framing=line");

	@Test
	void theHandlerAndThenTheAdviceAnswers() {
		this.runner.run((context) -> {
			try (TestPeer peer = peer(context, "accounts")) {
				assertThat(peer.ask("ada 2")).isEqualTo("left: 3");
				assertThat(peer.ask("eve 2")).isEqualTo("there is no account of eve");
				assertThat(peer.ask("ada two")).isEqualTo("a number was expected");
				assertThat(peer.ask("ada")).isEqualTo("sorry");
				assertThat(peer.ask("close ada")).isEqualTo("sorry");
			}
		});
	}

	@Test
	void aConversationEndsBehindTheAnswer() throws IOException {
		this.runner.run((context) -> {
			try (TestPeer peer = peer(context, "talk")) {
				assertThat(peer.ask("2")).isEqualTo("4");
				peer.send("two\n");
				assertThat(peer.read()).isEqualTo("a number was expected");
				assertThat(peer.read()).isNull();
			}
		});
	}

	private static TestPeer peer(ApplicationContext context, String server) {
		return TestPeer.connect(context.getBean(SocketServers.class).server(server).orElseThrow().localAddress());
	}

	@SocketHandler("accounts")
	static class Accounts {

		private final Map<String, Integer> balances = new ConcurrentHashMap<>(Map.of("ada", 5));

		@OnMessage
		String withdraw(String line) {
			String[] words = line.split(" ");
			int amount = Integer.parseInt(words[1]);
			Integer left = this.balances.computeIfPresent(words[0], (name, balance) -> balance - amount);
			if (left == null) {
				throw new NoSuchElementException(words[0]);
			}
			return "left: " + left;
		}

		@OnError
		String unknown(NoSuchElementException failure) {
			return "there is no account of " + failure.getMessage();
		}

	}

	@SocketHandlerAdvice
	static class Errors {

		private static final Logger logger = LoggerFactory.getLogger(Errors.class);

		@OnError
		String number(NumberFormatException failure) {
			return "a number was expected";
		}

		@OnError
		String other(Exception failure, SocketSession session) {
			logger.warn("Session {} has failed", session.id(), failure);
			return "sorry";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Accounts.class, Errors.class })
	static class Application {

		@Bean
		@SocketHandler("talk")
		ConversationHandler<String, String> talk() {
			return (conversation) -> {
				for (String line = conversation.receive(); line != null; line = conversation.receive()) {
					conversation.send(String.valueOf(2 * Integer.parseInt(line)));
				}
			};
		}

		@Bean
		SocketHandlerInterceptor frozen() {
			return (call) -> {
				if (call.kind() == Kind.MESSAGE && call.payload().toString().startsWith("close ")) {
					throw new UnsupportedOperationException("accounts cannot be closed now");
				}
				return call.proceed();
			};
		}

	}

}
