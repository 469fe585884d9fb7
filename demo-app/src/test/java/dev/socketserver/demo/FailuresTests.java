package dev.socketserver.demo;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The handler of exceptions of all handlers that the documentation shows.
 */
@SocketServerTest(classes = FailuresTests.Application.class,
		properties = { "spring.config.name=none", "socket.servers.doubled.port=0", "socket.servers.halved.port=0" })
class FailuresTests {

	@SocketConnection("doubled")
	private SocketTestClient doubled;

	@SocketConnection("halved")
	private SocketTestClient halved;

	@Test
	void itAnswersForAllHandlers() {
		assertThat(this.doubled.ask("21")).isEqualTo("42");
		assertThat(this.doubled.ask("x")).isEqualTo("error: For input string: \"x\"");
		assertThat(this.doubled.ask("later")).isEqualTo("error: For input string: \"later\"");
		assertThat(this.halved.ask("x")).isEqualTo("error: For input string: \"x\"");
	}

	@Test
	void aHandlersOwnAnswerComesFirst() {
		assertThat(this.halved.ask("3")).isEqualTo("3 is odd");
		assertThat(this.halved.ask("4")).isEqualTo("2");
	}

	@Test
	void othersCloseTheSession() {
		this.doubled.send("none").expectClosed();
	}

	@SocketHandler("halved")
	static class Halved {

		@OnMessage
		int halve(String line) {
			int number = Integer.parseInt(line);
			if (number % 2 != 0) {
				throw new ArithmeticException(number + " is odd");
			}
			return number / 2;
		}

		@OnError
		String odd(ArithmeticException ex) {
			return ex.getMessage();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Halved.class)
	static class Application {

		@Bean
		@SocketHandler("doubled")
		Function<String, CompletableFuture<Integer>> doubled() {
			return (line) -> switch (line) {
				case "none" -> throw new IllegalStateException();
				case "later" -> CompletableFuture.supplyAsync(() -> Integer.parseInt(line));
				default -> CompletableFuture.completedFuture(2 * Integer.parseInt(line));
			};
		}

		@Bean
		SocketHandlerInterceptor failures() {
			return (call) -> {
				try {
					return call.proceed();
				}
				catch (NumberFormatException ex) {
					if (call.kind() == Kind.FAILURE) {
						return "error: " + ex.getMessage();
					}
					throw ex;
				}
			};
		}

	}

}
