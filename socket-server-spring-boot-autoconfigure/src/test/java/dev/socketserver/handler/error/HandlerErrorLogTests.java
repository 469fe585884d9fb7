package dev.socketserver.handler.error;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is logged of errors of handlers: server, session, peer, method and exception.
 */
class HandlerErrorLogTests {

	@RegisterExtension
	final LogLines servers = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines clients = new LogLines(SocketClient.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	@ParameterizedTest
	@CsvSource({ "function,apply", "consumer,accept", "annotated,Annotated.message", "later,a reply of Later.message",
			"opening,Opening.opened", "failing,Failing.failed", "connection,received", "stream,handle",
			"conversation,handle" })
	void aLineHasServerSessionPeerMethodAndException(String server, String method) {
		this.runner
			.withPropertyValues("socket.servers." + server + ".port=0",
					"socket.servers." + server + ".framing=" + (server.equals("stream") ? "raw" : "line"))
			.run((context) -> {
				SocketServer failing = context.getBean(SocketServers.class).get(server);
				for (int i = 1; i <= 2; i++) {
					try (TestPeer peer = TestPeer.connect(failing.localAddress())) {
						peer.send("x\n");
						assertThat(peer.read()).isNull();
						assertThat(this.servers.messages(Level.ERROR)).last()
							.isEqualTo("'%1$s': session %1$s-%2$d of 127.0.0.1:%3$d: handler '%1$s' failed in %4$s: "
								.formatted(server, i, peer.port(), method) + "java.lang.IllegalStateException: no");
					}
				}
			});
		assertThat(this.servers.events()).filteredOn((event) -> event.getLevel() == Level.ERROR)
			.extracting((event) -> event.getThrowableProxy() != null)
			.as("the stack, once")
			.containsExactly(true, false);
	}

	@ParameterizedTest
	@ValueSource(strings = { "function", "consumer", "annotated", "later", "opening", "connection", "stream",
			"conversation" })
	void anAdviceThatFailsIsNamed(String server) {
		this.runner.withUserConfiguration(Advice.class)
			.withPropertyValues("socket.servers." + server + ".port=0",
					"socket.servers." + server + ".framing=" + (server.equals("stream") ? "raw" : "line"))
			.run((context) -> {
				SocketServer failing = context.getBean(SocketServers.class).get(server);
				try (TestPeer peer = TestPeer.connect(failing.localAddress())) {
					peer.send("x\n");
					assertThat(peer.read()).isNull();
				}
				await().untilAsserted(() -> assertThat(this.servers.messages(Level.ERROR)).singleElement()
					.asString()
					.endsWith("handler '" + server + "' failed in Failures.failed: "
							+ "java.lang.UnsupportedOperationException: as well"));
			});
	}

	@Test
	void theEndOfASessionIsLoggedLikewise() {
		this.runner.withPropertyValues("socket.servers.closing.port=0").run((context) -> {
			SocketServer failing = context.getBean(SocketServers.class).get("closing");
			TestPeer.connect(failing.localAddress()).close();
			await().untilAsserted(() -> assertThat(this.servers.messages(Level.ERROR)).singleElement()
				.asString()
				.endsWith(": handler 'closing' failed in Closing.closed: java.lang.IllegalStateException: no"));
		});
	}

	@Test
	void thatOfAClientIsLoggedByClients() {
		this.runner
			.withPropertyValues("socket.servers.greeting.port=0", "socket.clients.failing.framing=line",
					"socket.clients.failing.port=${local.socket.greeting.port}")
			.run((context) -> await().untilAsserted(() -> assertThat(this.clients.messages(Level.ERROR)).first()
				.asString()
				.matches("'failing': session failing-1 of 127\\.0\\.0\\.1:\\d+: handler 'client' failed in apply: "
						+ "java\\.lang\\.IllegalStateException: no")));
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("function")
		UnaryOperator<String> function() {
			return (line) -> {
				throw new IllegalStateException("no");
			};
		}

		@Bean
		@SocketClientHandler("failing")
		UnaryOperator<String> client() {
			return function();
		}

		@Bean
		@SocketHandler("consumer")
		Consumer<String> consumer() {
			return (line) -> {
				throw new IllegalStateException("no");
			};
		}

		@Bean
		@SocketHandler("stream")
		StreamHandler stream() {
			return (in, out, session) -> {
				in.read();
				throw new IllegalStateException("no");
			};
		}

		@Bean
		@SocketHandler("conversation")
		ConversationHandler<String, String> conversation() {
			return (conversation) -> {
				conversation.receive();
				throw new IllegalStateException("no");
			};
		}

		@Bean
		@SocketHandler("connection")
		ConnectionHandler<Void> connection() {
			return (state, data, session) -> {
				throw new IllegalStateException("no");
			};
		}

		@Bean
		@SocketHandler("annotated")
		Annotated annotated() {
			return new Annotated();
		}

		@Bean
		@SocketHandler("later")
		Later later() {
			return new Later();
		}

		@Bean
		@SocketHandler("opening")
		Opening opening() {
			return new Opening();
		}

		@Bean
		@SocketHandler("failing")
		Failing failing() {
			return new Failing();
		}

		@Bean
		@SocketHandler("closing")
		Closing closing() {
			return new Closing();
		}

		@Bean
		@SocketHandler("greeting")
		Greeting greeting() {
			return new Greeting();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Advice {

		@Bean
		Failures failures() {
			return new Failures();
		}

		/** Sees what the method has thrown. */
		@Bean
		SocketHandlerInterceptor interceptor() {
			return (call) -> {
				try {
					return call.proceed();
				}
				catch (Exception ex) {
					assertThat(ex).isExactlyInstanceOf((call.kind() == Kind.FAILURE)
							? UnsupportedOperationException.class : IllegalStateException.class);
					throw ex;
				}
			};
		}

	}

	@SocketHandlerAdvice
	static class Failures {

		@OnError
		void failed(IllegalStateException failure) {
			throw new UnsupportedOperationException("as well");
		}

	}

	static class Annotated {

		@OnMessage
		void message(String line) {
			throw new IllegalStateException("no");
		}

	}

	static class Later {

		@OnMessage
		CompletableFuture<String> message(String line) {
			return CompletableFuture.failedFuture(new IllegalStateException("no"));
		}

	}

	static class Opening {

		@OnOpen
		void opened() {
			throw new IllegalStateException("no");
		}

	}

	static class Failing {

		@OnMessage
		void message(String line) {
			throw new IllegalArgumentException("not logged");
		}

		@OnError
		void failed(IllegalArgumentException failure) {
			throw new IllegalStateException("no");
		}

	}

	static class Closing {

		@OnClose
		void closed(CloseStatus status) {
			throw new IllegalStateException("no");
		}

	}

	static class Greeting {

		@OnOpen
		String opened() {
			return "hello";
		}

		@OnMessage
		void message(String line) {
		}

	}

}
