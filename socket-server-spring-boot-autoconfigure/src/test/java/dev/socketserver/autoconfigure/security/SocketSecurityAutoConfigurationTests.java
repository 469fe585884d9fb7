package dev.socketserver.autoconfigure.security;

import java.security.Principal;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.intercept.HandlerCall;
import dev.socketserver.handler.intercept.SecurityContextInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketSecurityAutoConfiguration}, over sockets.
 */
class SocketSecurityAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSecurityAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.login.port=0", "socket.servers.talk.port=0", "socket.servers.plain.port=0",
				"socket.servers.talk.framing=line");

	@Test
	void aCallHasTheContextOfItsSession() {
		this.runner.run((context) -> {
			try (TestPeer ann = TestPeer.connect(server(context, "login").localAddress());
					TestPeer bob = TestPeer.connect(server(context, "login").localAddress())) {
				assertThat(ann.ask("who")).isEqualTo("nobody");
				assertThat(ann.ask("ann")).as("in the same call").isEqualTo("ann [ROLE_USER]");
				assertThat(bob.ask("who")).isEqualTo("nobody");
				assertThat(bob.ask("name bob")).isEqualTo("bob []");
				assertThat(ann.ask("who")).isEqualTo("ann [ROLE_USER]");
			}
		});
	}

	@Test
	void aLongCallSeesALoginAtOnce() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "talk").localAddress())) {
				assertThat(peer.ask("x")).isEqualTo("nobody");
				assertThat(peer.ask("ann")).isEqualTo("ann [ROLE_USER]");
			}
		});
	}

	@Test
	void theContextOfAnotherCallOfTheThreadIsRestored() throws Exception {
		SecurityContextInterceptor interceptor = new SecurityContextInterceptor(
				SecurityContextHolder.getContextHolderStrategy());
		Authentication outer = UsernamePasswordAuthenticationToken.authenticated("outer", null, List.of());
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "login").localAddress())) {
				peer.ask("ann");
				SocketSession session = server(context, "login").session("login-1").orElseThrow();
				HandlerCall call = new FixedCall(session);
				assertThat(interceptor.intercept(call)).isEqualTo("ann [ROLE_USER]");
				assertThat(who()).isEqualTo("nobody");
				SecurityContextHolder.setContext(new SecurityContextImpl(outer));
				assertThat(interceptor.intercept(call)).isEqualTo("ann [ROLE_USER]");
				assertThat(who()).isEqualTo("outer []");
			}
			finally {
				SecurityContextHolder.clearContext();
			}
		});
	}

	@Test
	void needsSpringSecurity() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.run((context) -> assertThat(context).doesNotHaveBean(SocketSecurityAutoConfiguration.class));
	}

	private static SocketServer server(ApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	static String who() {
		Authentication now = SecurityContextHolder.getContext().getAuthentication();
		return (now != null) ? now.getName() + " " + now.getAuthorities() : "nobody";
	}

	static void login(String line, SocketSession session) {
		if (line.equals("ann")) {
			session.authenticate(UsernamePasswordAuthenticationToken.authenticated("ann", null,
					AuthorityUtils.createAuthorityList("ROLE_USER")));
		}
		else if (line.startsWith("name ")) {
			session.authenticate((Principal) () -> line.substring(5));
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("login")
		Login login() {
			return new Login();
		}

		@Bean
		@SocketHandler("plain")
		UnaryOperator<String> plain() {
			return (line) -> who();
		}

		@Bean
		@SocketHandler("talk")
		ConversationHandler<String, String> talk() {
			return (conversation) -> {
				String line = conversation.receive();
				while (line != null) {
					SocketSecurityAutoConfigurationTests.login(line, conversation.session());
					conversation.send(who());
					line = conversation.receive();
				}
			};
		}

	}

	static class Login {

		@OnMessage
		String message(String line, SocketSession session) {
			SocketSecurityAutoConfigurationTests.login(line, session);
			return who();
		}

	}

	/** A call that tells who calls. */
	private record FixedCall(SocketSession session) implements HandlerCall {

		@Override
		public Kind kind() {
			return Kind.CLOSE;
		}

		@Override
		public @Nullable Object payload() {
			return null;
		}

		@Override
		public Object proceed() {
			return who();
		}

	}

}
