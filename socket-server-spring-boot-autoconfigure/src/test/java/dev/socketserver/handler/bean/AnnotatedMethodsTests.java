package dev.socketserver.handler.bean;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.socketserver.CloseReason;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.peer.Closings;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

import static dev.socketserver.handler.bean.AnnotatedServer.peer;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where annotated methods are found: in superclasses, interfaces, proxies and prototypes.
 */
@Tag("virtual-threads")
class AnnotatedMethodsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.args=one,two");

	@Test
	void methodsAreFoundWhereverTheyAreDeclared() {
		with(Inheriting.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.line()).isEqualTo("from an interface");
				assertThat(peer.ask("{\"article\":\"tea\",\"amount\":2}")).isEqualTo("overridden tea");
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			assertThat(context.getBean(Inheriting.class).closed).isEqualTo(1);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { GenericBean.class, LambdaBean.class, ImplementationBean.class })
	void theDeclaredTypeOfABeanMethodKnowsTypeVariables(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("{\"article\":\"tea\",\"amount\":2}")).isEqualTo("Item");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void methodsOfProxiedBeansAreAdvised(boolean cglib) {
		with(Advised.class).withBean(Proxying.class, () -> new Proxying(cglib, Advised.class)).run((context) -> {
			assertThat(Proxy.isProxyClass(context.getBean("handler").getClass())).isEqualTo(!cglib);
			Proxying proxying = context.getBean(Proxying.class);
			try (TestPeer peer = peer(context)) {
				assertThat(peer.line()).isEqualTo("hello from the target");
				assertThat(peer.ask("a")).isEqualTo("target a");
			}
			context.getBean(Closings.class).next();
			assertThat(proxying.advised).containsExactly("open", "message", "close");
			assertThat(Advised.closed).hasPositiveValue();
		});
	}

	@Test
	void methodsOfGenericInterfacesAreAdvised() {
		with(AdvisedByContract.class).withBean(Proxying.class, () -> new Proxying(false, AdvisedByContract.class))
			.run((context) -> {
				assertThat(Proxy.isProxyClass(context.getBean("handler").getClass())).isTrue();
				try (TestPeer peer = peer(context)) {
					assertThat(peer.ask("a")).isEqualTo("a by contract");
				}
				assertThat(context.getBean(Proxying.class).advised).containsExactly("message");
			});
	}

	@Test
	void aPrivateMethodBehindAScopedProxyFailsTheStart() {
		this.runner.withUserConfiguration(ScopedBean.class)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("bean 'scoped' (")
				.hasMessageContaining(
						"method " + Counting.class.getName() + ".close() cannot be intercepted by the proxy"));
	}

	@Test
	void aPrototypeServesOneSession() {
		this.runner.withUserConfiguration(PrototypeBean.class).run((context) -> {
			try (TestPeer one = peer(context); TestPeer other = peer(context)) {
				assertThat(one.ask("a")).isEqualTo("1");
				assertThat(one.ask("a")).isEqualTo("2");
				assertThat(other.ask("a")).isEqualTo("1");
			}
		});
	}

	@Test
	void aPrototypeThatOthersHaveTooMayBeAProxyOfInterfaces() {
		this.runner.withUserConfiguration(ProxiedPrototype.class).run((context) -> {
			assertThat(Proxy.isProxyClass(context.getType("handler"))).isTrue();
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("a by contract");
			}
		});
	}

	@Test
	void metaAnnotationsCount() {
		with(MetaAnnotated.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("meta a");
			}
		});
	}

	private ApplicationContextRunner with(Class<?> handler) {
		return this.runner.withBean("handler", handler).withPropertyValues("socket.servers.it.handler=handler");
	}

	record Item(String article, int amount) {

	}

	interface Opening {

		@OnOpen
		default String open() {
			return "from an interface";
		}

	}

	abstract static class Base<T> {

		int closed;

		@OnMessage
		abstract Object message(T message);

		@OnClose
		private void close() {
			this.closed++;
		}

	}

	static class Inheriting extends Base<Item> implements Opening {

		@Override
		Object message(Item item) {
			return "overridden " + item.article();
		}

	}

	static class Generic<T> {

		@OnMessage
		String message(T message) {
			return message.getClass().getSimpleName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class GenericBean {

		@Bean
		@SocketHandler
		Generic<Item> generic() {
			return new Generic<>();
		}

	}

	interface Naming<T> {

		@OnMessage
		String name(T message);

	}

	static class NamingBySimpleName<S> implements Naming<S> {

		@Override
		public String name(S message) {
			return message.getClass().getSimpleName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LambdaBean {

		@Bean
		@SocketHandler
		Naming<Item> lambda() {
			return (item) -> item.getClass().getSimpleName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ImplementationBean {

		@Bean
		@SocketHandler
		Naming<Item> implementation() {
			return new NamingBySimpleName<>();
		}

	}

	interface Talking {

		String open();

		Object message(String text);

		void close();

	}

	static class Advised implements Talking {

		static final AtomicInteger closed = new AtomicInteger();

		/** No constant: the field of a proxy is empty. */
		private final String target = String.valueOf("target");

		@Override
		@OnOpen
		public String open() {
			return "hello from the " + this.target;
		}

		@Override
		@OnMessage
		public String message(String text) {
			return this.target + " " + text;
		}

		@Override
		@OnClose
		public void close() {
			closed.addAndGet(this.target.length());
		}

	}

	interface Contract<T> {

		T message(T message);

	}

	static class AdvisedByContract implements Contract<String> {

		@Override
		@OnMessage
		public String message(String text) {
			return text + " by contract";
		}

	}

	static class Counting {

		private int calls;

		@OnMessage
		String message(String text) {
			return String.valueOf(++this.calls);
		}

		@OnClose
		private void close() {
			this.calls = 0;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxiedPrototype {

		@Bean
		static BeanNameAutoProxyCreator proxies() {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("handler");
			creator.setInterceptorNames("advice");
			return creator;
		}

		@Bean
		static MethodInterceptor advice() {
			return MethodInvocation::proceed;
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		@SocketHandler
		AdvisedByContract handler() {
			return new AdvisedByContract();
		}

		@Bean
		Supplier<Contract<String>> other(Contract<String> handler) {
			return () -> handler;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedBean {

		@Bean
		@Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
		@SocketHandler
		Counting scoped() {
			return new Counting();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeBean {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		@SocketHandler
		Counting counting() {
			return new Counting();
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@OnMessage
	@interface Command {

	}

	static class MetaAnnotated {

		@Command
		String message(String text) {
			return "meta " + text;
		}

	}

}
