package dev.socketserver.handler.bean;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.bean.SecuredHandlers.ClassBased;
import dev.socketserver.handler.bean.SecuredHandlers.Secured;
import dev.socketserver.handler.bean.SecuredHandlers.SecuredConnection;
import dev.socketserver.handler.bean.SecuredHandlers.SecuredConversation;
import dev.socketserver.handler.bean.SecuredHandlers.SecuredFunction;
import dev.socketserver.handler.bean.SecuredHandlers.Transactions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler behind a proxy either has the advice of that proxy, here Spring's own, in all
 * its methods, or does not start.
 */
class ProxiedHandlersTests {

	@ParameterizedTest
	@ValueSource(classes = { Secured.class, SecuredPackagePrivate.class, SecuredInherited.class, SecuredGeneric.class,
			SecuredByInterface.class, SecuredFunction.class, SecuredConversation.class, SecuredStream.class,
			SecuredConnection.class })
	void aPeerThatIsNotLoggedInIsRefused(Class<?> handler) {
		SecuredHandlers.with(handler).run((context) -> assertSecured(context));
	}

	@ParameterizedTest
	@ValueSource(classes = { BeanMethod.class, Prototype.class, PrototypeOfInterfaces.class, Scoped.class,
			ScopedOfInterfaces.class })
	void soItIsHoweverTheBeanIsDefined(Class<?> configuration) {
		SecuredHandlers.runner.withUserConfiguration(configuration).run((context) -> assertSecured(context));
	}

	@Test
	void eachMessageHasATransaction() {
		SecuredHandlers.with(Transacted.class).run((context) -> {
			try (TestPeer peer = peer(context, "guest")) {
				assertThat(peer.line()).isEqualTo("open true");
				assertThat(peer.ask("a")).isEqualTo("a true");
				assertThat(peer.ask("fail")).isEqualTo("failed true");
			}
			Transactions transactions = context.getBean(Transactions.class);
			assertThat(transactions.commits).hasValueGreaterThanOrEqualTo(3);
			assertThat(transactions.rollbacks).hasValue(1);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { SecuredFunction.class, SecuredConversation.class, SecuredStream.class,
			SecuredConnection.class, SecuredByInterface.class })
	void otherMethodsOfAnyFormAreIntercepted(Class<?> handler) {
		SecuredHandlers.with(handler).withUserConfiguration(ClassBased.class).run((context) -> assertSecured(context));
	}

	/** What an instance is made of may be known only when it is there. */
	@Test
	void aPrototypeWhoseProxyNobodyForesawServesNoSession() {
		SecuredHandlers.runner.withUserConfiguration(LateProxies.class).run((context) -> {
			try (TestPeer peer = peer(context, "admin")) {
				assertThat(peer.send("a\n").end()).isEmpty();
			}
		});
	}

	@Test
	void withoutAProxyAMethodMayBePrivateOrFinal() {
		SecuredHandlers.with(Unproxied.class).run((context) -> {
			try (TestPeer peer = peer(context, "guest")) {
				assertThat(peer.line()).isEqualTo("hello");
				assertThat(peer.ask("a")).isEqualTo("unproxied a");
			}
		});
	}

	private static void assertSecured(AssertableApplicationContext context) throws IOException {
		for (int i = 0; i < 2; i++) {
			try (TestPeer peer = peer(context, "guest")) {
				assertThat(peer.send("a\n").end()).isEmpty();
			}
			try (TestPeer peer = peer(context, "admin")) {
				assertThat(peer.ask("a")).isEqualTo("secret a");
			}
		}
	}

	private static TestPeer peer(AssertableApplicationContext context, String server) {
		assertThat(context).hasNotFailed();
		SocketServer found = context.getBean(SocketServers.class).get(server);
		return TestPeer.connect(found.localAddress());
	}

	static class SecuredPackagePrivate {

		private final String word = String.valueOf("secret");

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		String on(String line) {
			return this.word + " " + line;
		}

	}

	static class SecuredInherited extends SecuredPackagePrivate {

	}

	abstract static class Generic<T> {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		protected String on(T message) {
			return "secret " + message;
		}

	}

	static class SecuredGeneric extends Generic<String> {

	}

	interface Answering<T> {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		String on(T message);

	}

	static class SecuredByInterface implements Answering<String> {

		@Override
		public String on(String message) {
			return "secret " + message;
		}

	}

	static class SecuredStream implements StreamHandler {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public void handle(InputStream in, OutputStream out, SocketSession session) throws IOException {
			out.write("secret ".getBytes(StandardCharsets.US_ASCII));
			in.transferTo(out);
		}

	}

	static class Transacted {

		@OnOpen
		@Transactional
		String open() {
			return "open " + active();
		}

		@OnMessage
		@Transactional
		protected String on(String line) {
			if (line.equals("fail")) {
				throw new IllegalStateException();
			}
			return line + " " + active();
		}

		@OnError
		@Transactional
		public String failed(Exception failure) {
			return "failed " + active();
		}

		static boolean active() {
			return TransactionSynchronizationManager.isActualTransactionActive();
		}

	}

	static class FinalWithoutAdvice implements Function<String, String> {

		@Override
		public final String apply(String line) {
			return line;
		}

	}

	static class Unproxied {

		private final String word = String.valueOf("unproxied");

		@OnOpen
		static String open() {
			return "hello";
		}

		@OnMessage
		private String on(String line) {
			return this.word + " " + line;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanMethod {

		@Bean
		SecuredPackagePrivate handler() {
			return new SecuredPackagePrivate();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		SecuredPackagePrivate handler() {
			return new SecuredPackagePrivate();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeOfInterfaces {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		SecuredByInterface handler() {
			return new SecuredByInterface();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
		SecuredPackagePrivate handler() {
			return new SecuredPackagePrivate();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedOfInterfaces {

		@Bean
		@Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.INTERFACES)
		SecuredByInterface handler() {
			return new SecuredByInterface();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LateProxies {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Function<String, String> handler() {
			ProxyFactory factory = new ProxyFactory(new FinalWithoutAdvice());
			factory.setProxyTargetClass(true);
			@SuppressWarnings("unchecked") // that is what it stands for
			Function<String, String> proxy = (Function<String, String>) factory.getProxy();
			return proxy;
		}

	}

}
