package dev.socketserver.demo;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
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
 * The login that the documentation shows; without the demo's configuration.
 */
@SocketServerTest(classes = LoginTests.Application.class,
		properties = { "spring.config.name=none", "socket.servers.account.port=0" })
class LoginTests {

	@SocketConnection("account")
	private SocketTestClient client;

	@Test
	void nothingIsHandledBeforeTheLogin() {
		assertThat(this.client.ask("balance")).isEqualTo("log in first");
		assertThat(this.client.ask("login ann")).isEqualTo("welcome, ann");
		assertThat(this.client.ask("balance")).isEqualTo("the balance of ann");
	}

	@Test
	void oneMayTryAsOftenAsTheCustomizerSays() {
		this.client.send("balance").send("balance").send("login ann").send("balance");

		this.client.expect("log in first").expect("log in first").expect("welcome, ann").expectClosed();
	}

	@SocketHandler("account")
	static class Account {

		@OnMessage
		String handle(String line, SocketSession session) {
			if (line.startsWith("login ")) {
				String name = line.substring(6);
				session.authenticate(() -> name);
				session.bind("user", name);
				return "welcome, " + name;
			}
			return "the balance of " + session.principal().getName();
		}

		@OnError
		String refused(SecurityException ex) {
			return ex.getMessage();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Account.class)
	static class Application {

		@Bean
		SocketHandlerInterceptor login() {
			return (call) -> {
				boolean known = call.session().principal() != null;
				if (call.kind() == Kind.MESSAGE && !known && !call.payload().toString().startsWith("login ")) {
					throw new SecurityException("log in first");
				}
				return call.proceed();
			};
		}

		@Bean
		SocketServerSpecCustomizer fewRequests() {
			return (server, spec) -> {
				if (server.equals("account")) {
					spec.requestsPerSession(3);
				}
			};
		}

	}

}
