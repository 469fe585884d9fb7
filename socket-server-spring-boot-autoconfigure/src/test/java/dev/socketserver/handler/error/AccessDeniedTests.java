package dev.socketserver.handler.error;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.security.SocketSecurityAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;

import static dev.socketserver.handler.error.AdvisedHandlers.closed;
import static dev.socketserver.handler.error.AdvisedHandlers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of sessions whose handler is refused by method security, with Spring
 * Security and over sockets.
 */
class AccessDeniedTests {

	@RegisterExtension
	final LogLines closings = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines disconnections = new LogLines(SocketClient.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSecurityAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	private ApplicationContextRunner with(String server, Class<?>... configuration) {
		return this.runner.withUserConfiguration(configuration)
			.withPropertyValues("socket.servers." + server + ".port=0",
					"socket.servers." + server + ".framing=" + (server.equals("stream") ? "raw" : "line"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "annotated", "function", "connection", "stream", "conversation", "input-end", "later" })
	void whoIsRefusedIsClosedAndThatIsOneLine(String server) {
		with(server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				peer.send("secret\n");
				if (server.equals("input-end")) {
					peer.endOutput();
				}
				assertThat(peer.read()).isNull();
			}
			closed(context, server, CloseReason.ACCESS_DENIED);
		});
		assertThat(this.closings.messages(Level.ERROR)).isEmpty();
		assertThat(this.closings.events(Level.WARN, server)).singleElement().satisfies((event) -> {
			assertThat(event.getThrowableProxy()).isNull();
			assertThat(event.getFormattedMessage())
				.matches("'%1$s' has closed session %1$s-1 of 127\\.0\\.0\\.1:\\d+: ACCESS_DENIED, \\w+Exception in .+"
					.formatted(server));
		});
	}

	@Test
	void aClientIsDisconnected() {
		this.runner.withPropertyValues("socket.servers.greeting.port=0", "socket.servers.greeting.framing=line",
				"socket.clients.refusing.port=${local.socket.greeting.port}", "socket.clients.refusing.framing=line")
			.run((context) -> await().untilAsserted(() -> assertThat(this.disconnections.messages(Level.INFO))
				.anyMatch((line) -> line.matches(
						"'refusing' is disconnected from 127\\.0\\.0\\.1:\\d+: ACCESS_DENIED, \\w+Exception in .+"))));
		assertThat(this.closings.messages(Level.ERROR)).isEmpty();
	}

	@Test
	void theNextMessageAfterALoginHasThePrincipal() {
		with("annotated").run((context) -> {
			try (TestPeer peer = peer(context, "annotated")) {
				// All in one segment.
				peer.send("login user\nopen\nlogin admin\nsecret\n");
				assertThat(peer.line()).isEqualTo("welcome, user");
				assertThat(peer.line()).isEqualTo("open");
				assertThat(peer.line()).isEqualTo("welcome, admin");
				assertThat(peer.line()).isEqualTo("the secret");
			}
			closed(context, "annotated", CloseReason.PEER_CLOSED);
		});
	}

	@Test
	void whoIsLoggedInWithoutTheRoleIsDenied() {
		with("annotated").run((context) -> {
			try (TestPeer peer = peer(context, "annotated")) {
				peer.send("login user\nsecret\n");
				assertThat(peer.read()).isEqualTo("welcome, user");
			}
			closed(context, "annotated", CloseReason.ACCESS_DENIED);
			// It is counted before it is logged.
			await().untilAsserted(() -> assertThat(this.closings.messages(Level.WARN, "annotated")).singleElement()
				.asString()
				.contains("ACCESS_DENIED, AuthorizationDeniedException in "));
		});
	}

