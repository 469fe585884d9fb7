package dev.socketserver.handler.bean;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.bean.DefinedHandlers.Forms;
import dev.socketserver.handler.bean.DefinedHandlers.Meter;
import dev.socketserver.handler.bean.DefinedHandlers.Shouting;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanDefinitionStoreException;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.stereotype.Component;
import org.springframework.util.AntPathMatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class HandlerBeansTests {

	@Test
	void findsClassesAndBeanMethodsWithTheirServers() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Forms.class, Meter.class,
				Dashed.class)) {
			assertThat(DefinedHandlers.servers(context)).isEqualTo(Map.of("upper", Set.of("upper"), "sink",
					Set.of("first", "second-one"), "talk", Set.of(), "definedHandlers.Meter", Set.of("meter"),
					"handlerBeansTests.Dashed", Set.of("with-dash", "other")));
		}
	}

	@Test
	void findsABeanMethodOfTheApplicationWhoseTypeIsSprings() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(OfSpring.class)) {
			assertThat(DefinedHandlers.servers(context)).isEqualTo(Map.of("matcher", Set.of("paths")));
		}
	}

	@Test
	void namesAreInTheOrderOfTheAnnotation() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Many.class)) {
			assertThat(DefinedHandlers.servers(context)).hasEntrySatisfying("handlerBeansTests.Many",
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
			assertThat(output).doesNotContain("bean name").doesNotContain("scannedHandler");
		}
	}

	@Test
	void resolvesPlaceholdersInNames() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("line.name=configured").applyTo(context);
			context.register(Placeholders.class);
			context.refresh();

			assertThat(DefinedHandlers.servers(context)).containsEntry("handler", Set.of("configured", "fallback"));
		}
	}

	@Test
	void aPlaceholderInANameThatIsNotThereIsNotifiedWithItsBean() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Placeholders.class,
				PropertySourcesPlaceholderConfigurer.class)) {
			assertThatExceptionOfType(BeanDefinitionStoreException.class)
				.isThrownBy(() -> DefinedHandlers.servers(context))
				.withMessageContaining("'handler' defined in " + Placeholders.class.getName())
				.withMessageContaining("'line.name'");
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

			assertThat(DefinedHandlers.servers(context))
				.isEqualTo(Map.of("definedHandlers.Shouting", Set.of("shout"), "made", Set.of("shout")));
			for (String name : DefinedHandlers.servers(context).keySet()) {
				ServerHandler.Messages messages = (ServerHandler.Messages) beans.serverHandler(name, "test",
						PayloadSettings.DEFAULT, null);
				assertThat(messages.input().type()).isEqualTo(String.class);
				assertThat(DefinedHandlers.session(messages).received("a", DefinedHandlers.SESSION)).isEqualTo("A!");
			}
		}
	}

	@Test
	void beansOfEveryFormCanTellDetails() throws Exception {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(TellingFunction.class,
				TellingConsumer.class, TellingMethods.class, Forms.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());
			for (String name : DefinedHandlers.servers(context).keySet()) {
				if (name.contains("Telling")) {
					SessionHandler handler = DefinedHandlers.session(
							(ServerHandler.Messages) beans.serverHandler(name, "test", PayloadSettings.DEFAULT, null));
					assertThat(handler.details(DefinedHandlers.SESSION)).as(name).isEqualTo(Map.of("told by", name));
				}
			}
			assertThat(DefinedHandlers.servers(context).keySet()).filteredOn((name) -> name.contains("Telling"))
				.hasSize(3);
			assertThat(DefinedHandlers
				.session((ServerHandler.Messages) beans.serverHandler("upper", "test", PayloadSettings.DEFAULT, null))
				.details(DefinedHandlers.SESSION)).isEmpty();
		}
	}

	@Test
	void knowsWhatTheDefinitionInAParentDeclares() {
		try (AnnotationConfigApplicationContext parent = DefinedHandlers.context(Forms.class);
				AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setParent(parent);
			context.refresh();

			assertThat(DefinedHandlers.input(context, "upper")).isEqualTo(String.class);
		}
	}

	@Test
	void knowsThePayloadOfEveryForm() throws Exception {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Forms.class, Meter.class,
				Payloads.class)) {
			assertThat(DefinedHandlers.input(context, "upper")).isEqualTo(String.class);
			assertThat(DefinedHandlers.input(context, "sink")).isEqualTo(byte[].class);
			assertThat(DefinedHandlers.input(context, "buffers")).isEqualTo(ByteBuffer.class);
			assertThat(DefinedHandlers.input(context, "characters")).isEqualTo(String.class);
			assertThat(DefinedHandlers.input(context, "hidden")).isEqualTo(String.class);
			assertThat(DefinedHandlers.input(context, "bounded")).isEqualTo(String.class);
			assertThat(new HandlerBeans(context.getBeanFactory()).serverHandler("talk", "test", PayloadSettings.DEFAULT,
					null))
				.isInstanceOf(ServerHandler.Streams.class);
			ServerHandler.Messages meter = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("definedHandlers.Meter", "test", PayloadSettings.DEFAULT, null);
			assertThat(meter.bytesAsTheyCome()).isTrue();
			ServerHandler.Messages sink = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("sink", "test", PayloadSettings.DEFAULT, null);
			assertThat(DefinedHandlers.session(sink).received(new byte[1], DefinedHandlers.SESSION)).isNull();
		}
	}

	@Test
	void conversationsKnowWhatTheyReceive() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Conversations.class)) {
			HandlerBeans beans = new HandlerBeans(context.getBeanFactory());

			ServerHandler.Conversations lambda = (ServerHandler.Conversations) beans.serverHandler("lambda", "test",
					PayloadSettings.DEFAULT, null);
			assertThat(lambda.name()).isEqualTo("lambda");
			assertThat(lambda.input().type()).isEqualTo(String.class);
			assertThat(lambda.sessions().get()).isSameAs(context.getBean("lambda"));
			ServerHandler.Conversations hidden = (ServerHandler.Conversations) beans.serverHandler("hidden", "test",
					PayloadSettings.DEFAULT, null);
			assertThat(hidden.input().type()).isEqualTo(Set.class);
			assertThat(hidden.input().text()).isTrue();
			assertThat(hidden.sessions().get()).isNotSameAs(hidden.sessions().get());
			ServerHandler.Conversations untyped = (ServerHandler.Conversations) beans.serverHandler("untyped", "test",
					new PayloadSettings(Payload.BYTES, StandardCharsets.UTF_8), null);
			assertThat(untyped.input().type()).isEqualTo(byte[].class);
		}
	}

	@Test
	void aBeanOfSeveralFormsIsRefused() {
		try (AnnotationConfigApplicationContext context = DefinedHandlers.context(Both.class)) {
			assertThatExceptionOfType(InvalidHandlerException.class)
				.isThrownBy(() -> new HandlerBeans(context.getBeanFactory()).serverHandler("handlerBeansTests.Both",
						"test", PayloadSettings.DEFAULT, null))
				.withMessageContaining("has several forms of handlers: StreamHandler, Function")
				.withMessageContaining("class " + Both.class.getName());
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

	@Configuration(proxyBeanMethods = false)
	static class OfSpring {

		@Bean
		@SocketHandler("paths")
		AntPathMatcher matcher() {
			return new AntPathMatcher();
		}

	}

}
