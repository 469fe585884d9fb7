package dev.socketserver.handler.bean;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.CloseStatus;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.handler.bean.SecuredHandlers.ClassBased;
import dev.socketserver.handler.bean.SecuredHandlers.Secured;
import dev.socketserver.handler.bean.SecuredHandlers.SecuredConnection;
import dev.socketserver.handler.bean.SecuredHandlers.SecuredConversation;
import dev.socketserver.handler.bean.SecuredHandlers.SecuredFunction;
import dev.socketserver.handler.intercept.PackagePrivateMethods;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/** A handler with a method that its proxy cannot intercept does not start. */
class UninterceptableHandlersTests {

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
		Class<?> handler = Class.forName(UninterceptableHandlersTests.class.getName() + "$" + type);
		SecuredHandlers.with(handler).run((context) -> assertRefused(context, method, problem, remedy));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "FinalFunction | FinalFunction.apply(String)", "FinalConsumer | FinalConsumer.accept(String)",
					"FinalConversation | FinalConversation.handle(Conversation)",
					"FinalStream | FinalStream.handle(InputStream, OutputStream, SocketSession)",
					"FinalConnection | FinalConnection.closed(Object, SocketSession, CloseStatus)",
					"FinalDetails | FinalDetails.details(SocketSession)" })
	void soDoesAFinalMethodOfAnyForm(String type, String method) throws Exception {
		Class<?> handler = Class.forName(UninterceptableHandlersTests.class.getName() + "$" + type);
		SecuredHandlers.with(handler)
			.withUserConfiguration(ClassBased.class)
			.run((context) -> assertRefused(context, method, "it is final", "Remove final"));
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
		Class<?> configuration = Class.forName(UninterceptableHandlersTests.class.getName() + "$" + type);
		SecuredHandlers.runner.withUserConfiguration(configuration)
			.run((context) -> assertRefused(context, method, problem, ""));
	}

	@Test
	void soItDoesForAClient() {
		SecuredHandlers.runner.withBean("talking", PrivateSecured.class)
			.withBean("handler", Secured.class)
			.withPropertyValues("socket.clients.c.port=1", "socket.clients.c.handler=talking")
			.run((context) -> assertRefused(context, "PrivateSecured.on(String)", "it is private", "protected"));
	}

	/** Kotlin's classes are like that, unless they are declared open. */
	@Test
	void aFinalClassFailsTheStart() {
		SecuredHandlers.with(FinalClass.class)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("Cannot subclass final class"));
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

}
