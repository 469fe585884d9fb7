package dev.socketserver.handler.bean;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.handler.bean.DefinedHandlers.Forms;
import dev.socketserver.handler.bean.DefinedHandlers.Meter;
import dev.socketserver.handler.bean.DefinedHandlers.Shouting;
import dev.socketserver.handler.payload.PayloadSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/** How many objects serve the sessions of a bean, and when they are made. */
class HandlerScopesTests {

	@Test
	void looksAtLazyBeansWithoutCreatingThem() {
		Counted.created.set(0);
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(LazyBeans.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());
			assertThat(beans.annotated(Side.SERVER)).hasSize(2);
			assertThat(Counted.created).hasValue(0);

			beans.serverHandler("lazy", "test", PayloadSettings.DEFAULT, null);
			assertThat(Counted.created).hasValue(1);
		}
	}

	@Test
	void showsTheProxyInsteadOfAScopedTarget() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(ScopedBean.class)) {
			assertThat(DefinedHandlers.servers(context)).isEqualTo(Map.of("scoped", Set.of("scoped")));
			ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("scoped", "test", PayloadSettings.DEFAULT, null);
			assertThat(messages.input().type()).isEqualTo(String.class);
		}
	}

	@Test
	void aSingletonServesAllSessions() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Forms.class)) {
			ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("upper", "test", PayloadSettings.DEFAULT, null);
			assertThat(DefinedHandlers.session(messages)).isSameAs(DefinedHandlers.session(messages));
		}
	}

	@Test
	void aPrototypeServesOneSession() throws Exception {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Prototypes.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());
			Counted.created.set(0);
			ServerHandler.Messages function = (ServerHandler.Messages) beans.serverHandler("function", "test",
					PayloadSettings.DEFAULT, null);
			ServerHandler.Streams stream = (ServerHandler.Streams) beans.serverHandler("stream", "test",
					PayloadSettings.DEFAULT, null);
			ServerHandler.Messages connection = (ServerHandler.Messages) beans.serverHandler("connection", "test",
					PayloadSettings.DEFAULT, null);
			assertThat(Counted.created).hasValue(0);

			SessionHandler one = DefinedHandlers.session(function);
			SessionHandler other = DefinedHandlers.session(function);
			assertThat(Counted.created).hasValue(2);
			assertThat(one.received("a", DefinedHandlers.SESSION)).isEqualTo("1");
			assertThat(one.received("a", DefinedHandlers.SESSION)).isEqualTo("2");
			assertThat(other.received("a", DefinedHandlers.SESSION)).isEqualTo("1");
			assertThat(stream.sessions().get()).isNotSameAs(stream.sessions().get());
			assertThat(DefinedHandlers.session(connection)).isNotSameAs(DefinedHandlers.session(connection));
		}
	}

	@Test
	void whatMakesPrototypesMakesOneForEachSession() throws Exception {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(PrototypeFactory.class)) {
			ServerHandler.Messages function = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("function", "test", PayloadSettings.DEFAULT, null);

			SessionHandler one = DefinedHandlers.session(function);
			assertThat(one.received("a", DefinedHandlers.SESSION)).isEqualTo("1");
			assertThat(one.received("a", DefinedHandlers.SESSION)).isEqualTo("2");
			assertThat(DefinedHandlers.session(function).received("a", DefinedHandlers.SESSION)).isEqualTo("1");
		}
	}

	@Test
	void whatMakesBeansSaysWhatTheyRead() throws Exception {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(LambdaFactory.class)) {
			ServerHandler.Messages function = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("function", "test", PayloadSettings.DEFAULT, null);

			assertThat(function.input().type()).isEqualTo(String.class);
			assertThat(DefinedHandlers.session(function).received("a", DefinedHandlers.SESSION)).isEqualTo("A");
		}
	}

	/** There is a proxy, but the bean that is there is what makes it. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void seesThroughWhatMakesProxies(boolean cglib) throws Exception {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("made", ProxyFactoryBean.class, () -> {
				ProxyFactoryBean made = new ProxyFactoryBean();
				made.setTarget(new Shouting());
				made.setProxyTargetClass(cglib);
				return made;
			});
			context.refresh();
			assertThat(Proxy.isProxyClass(context.getBean("made").getClass())).isEqualTo(!cglib);

			assertThat(DefinedHandlers.servers(context)).isEqualTo(Map.of("made", Set.of("shout")));
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class LazyBeans {

		@Bean
		@Lazy
		@SocketHandler("lazy")
		Counted lazy() {
			return new Counted();
		}

		@Bean
		@Lazy
		@SocketHandler("other")
		Counted other() {
			return new Counted();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedBean {

		@Bean
		@Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
		@SocketHandler("scoped")
		Counted scoped() {
			return new Counted();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototypes {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Counted function() {
			return new Counted();
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		StreamHandler stream() {
			return mock(StreamHandler.class);
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Meter connection() {
			return new Meter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeFactory {

		@Bean
		FactoryBean<Counted> function() {
			return new FactoryBean<>() {

				@Override
				public Counted getObject() {
					return new Counted();
				}

				@Override
				public Class<?> getObjectType() {
					return Counted.class;
				}

				@Override
				public boolean isSingleton() {
					return false;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LambdaFactory {

		@Bean
		FactoryBean<Function<String, String>> function() {
			return new FactoryBean<>() {

				@Override
				public Function<String, String> getObject() {
					return String::toUpperCase;
				}

				@Override
				public Class<?> getObjectType() {
					return Function.class;
				}

			};
		}

	}

	static class Counted implements UnaryOperator<String> {

		static final AtomicInteger created = new AtomicInteger();

		private int calls;

		Counted() {
			created.incrementAndGet();
		}

		@Override
		public String apply(String text) {
			return String.valueOf(++this.calls);
		}

	}

}
