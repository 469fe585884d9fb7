package dev.socketserver.handler.bean;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.security.SocketSecurityAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.intercept.PackagePrivateMethods;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler behind a proxy either has the advice of that proxy, here Spring's own, in all
 * its methods, or does not start.
 */
@Timeout(60)
class ProxiedHandlersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSecurityAutoConfiguration.class))
		.withUserConfiguration(Advice.class)
		.withPropertyValues("socket.servers.guest.port=0", "socket.servers.guest.handler=handler",
				"socket.servers.admin.port=0", "socket.servers.admin.handler=handler");

	@ParameterizedTest
	@ValueSource(classes = { Secured.class, SecuredPackagePrivate.class, SecuredInherited.class, SecuredGeneric.class,
			SecuredByInterface.class, SecuredFunction.class, SecuredConversation.class, SecuredStream.class,
			SecuredConnection.class })
	void aPeerThatIsNotLoggedInIsRefused(Class<?> handler) {
		with(handler).run((context) -> assertSecured(context));
	}

	@ParameterizedTest
	@ValueSource(classes = { BeanMethod.class, Prototype.class, PrototypeOfInterfaces.class, Scoped.class,
			ScopedOfInterfaces.class })
	void soItIsHoweverTheBeanIsDefined(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration).run((context) -> assertSecured(context));
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

	@Test
	void eachMessageHasATransaction() {
		with(Transacted.class).run((context) -> {
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
	@CsvSource(delimiter = '|', value = {
			"PrivateSecured | PrivateSecured.on(String) | it is private | protected or public",
			"PrivateTransacted | PrivateTransacted.on(String) | it is private | protected or public",
			"FinalTransacted | FinalTransacted.on(String) | it is final | Remove final; in Kotlin, declare the function open",
			"StaticSecured | StaticSecured.on(String) | it is static | Remove static",
			"PrivateOpen | PrivateOpen.open() | it is private | protected or public",
			"PrivateClose | PrivateClose.close() | it is private | protected or public",
			"PrivateError | PrivateError.failed(Exception) | it is private | protected or public",
			"PrivateDetails | PrivateDetails.details() | it is private | protected or public",
			"InheritsPrivate | PrivateSecured.on(String) | it is private | protected or public",
			"InheritsFinal | FinalGeneric.on(Object) | it is final | Remove final",
			"InheritsInvisible | PackagePrivateMethods.on(String) | it is not visible to the proxy's class | protected or public",
			"NotInInterface | NotInInterface.on(String) | none of its interfaces has it | proxyTargetClass = true" })
	void aMethodThatTheProxyCannotInterceptFailsTheStart(String type, String method, String problem, String remedy)
			throws Exception {
		Class<?> handler = Class.forName(ProxiedHandlersTests.class.getName() + "$" + type);
		with(handler).run((context) -> assertRefused(context, method, problem, remedy));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "FinalFunction | FinalFunction.apply(String)", "FinalConsumer | FinalConsumer.accept(String)",
					"FinalConversation | FinalConversation.handle(Conversation)",
					"FinalStream | FinalStream.handle(InputStream, OutputStream, SocketSession)",
					"FinalConnection | FinalConnection.closed(Object, SocketSession, CloseStatus)",
					"FinalDetails | FinalDetails.details(SocketSession)" })
	void soDoesAFinalMethodOfAnyForm(String type, String method) throws Exception {
		Class<?> handler = Class.forName(ProxiedHandlersTests.class.getName() + "$" + type);
		with(handler).withUserConfiguration(ClassBased.class)
			.run((context) -> assertRefused(context, method, "it is final", "Remove final"));
	}

	@ParameterizedTest
	@ValueSource(classes = { SecuredFunction.class, SecuredConversation.class, SecuredStream.class,
			SecuredConnection.class, SecuredByInterface.class })
	void otherMethodsOfAnyFormAreIntercepted(Class<?> handler) {
		with(handler).withUserConfiguration(ClassBased.class).run((context) -> assertSecured(context));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "PrivateBeanMethod | PrivateSecured.on(String) | it is private",
					"PrivatePrototype | PrivateSecured.on(String) | it is private",
					"PrivateScoped | PrivateSecured.on(String) | it is private",
					"FinalPrototype | FinalFunction.apply(String) | it is final",
					"FinalBehindScoped | FinalFunction.apply(String) | it is final",
					"WithoutForm | SecuredFunction.apply(String) | none of its interfaces has it",
					"WithoutMethod | Secured.on(String) | none of its interfaces has it" })
	void soItDoesHoweverTheBeanIsDefined(String type, String method, String problem) throws Exception {
		Class<?> configuration = Class.forName(ProxiedHandlersTests.class.getName() + "$" + type);
		this.runner.withUserConfiguration(configuration).run((context) -> assertRefused(context, method, problem, ""));
	}

	@Test
	void soItDoesForAClient() {
		this.runner.withBean("talking", PrivateSecured.class)
			.withBean("handler", Secured.class)
			.withPropertyValues("socket.clients.c.port=1", "socket.clients.c.handler=talking")
			.run((context) -> assertRefused(context, "PrivateSecured.on(String)", "it is private", "protected"));
	}

	private static void assertRefused(AssertableApplicationContext context, String method, String problem,
			String remedy) {
		assertThat(context).hasFailed();
		assertThat(context.getStartupFailure()).cause()
			.isInstanceOfSatisfying(InvalidSocketPropertyException.class, (failure) -> {
				assertThat(failure.description()).contains(method)
					.contains("cannot be intercepted by the proxy of the bean, as " + problem
							+ ": advice such as method security or a transaction would be missing");
				assertThat(failure.remedy()).contains(remedy);
			});
	}

	/** Kotlin's classes are like that, unless they are declared open. */
	@Test
	void aFinalClassFailsTheStart() {
		with(FinalClass.class).run((context) -> assertThat(context.getStartupFailure()).rootCause()
			.hasMessageContaining("Cannot subclass final class"));
	}

	/** What an instance is made of may be known only when it is there. */
	@Test
	void aPrototypeWhoseProxyNobodyForesawServesNoSession() {
		this.runner.withUserConfiguration(LateProxies.class).run((context) -> {
			try (TestPeer peer = peer(context, "admin")) {
				assertThat(peer.send("a\n").end()).isEmpty();
			}
		});
	}

	@Test
	void withoutAProxyAMethodMayBePrivateOrFinal() {
		with(Unproxied.class).run((context) -> {
			try (TestPeer peer = peer(context, "guest")) {
				assertThat(peer.line()).isEqualTo("hello");
				assertThat(peer.ask("a")).isEqualTo("unproxied a");
			}
		});
	}

	private ApplicationContextRunner with(Class<?> handler) {
		return this.runner.withBean("handler", handler);
	}

	private static TestPeer peer(AssertableApplicationContext context, String server) {
		assertThat(context).hasNotFailed();
		SocketServer found = context.getBean(SocketServers.class).server(server).orElseThrow();
		return TestPeer.connect(found.localAddress());
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

	static class SecuredStream implements StreamHandler {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public void handle(InputStream in, OutputStream out, SocketSession session) throws IOException {
			out.write("secret ".getBytes(StandardCharsets.US_ASCII));
			in.transferTo(out);
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

	static class PrivateSecured {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		private String on(String line) {
			return "secret " + line;
		}

		@PreAuthorize("hasRole('ADMIN')")
		void other() {
		}

	}

	static class InheritsPrivate extends PrivateSecured {

	}

	static class PrivateTransacted {

		@OnMessage
		private String on(String line) {
			return line;
		}

		@Transactional
		public void other() {
		}

	}

	static class FinalTransacted {

		@OnMessage
		@Transactional
		public final String on(String line) {
			return line;
		}

		@Transactional
		public void other() {
		}

	}

	static class StaticSecured extends Advised {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		static String on(String line) {
			return "secret " + line;
		}

	}

	/** Whatever a handler does, another of its methods has advice. */
	static class Advised {

		@PreAuthorize("hasRole('ADMIN')")
		public void other() {
		}

	}

	static class PrivateOpen extends Advised {

		@OnOpen
		private void open() {
		}

	}

	static class PrivateClose extends Advised {

		@OnClose
		private void close() {
		}

	}

	static class PrivateError extends Advised {

		@OnError
		private void failed(Exception failure) {
		}

	}

	static class PrivateDetails extends Advised {

		@OnOpen
		void open() {
		}

		@SessionDetails
		private Map<String, ?> details() {
			return Map.of();
		}

	}

	abstract static class FinalGeneric<T> extends Advised {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		public final String on(T message) {
			return "secret " + message;
		}

	}

	static class InheritsFinal extends FinalGeneric<String> {

	}

	static class InheritsInvisible extends PackagePrivateMethods {

		@PreAuthorize("hasRole('ADMIN')")
		public void other() {
		}

	}

	interface Other {

		void other();

	}

	static class NotInInterface implements Other {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		public String on(String line) {
			return "secret " + line;
		}

		@Override
		public void other() {
		}

	}

	static class FinalFunction extends Advised implements Function<String, String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public final String apply(String line) {
			return "secret " + line;
		}

	}

	static class FinalWithoutAdvice implements Function<String, String> {

		@Override
		public final String apply(String line) {
			return line;
		}

	}

	static class FinalConsumer extends Advised implements Consumer<String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public final void accept(String line) {
		}

	}

	static class FinalConversation extends Advised implements ConversationHandler<String, String> {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public final void handle(Conversation<String, String> conversation) {
		}

	}

	static class FinalStream extends Advised implements StreamHandler {

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public final void handle(InputStream in, OutputStream out, SocketSession session) {
		}

	}

	static class FinalConnection extends SecuredConnection {

		@Override
		public final void closed(@Nullable Object state, SocketSession session, CloseStatus status) {
		}

	}

	static class FinalDetails extends SecuredConversation implements DetailedHandler {

		@Override
		public final Map<String, ?> details(SocketSession session) {
			return Map.of();
		}

	}

	static final class FinalClass {

		@OnMessage
		@PreAuthorize("hasRole('ADMIN')")
		String on(String line) {
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
	static class PrivateBeanMethod {

		@Bean
		PrivateSecured handler() {
			return new PrivateSecured();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrivatePrototype {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		PrivateSecured handler() {
			return new PrivateSecured();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrivateScoped {

		@Bean
		@Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
		PrivateSecured handler() {
			return new PrivateSecured();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ClassBased.class)
	static class FinalPrototype {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		FinalFunction handler() {
			return new FinalFunction();
		}

	}

	/** The proxy of the scope has the method, the one behind it has not. */
	@Configuration(proxyBeanMethods = false)
	@Import(ClassBased.class)
	static class FinalBehindScoped {

		@Bean
		@Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.INTERFACES)
		FinalFunction handler() {
			return new FinalFunction();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithoutForm {

		@Bean
		ProxyFactoryBean handler() throws ClassNotFoundException {
			ProxyFactoryBean factory = new ProxyFactoryBean();
			factory.setProxyInterfaces(new Class<?>[] { Other.class });
			factory.setTarget(new SecuredFunction());
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithoutMethod {

		@Bean
		ProxyFactoryBean handler() throws ClassNotFoundException {
			ProxyFactoryBean factory = new ProxyFactoryBean();
			factory.setProxyInterfaces(new Class<?>[] { Other.class });
			factory.setTarget(new Secured());
			return factory;
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
