package dev.socketserver.handler.bean;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.BeanDefinitionStoreException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class HandlerBeansTests {

	private static final SocketSession SESSION = mock(SocketSession.class);

	@Test
	void findsClassesAndBeanMethodsWithTheirServers() {
		try (AnnotationConfigApplicationContext context = context(Forms.class, Meter.class, Dashed.class)) {
			assertThat(servers(context)).isEqualTo(Map.of("upper", Set.of("upper"), "sink",
					Set.of("first", "second-one"), "talk", Set.of(), "handlerBeansTests.Meter", Set.of("meter"),
					"handlerBeansTests.Dashed", Set.of("with-dash", "other")));
		}
	}

	@Test
	void namesAreInTheOrderOfTheAnnotation() {
		try (AnnotationConfigApplicationContext context = context(Many.class)) {
			assertThat(servers(context)).hasEntrySatisfying("handlerBeansTests.Many",
					(names) -> assertThat(names).containsExactly("e", "b", "d", "a", "c", "f"));
		}
	}

	@Test
	void theAnnotationsNamesDoNotNameTheBean(CapturedOutput output) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.scan(getClass().getPackageName() + ".scanned");
			context.refresh();

			assertThat(new HandlerBeans(context.getBeanFactory()).annotated(Side.SERVER))
				.containsExactly(new HandlerBean("scannedHandler", Set.of("some-server")));
			assertThat(output).doesNotContain("WARN").doesNotContain("bean name");
		}
	}

	@Test
	void resolvesPlaceholdersInNames() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("line.name=configured").applyTo(context);
			context.register(Placeholders.class);
			context.refresh();

			assertThat(servers(context)).containsEntry("handler", Set.of("configured", "fallback"));
		}
	}

	@Test
	void aPlaceholderInANameThatIsNotThereIsNotifiedWithItsBean() {
		try (AnnotationConfigApplicationContext context = context(Placeholders.class,
				PropertySourcesPlaceholderConfigurer.class)) {
			assertThatExceptionOfType(BeanDefinitionStoreException.class).isThrownBy(() -> servers(context))
				.withMessageContaining("'handler' defined in " + Placeholders.class.getName())
				.withMessageContaining("'line.name'");
		}
	}

	@Test
	void looksAtLazyBeansWithoutCreatingThem() {
		Counted.created.set(0);
		try (AnnotationConfigApplicationContext context = context(LazyBeans.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());
			assertThat(beans.annotated(Side.SERVER)).hasSize(2);
			assertThat(Counted.created).hasValue(0);

			beans.serverHandler("lazy", "test", PayloadSettings.DEFAULT);
			assertThat(Counted.created).hasValue(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void seesThroughProxies(boolean cglib) throws Exception {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(Proxying.class, () -> new Proxying(cglib, Shouting.class));
			context.register(Shouting.class, Made.class);
			context.refresh();
			assertThat(Proxy.isProxyClass(context.getBean("made").getClass())).isEqualTo(!cglib);

			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());

			assertThat(servers(context))
				.isEqualTo(Map.of("handlerBeansTests.Shouting", Set.of("shout"), "made", Set.of("shout")));
			for (String name : servers(context).keySet()) {
				ServerHandler.Messages messages = (ServerHandler.Messages) beans.serverHandler(name, "test",
						PayloadSettings.DEFAULT);
				assertThat(messages.input().type()).isEqualTo(String.class);
				assertThat(session(messages).received("a", SESSION)).isEqualTo("A!");
			}
		}
	}

	@Test
	void showsTheProxyInsteadOfAScopedTarget() {
		try (AnnotationConfigApplicationContext context = context(ScopedBean.class)) {
			assertThat(servers(context)).isEqualTo(Map.of("scoped", Set.of("scoped")));
			ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("scoped", "test", PayloadSettings.DEFAULT);
			assertThat(messages.input().type()).isEqualTo(String.class);
		}
	}

	@Test
	void beansOfEveryFormCanTellDetails() throws Exception {
		try (AnnotationConfigApplicationContext context = context(TellingFunction.class, TellingConsumer.class,
				TellingMethods.class, Forms.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());
			for (String name : servers(context).keySet()) {
				if (name.contains("Telling")) {
					SessionHandler handler = session(
							(ServerHandler.Messages) beans.serverHandler(name, "test", PayloadSettings.DEFAULT));
					assertThat(handler.details(SESSION)).as(name).isEqualTo(Map.of("told by", name));
				}
			}
			assertThat(servers(context).keySet()).filteredOn((name) -> name.contains("Telling")).hasSize(3);
			assertThat(session((ServerHandler.Messages) beans.serverHandler("upper", "test", PayloadSettings.DEFAULT))
				.details(SESSION)).isEmpty();
		}
	}

	abstract static class Telling implements DetailedHandler {

		@Override
		public Map<String, ?> details(SocketSession session) {
			return Map.of("told by", "handlerBeansTests." + getClass().getSimpleName());
		}

	}

	@SocketHandler("a")
	static class TellingFunction extends Telling implements Function<String, String> {

		@Override
		public String apply(String line) {
			return line;
		}

	}

	@SocketHandler("b")
	static class TellingConsumer extends Telling implements Consumer<String> {

		@Override
		public void accept(String line) {
		}

	}

	@SocketHandler("c")
	static class TellingMethods extends Telling {

		@OnMessage
		void received(String line) {
		}

	}

	@Test
	void aSingletonServesAllSessions() {
		try (AnnotationConfigApplicationContext context = context(Forms.class)) {
			ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("upper", "test", PayloadSettings.DEFAULT);
			assertThat(session(messages)).isSameAs(session(messages));
		}
	}

	@Test
	void aPrototypeServesOneSession() throws Exception {
		try (AnnotationConfigApplicationContext context = context(Prototypes.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());
			Counted.created.set(0);
			ServerHandler.Messages function = (ServerHandler.Messages) beans.serverHandler("function", "test",
					PayloadSettings.DEFAULT);
			ServerHandler.Streams stream = (ServerHandler.Streams) beans.serverHandler("stream", "test",
					PayloadSettings.DEFAULT);
			ServerHandler.Messages connection = (ServerHandler.Messages) beans.serverHandler("connection", "test",
					PayloadSettings.DEFAULT);
			assertThat(Counted.created).hasValue(0);

			SessionHandler one = session(function);
			SessionHandler other = session(function);
			assertThat(Counted.created).hasValue(2);
			assertThat(one.received("a", SESSION)).isEqualTo("1");
			assertThat(one.received("a", SESSION)).isEqualTo("2");
			assertThat(other.received("a", SESSION)).isEqualTo("1");
			assertThat(stream.sessions().get()).isNotSameAs(stream.sessions().get());
			assertThat(session(connection)).isNotSameAs(session(connection));
		}
	}

	@Test
	void whatMakesPrototypesMakesOneForEachSession() throws Exception {
		try (AnnotationConfigApplicationContext context = context(PrototypeFactory.class)) {
			ServerHandler.Messages function = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("function", "test", PayloadSettings.DEFAULT);

			SessionHandler one = session(function);
			assertThat(one.received("a", SESSION)).isEqualTo("1");
			assertThat(one.received("a", SESSION)).isEqualTo("2");
			assertThat(session(function).received("a", SESSION)).isEqualTo("1");
		}
	}

	@Test
	void whatMakesBeansSaysWhatTheyRead() throws Exception {
		try (AnnotationConfigApplicationContext context = context(LambdaFactory.class)) {
			ServerHandler.Messages function = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("function", "test", PayloadSettings.DEFAULT);

			assertThat(function.input().type()).isEqualTo(String.class);
			assertThat(session(function).received("a", SESSION)).isEqualTo("A");
		}
	}

	@Test
	void knowsWhatTheDefinitionInAParentDeclares() {
		try (AnnotationConfigApplicationContext parent = context(Forms.class);
				AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setParent(parent);
			context.refresh();

			assertThat(input(context, "upper")).isEqualTo(String.class);
		}
	}

	@Test
	void knowsThePayloadOfEveryForm() throws Exception {
		try (AnnotationConfigApplicationContext context = context(Forms.class, Meter.class, Payloads.class)) {
			assertThat(input(context, "upper")).isEqualTo(String.class);
			assertThat(input(context, "sink")).isEqualTo(byte[].class);
			assertThat(input(context, "buffers")).isEqualTo(ByteBuffer.class);
			assertThat(input(context, "characters")).isEqualTo(String.class);
			assertThat(input(context, "hidden")).isEqualTo(String.class);
			assertThat(input(context, "bounded")).isEqualTo(String.class);
			assertThat(
					new HandlerBeans(context.getBeanFactory()).serverHandler("talk", "test", PayloadSettings.DEFAULT))
				.isInstanceOf(ServerHandler.Streams.class);
			ServerHandler.Messages meter = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("handlerBeansTests.Meter", "test", PayloadSettings.DEFAULT);
			assertThat(meter.bytesAsTheyCome()).isTrue();
			ServerHandler.Messages sink = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("sink", "test", PayloadSettings.DEFAULT);
			assertThat(session(sink).received(new byte[1], SESSION)).isNull();
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

			assertThat(servers(context)).isEqualTo(Map.of("made", Set.of("shout")));
		}
	}

	@Test
	void conversationsKnowWhatTheyReceive() {
		try (AnnotationConfigApplicationContext context = context(Conversations.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());

			ServerHandler.Conversations lambda = (ServerHandler.Conversations) beans.serverHandler("lambda", "test",
					PayloadSettings.DEFAULT);
			assertThat(lambda.name()).isEqualTo("lambda");
			assertThat(lambda.input().type()).isEqualTo(String.class);
			assertThat(lambda.sessions().get()).isSameAs(context.getBean("lambda"));
			ServerHandler.Conversations hidden = (ServerHandler.Conversations) beans.serverHandler("hidden", "test",
					PayloadSettings.DEFAULT);
			assertThat(hidden.input().type()).isEqualTo(Set.class);
			assertThat(hidden.input().text()).isTrue();
			assertThat(hidden.sessions().get()).isNotSameAs(hidden.sessions().get());
			ServerHandler.Conversations untyped = (ServerHandler.Conversations) beans.serverHandler("untyped", "test",
					new PayloadSettings(Payload.BYTES, StandardCharsets.UTF_8));
			assertThat(untyped.input().type()).isEqualTo(byte[].class);
		}
	}

	@Test
	void aBeanOfSeveralFormsIsRefused() {
		try (AnnotationConfigApplicationContext context = context(Both.class)) {
			assertThatExceptionOfType(InvalidHandlerException.class)
				.isThrownBy(() -> new HandlerBeans(context.getBeanFactory()).serverHandler("handlerBeansTests.Both",
						"test", PayloadSettings.DEFAULT))
				.withMessageContaining("has several forms of handlers: StreamHandler, Function")
				.withMessageContaining("class " + Both.class.getName());
		}
	}

	private static AnnotationConfigApplicationContext context(Class<?>... classes) {
		return new AnnotationConfigApplicationContext(classes);
	}

	private static Map<String, Set<String>> servers(AnnotationConfigApplicationContext context) {
		return new HandlerBeans(context.getBeanFactory()).annotated(Side.SERVER)
			.stream()
			.collect(Collectors.toMap(HandlerBean::beanName, HandlerBean::names));
	}

	private static Class<?> input(AnnotationConfigApplicationContext context, String name) {
		return ((ServerHandler.Messages) new HandlerBeans(context.getBeanFactory()).serverHandler(name, "test",
				PayloadSettings.DEFAULT))
			.input()
			.type();
	}

	private static SessionHandler session(ServerHandler.Messages messages) {
		return messages.sessions()
			.apply(ServerSpec.builder("test")
				.handler(messages)
				.framing(Framing.lengthField().build())
				.build()
				.session());
	}

	@Configuration(proxyBeanMethods = false)
	static class Forms {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler({ "first", "second-one" })
		Consumer<byte[]> sink() {
			return (bytes) -> {
			};
		}

		@Bean
		@SocketHandler
		StreamHandler talk() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		Supplier<String> noHandler() {
			return () -> "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Payloads {

		@Bean
		Function<ByteBuffer, ByteBuffer> buffers() {
			return (buffer) -> buffer;
		}

		@Bean
		Function<? super CharSequence, ?> characters() {
			return (text) -> text;
		}

		@Bean
		Object hidden() {
			return new Shouting();
		}

		@Bean
		Bounded<String> bounded() {
			return new Bounded<>();
		}

	}

	static class Bounded<T extends CharSequence> implements Function<T, T> {

		@Override
		public T apply(T input) {
			return input;
		}

	}

	@SocketHandler("meter")
	static class Meter implements ConnectionHandler<Long> {

		@Override
		public @Nullable Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			return state;
		}

	}

	@SocketHandler({ "e", "b", "d", "a", "c", "f" })
	static class Many implements UnaryOperator<String> {

		@Override
		public String apply(String text) {
			return text;
		}

	}

	@SocketHandler({ "with-dash", "other" })
	static class Dashed implements UnaryOperator<String> {

		@Override
		public String apply(String text) {
			return text;
		}

	}

	@SocketHandler("shout")
	static class Shouting implements Function<String, String> {

		@Override
		public String apply(String text) {
			return text.toUpperCase() + "!";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Made {

		@Bean
		Shouting made() {
			return new Shouting();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Placeholders {

		@Bean
		@SocketHandler({ "${line.name}", "${line.other:fallback}" })
		UnaryOperator<String> handler() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Conversations {

		@Bean
		ConversationHandler<String, String> lambda() {
			return (conversation) -> {
			};
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Talking hidden() {
			return new Talking();
		}

		@Bean
		ConversationHandler<?, ?> untyped() {
			return (conversation) -> {
			};
		}

	}

	static class Talking implements ConversationHandler<Set<String>, Object> {

		@Override
		public void handle(Conversation<Set<String>, Object> conversation) {
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

	@Component
	static class Both implements Function<String, String>, StreamHandler {

		@Override
		public String apply(String text) {
			return text;
		}

		@Override
		public void handle(InputStream in, OutputStream out, SocketSession session) {
		}

	}

}