	@ParameterizedTest
	@CsvSource({ "annotated", "function", "connection", "later" })
	void anAdviceMayAnswer(String server) {
		with(server, Answering.class).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				assertThat(peer.ask("secret")).isEqualTo("log in first");
				assertThat(peer.ask("secret")).isEqualTo("log in first");
			}
			closed(context, server, CloseReason.PEER_CLOSED);
		});
		assertThat(this.closings.messages(Level.WARN, server)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "conversation" })
	void anAnswerOfAHandlerOfTheWholeSessionIsSentBeforeItCloses(String server) {
		with(server, Answering.class).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				peer.send("secret\n");
				assertThat(peer.read()).isEqualTo("log in first");
			}
			closed(context, server, CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void theHandlerMayAnswerAndTheAdviceThatThrowsIsAnError() {
		with("own").run((context) -> {
			try (TestPeer peer = peer(context, "own")) {
				assertThat(peer.ask("secret")).isEqualTo("own");
			}
		});
		with("annotated", Throwing.class).run((context) -> {
			try (TestPeer peer = peer(context, "annotated")) {
				peer.send("secret\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, "annotated", CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void withoutSpringSecurityThereIsNothingOfIt() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSecurityAutoConfiguration.class))
			.withUserConfiguration(Plain.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withPropertyValues("socket.servers.plain.port=0")
			.run((context) -> {
				try (TestPeer peer = peer(context, "plain")) {
					assertThat(peer.ask("x")).isEqualTo("no x");
				}
			});
	}

	@SocketHandlerAdvice
	static class Answering {

		@OnError
		String unauthenticated(AuthenticationException failure) {
			return "log in first";
		}

	}

	@SocketHandlerAdvice
	static class Throwing {

		@OnError
		String denied(AuthenticationException failure) {
			throw failure;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

		@Bean
		@SocketHandler("plain")
		UnaryOperator<String> plain() {
			return (line) -> {
				throw new IllegalStateException("no " + line);
			};
		}

		@SocketHandlerAdvice
		static class Errors {

			@OnError
			String any(Exception failure) {
				return failure.getMessage();
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class Handlers {

		@Bean
		@SocketHandler("annotated")
		Annotated annotated(Vault vault) {
			return new Annotated(vault);
		}

		@Bean
		Vault vault() {
			return new Vault();
		}

		@Bean
		@SocketHandler("own")
		Own own(Vault vault) {
			return new Own(vault);
		}

		@Bean
		@SocketHandler("function")
		Secured function() {
			return new Secured();
		}

		@Bean
		@SocketHandler("later")
		Later later() {
			return new Later();
		}

		@Bean
		@SocketHandler("connection")
		SecuredConnection connection() {
			return new SecuredConnection();
		}

		@Bean
		@SocketHandler("input-end")
		SecuredEnd inputEnd() {
			return new SecuredEnd();
		}

		@Bean
		@SocketHandler("stream")
		SecuredStream stream() {
			return new SecuredStream();
		}

		@Bean
		@SocketHandler("conversation")
		SecuredConversation conversation() {
			return new SecuredConversation();
		}

		@Bean
		@SocketHandler("greeting")
		ConnectionHandler<Void> greeting() {
			return new ConnectionHandler<>() {

				@Override
				public @Nullable Void opened(SocketSession session) {
					session.send("secret");
					return null;
				}

				@Override
				public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
					return state;
				}

			};
		}

		@Bean
		@SocketClientHandler("refusing")
		Secured refusing() {
			return new Secured();
		}

	}

	static class Annotated {

		private final Vault vault;

		Annotated(Vault vault) {
			this.vault = vault;
		}

		@OnMessage
		String message(String line, SocketSession session) {
			if (line.startsWith("login ")) {
				String name = line.substring(6);
				session.authenticate(UsernamePasswordAuthenticationToken.authenticated(name, null,
						AuthorityUtils.createAuthorityList("ROLE_" + name.toUpperCase(Locale.ROOT))));
				return "welcome, " + name;
			}
			return line.equals("secret") ? this.vault.secret() : line;
		}

	}

	static class Own extends Annotated {

		Own(Vault vault) {
			super(vault);
		}

		@OnError
		String refused(AuthenticationException failure) {
			return "own";
		}

	}

	static class Vault {

		@PreAuthorize("hasRole('ADMIN')")
		public String secret() {
			return "the secret";
		}

	}

	static class Secured implements UnaryOperator<String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public String apply(String line) {
			return "the secret";
		}

	}

	static class Later {

		@OnMessage
		CompletableFuture<String> message(String line) {
			return CompletableFuture.failedFuture(new LoginException());
		}

	}

	@SuppressWarnings("serial")
	static class LoginException extends AuthenticationException {

		LoginException() {
			super("not logged in");
		}

	}

	static class SecuredConnection implements ConnectionHandler<Void> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
			return state;
		}

	}

	static class SecuredEnd implements ConnectionHandler<Void> {

		@Override
		public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
			data.position(data.limit());
			return state;
		}

		@Override
		public @Nullable Void inputEnded(@Nullable Void state, SocketSession session) {
			throw new AccessDeniedException("not at the end");
		}

	}

	static class SecuredStream implements StreamHandler {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public void handle(InputStream in, OutputStream out, SocketSession session) {
		}

	}

	static class SecuredConversation implements ConversationHandler<String, String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public void handle(Conversation<String, String> conversation) {
		}

	}

}
