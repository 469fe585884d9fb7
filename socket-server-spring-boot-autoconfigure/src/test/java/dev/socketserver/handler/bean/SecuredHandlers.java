package dev.socketserver.handler.bean;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.security.SocketSecurityAutoConfiguration;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Handlers whose methods have the advice of a proxy.
 */
final class SecuredHandlers {

	private SecuredHandlers() {
	}

	static final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSecurityAutoConfiguration.class))
		.withUserConfiguration(Advice.class)
		.withPropertyValues("socket.servers.guest.port=0", "socket.servers.guest.handler=handler",
				"socket.servers.admin.port=0", "socket.servers.admin.handler=handler");

	static ApplicationContextRunner with(Class<?> handler) {
		return runner.withBean("handler", handler);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	@EnableTransactionManagement
	static class Advice {

		@Bean
		static Transactions transactions() {
			return new Transactions();
		}

		/** Logs the sessions of one server in. */
		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		SocketHandlerInterceptor login() {
			return (call) -> {
				if (call.session().server().equals("admin")) {
					call.session()
						.authenticate(UsernamePasswordAuthenticationToken.authenticated("ann", null,
								AuthorityUtils.createAuthorityList("ROLE_ADMIN")));
				}
				return call.proceed();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class ClassBased {

	}

	static class Transactions extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		final AtomicInteger commits = new AtomicInteger();

		final AtomicInteger rollbacks = new AtomicInteger();

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			this.commits.incrementAndGet();
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			this.rollbacks.incrementAndGet();
		}

	}

	static class Secured {

		private final String word = String.valueOf("secret");

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		public String on(String line) {
			return this.word + " " + line;
		}

	}

	static class SecuredFunction implements Function<String, String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public String apply(String line) {
			return "secret " + line;
		}

	}

	static class SecuredConversation implements ConversationHandler<String, String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public void handle(Conversation<String, String> conversation) throws Exception {
			conversation.send("secret " + conversation.receive());
		}

	}

	static class SecuredConnection implements ConnectionHandler<Object> {

		private final String word = String.valueOf("secret ");

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public @Nullable Object received(@Nullable Object state, ByteBuffer data, SocketSession session) {
			session.send(this.word + StandardCharsets.US_ASCII.decode(data));
			return state;
		}

	}

}
