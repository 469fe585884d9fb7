package dev.socketserver.handler.error;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionAttribute;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.error.elsewhere.Elsewhere;
import dev.socketserver.handler.intercept.HandlerCall;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketHandlerAdvice}, over sockets.
 */
@Timeout(60)
class SocketHandlerAdviceTests {

	@RegisterExtension
	final LogLines log = new LogLines(ConfiguredEntries.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	private ApplicationContextRunner with(Class<?> advice, String... servers) {
		ApplicationContextRunner prepared = this.runner.withUserConfiguration(advice);
		for (String server : servers) {
			prepared = prepared.withPropertyValues("socket.servers." + server + ".port=0",
					"socket.servers." + server + ".framing=" + (server.equals("stream") ? "raw" : "line"));
		}
		return prepared;
	}

	@ParameterizedTest
	@ValueSource(strings = { "function", "consumer", "annotated", "opening", "connection", "later", "per-session",
			"proxied", "interface-proxied", "per-session-function" })
	void theSessionOfAHandlerOfMessagesGoesOn(String server) {
		with(Errors.class, server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				if (server.equals("opening")) {
					assertThat(peer.line()).isEqualTo("sorry: opening");
				}
				assertThat(peer.ask("fail")).isEqualTo("sorry: fail");
				assertThat(peer.ask("fail")).isEqualTo("sorry: fail");
				assertThat(server(context, server).sessions().count()).isOne();
			}
			closed(context, server, CloseReason.PEER_CLOSED);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "conversation", "per-session-conversation" })
	void theSessionOfAHandlerOfTheWholeSessionClosesBehindTheAnswer(String server) {
		with(Errors.class, server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				assertThat(peer.ask("hello")).isEqualTo("hello");
				peer.send("fail\n");
				assertThat(peer.read()).isEqualTo("sorry: fail");
				assertThat(peer.read()).isNull();
			}
			closed(context, server, CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void aClientAnswersItsServer() {
		this.runner.withUserConfiguration(Errors.class)
			.withPropertyValues("socket.servers.asking.port=0",
					"socket.clients.answering.port=${local.socket.asking.port}",
					"socket.clients.answering.framing=line", "socket.servers.asking.framing=line")
			.run((context) -> {
				Asking asking = context.getBean(Asking.class);
				await().until(() -> asking.received.contains("sorry: fail"));
			});
	}

	@Test
	void theNearestMethodOfTheHandlerComesFirst() {
		with(Errors.class, "own").run((context) -> {
			try (TestPeer peer = peer(context, "own")) {
				assertThat(peer.ask("argument")).isEqualTo("own");
				assertThat(peer.ask("number")).as("a subclass").isEqualTo("own");
				assertThat(peer.ask("fail")).isEqualTo("sorry: fail");
			}
		});
	}

	@Test
	void thenTheAdvicesInTheirOrderAndInEachTheNearest() {
		with(InOrder.class, "function").run((context) -> {
			try (TestPeer peer = peer(context, "function")) {
				assertThat(peer.ask("fail")).as("IllegalStateException").isEqualTo("second: state");
				assertThat(peer.ask("argument")).as("the nearest of the second").isEqualTo("second: argument");
				assertThat(peer.ask("number")).as("of the first, although others are nearer")
					.isEqualTo("first: number");
				assertThat(peer.ask("unsupported")).isEqualTo("second: any");
			}
		});
	}

	@Test
	void aFailureThatNoAdviceTakesClosesTheSession() {
		with(Numbers.class, "function", "conversation").run((context) -> {
			try (TestPeer peer = peer(context, "function")) {
				assertThat(peer.ask("number")).isEqualTo("no number");
				peer.send("fail\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, "function", CloseReason.HANDLER_ERROR);
			try (TestPeer peer = peer(context, "conversation")) {
				peer.send("fail\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, "conversation", CloseReason.HANDLER_ERROR);
		});
	}

	@ParameterizedTest
	@CsvSource({ "function,fail", "function,argument", "json,x", "conversation,fail", "connection,fail",
			"annotated,fail" })
	void anAdviceThatThrowsClosesTheSession(String server, String line) {
		with(Throwing.class, server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				peer.send(line + "\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, server, CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void aFrameThatCannotBeConvertedIsAFailureToo() {
		with(Conversions.class, "converted").run((context) -> {
			try (TestPeer peer = peer(context, "converted")) {
				assertThat(peer.ask("x")).as("what the converter threw")
					.isEqualTo("no number: For input string: \"x\"");
				assertThat(peer.ask("-1")).isEqualTo("cannot be read");
				assertThat(peer.ask("2")).isEqualTo("3");
			}
		});
	}

	@Test
	void anErrorIsNotAnswered() {
		with(Errors.class, "function").run((context) -> {
			try (TestPeer peer = peer(context, "function")) {
				peer.send("error\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, "function", CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void aMethodMayTakeWhatTheSessionHasAndCloseIt() {
		with(Attributes.class, "annotated").run((context) -> {
			try (TestPeer peer = peer(context, "annotated")) {
				assertThat(peer.ask("fail")).isEqualTo("fail number 1 of annotated-1");
				assertThat(peer.ask("fail")).isEqualTo("fail number 2 of annotated-1");
				peer.send("argument\n");
				assertThat(peer.read()).isEqualTo("bye");
			}
			closed(context, "annotated", CloseReason.HANDLER_CLOSED);
		});
	}

	@ParameterizedTest
	@CsvSource({ "ByName,function", "ByPackage,elsewhere", "ByType,connection", "ByAnnotation,marked",
			"ByAnnotation,marked-method", "ByAny,function", "ByAny,connection", "ByAny,marked" })
	void aSelectedHandlerHasAdvice(String advice, String server) {
		with(selecting(advice), server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				assertThat(peer.ask("fail")).isEqualTo("selected");
			}
			assertThat(this.log.messages(Level.WARN)).isEmpty();
		});
	}

	@ParameterizedTest
	@CsvSource({ "ByName,connection", "ByPackage,function", "ByType,function", "ByAnnotation,function",
			"ByAny,consumer" })
	void anotherHandlerHasNoneAndThatIsAWarning(String advice, String server) {
		with(selecting(advice), server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				peer.send("fail\n");
				assertThat(peer.read()).isNull();
			}
			assertThat(this.log.messages(Level.WARN)).containsExactly("Advice bean 'socketHandlerAdviceTests." + advice
					+ "' applies to no handler of a server or client: correct its @SocketHandlerAdvice annotation, "
					+ "or remove it");
		});
	}

	@Test
	void adviceOfADisabledServerIsNotWarnedOf() {
		with(ByName.class, "connection")
			.withPropertyValues("socket.servers.function.port=0", "socket.servers.function.enabled=false")
			.run((context) -> assertThat(this.log.messages(Level.WARN)).isEmpty());
	}

	@Test
	void anAdviceMayBeAProxyOrAPrototype() {
		with(ProxiedAdvice.class, "function").run((context) -> {
			try (TestPeer peer = peer(context, "function")) {
				assertThat(peer.ask("fail")).isEqualTo("advised: a proxy");
			}
		});
		with(PrototypeAdvice.class, "function").run((context) -> {
			try (TestPeer peer = peer(context, "function")) {
				assertThat(peer.ask("fail")).isEqualTo("1");
				assertThat(peer.ask("fail")).as("another object").isEqualTo("1");
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "WithoutMethods|is an advice without an @OnError method",
			"WithMessages|is an advice, and has @OnMessage methods: method ",
			"WithFailedMessage|parameter 2 (java.lang.String message) has a type that cannot be passed to such a method",
			"PrivateBehindProxy|cannot be intercepted by the proxy of the bean, as it is private" })
	void anAdviceThatCannotWorkFailsTheStart(String advice, String problem) {
		with(selecting(advice), "function").run((context) -> assertThat(context).hasFailed()
			.getFailure()
			.hasStackTraceContaining(problem)
			.hasStackTraceContaining("socketHandlerAdviceTests." + advice));
	}

	@Test
	void whatAnInterceptorThrowsIsAnsweredAndItSeesTheAnswer() {
		with(Errors.class, "function", "conversation", "stream").withUserConfiguration(Refusing.class)
			.run((context) -> {
				Refusing refusing = context.getBean(Refusing.class);
				try (TestPeer peer = peer(context, "function")) {
					assertThat(peer.ask("refuse")).isEqualTo("sorry: refused");
				}
				for (String server : List.of("conversation", "stream")) {
					refusing.refuses = true;
					try (TestPeer peer = peer(context, server)) {
						assertThat(peer.read()).isEqualTo("sorry: refused");
					}
					closed(context, server, CloseReason.HANDLER_ERROR);
				}
				assertThat(refusing.failures).containsExactly("function", "conversation", "stream");
			});
	}

	@Test
	void aChosenMethodAndAMissingOneHaveAdviceToo() {
		with(Unmapped.class, "several").withPropertyValues("socket.servers.several.discriminator=word")
			.run((context) -> {
				try (TestPeer peer = peer(context, "several")) {
					assertThat(peer.ask("one x")).isEqualTo("one x");
					assertThat(peer.ask("three x")).isEqualTo("nothing for three");
					assertThat(peer.ask("two x")).isEqualTo("failed: two x");
				}
			});
	}

	private static Class<?> selecting(String advice) {
		try {
			return Class.forName(SocketHandlerAdviceTests.class.getName() + "$" + advice);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static SocketServer server(ApplicationContext context, String name) {
		return context.getBean(SocketServers.class).server(name).orElseThrow();
	}

	private static TestPeer peer(ApplicationContext context, String server) {
		return TestPeer.connect(server(context, server).localAddress());
	}

	private static void closed(ApplicationContext context, String server, CloseReason reason) {
		await().untilAsserted(() -> assertThat(server(context, server).statistics().closed()).containsOnlyKeys(reason));
	}

	private static void failIfAsked(String line) {
		switch (line) {
			case "fail", "opening" -> throw new IllegalStateException(line);
			case "argument" -> throw new IllegalArgumentException(line);
			case "number" -> throw new NumberFormatException(line);
			case "unsupported" -> throw new UnsupportedOperationException(line);
			case "error" -> throw new AssertionError(line);
			default -> {
			}
		}
	}

	@SocketHandlerAdvice
	static class Errors {

		@OnError
		String state(IllegalStateException failure) {
			return "sorry: " + failure.getMessage();
		}

		@OnError
		String any(Exception failure) {
			return "sorry for anything";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InOrder {

		@SocketHandlerAdvice
		@Order(2)
		static class Second {

			@OnError
			String any(Exception failure) {
				return "second: any";
			}

			@OnError
			String state(IllegalStateException failure) {
				return "second: state";
			}

			@OnError
			String argument(IllegalArgumentException failure) {
				return "second: argument";
			}

		}

		@SocketHandlerAdvice
		static class Last implements Ordered {

			@Override
			public int getOrder() {
				return 3;
			}

			@OnError
			String state(IllegalStateException failure) {
				return "last";
			}

		}

		@SocketHandlerAdvice
		@Order(1)
		static class First {

			@OnError
			String number(NumberFormatException failure) {
				return "first: number";
			}

		}

	}

	static class Refusing implements SocketHandlerInterceptor {

		final List<String> failures = new CopyOnWriteArrayList<>();

		volatile boolean refuses;

		@Override
		public @Nullable Object intercept(HandlerCall call) throws Exception {
			if ((call.kind() == Kind.SESSION && this.refuses) || "refuse".equals(call.payload())) {
				throw new IllegalStateException("refused");
			}
			if (call.kind() == Kind.FAILURE) {
				this.failures.add(call.session().server());
			}
			return call.proceed();
		}

	}

	@SocketHandlerAdvice
	static class Unmapped {

		@OnError
		String unmapped(UnmappedMessageException failure) {
			return "nothing for " + failure.key();
		}

		@OnError
		String state(IllegalStateException failure) {
			return "failed: " + failure.getMessage();
		}

	}

	static class Several {

		@OnMessage("one")
		String one(String line) {
			return line;
		}

		@OnMessage("two")
		String two(String line) {
			throw new IllegalStateException(line);
		}

	}

	@SocketHandlerAdvice
	static class Numbers {

		@OnError
		String number(NumberFormatException failure) {
			return "no number";
		}

	}

	@SocketHandlerAdvice
	static class Throwing {

		@OnError
		String argument(IllegalArgumentException failure) {
			throw failure;
		}

		@OnError
		String payload(PayloadException failure) throws PayloadException {
			throw failure;
		}

		@OnError
		String state(IllegalStateException failure) throws PayloadException {
			throw new PayloadException(String.class, failure);
		}

	}

	@SocketHandlerAdvice
	static class Conversions {

		@OnError
		String number(NumberFormatException failure) {
			return "no number: " + failure.getMessage();
		}

		@OnError
		String other(Exception failure) {
			return (failure instanceof PayloadException) ? "cannot be read" : "something else";
		}

	}

	@SocketHandlerAdvice
	static class Attributes {

		@OnError
		String state(SocketSession session, IllegalStateException failure,
				@SessionAttribute("failures") AtomicInteger failures) {
			return failure.getMessage() + " number " + failures.incrementAndGet() + " of " + session.id();
		}

		@OnError
		String argument(IllegalArgumentException failure, SocketSession session) {
			session.close();
			return "bye";
		}

	}

	static class Selected {

		@OnError
		String any() {
			return "selected";
		}

	}

	@SocketHandlerAdvice("${there.is.none:function}")
	static class ByName extends Selected {

	}

	@SocketHandlerAdvice(basePackages = "dev.socketserver.handler.error.elsewhere")
	static class ByPackage extends Selected {

	}

	@SocketHandlerAdvice(assignableTypes = ConnectionHandler.class)
	static class ByType extends Selected {

	}

	@SocketHandlerAdvice(annotations = Marked.class)
	static class ByAnnotation extends Selected {

	}

	@SocketHandlerAdvice(value = "function", assignableTypes = ConnectionHandler.class, annotations = Marked.class)
	static class ByAny extends Selected {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target({ ElementType.TYPE, ElementType.METHOD })
	@interface Marked {

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxiedAdvice {

		@Bean
		Advised errors() {
			return proxied(new Advised(), true);
		}

	}

	@SocketHandlerAdvice
	static class Advised {

		@OnError
		String any() {
			return "a proxy";
		}

	}

	@SocketHandlerAdvice
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	static class PrototypeAdvice {

		private int answers;

		@OnError
		String any() {
			this.answers++;
			return Integer.toString(this.answers);
		}

	}

	@SocketHandlerAdvice
	static class WithoutMethods {

	}

	@SocketHandlerAdvice
	static class WithMessages {

		@OnError
		void any() {
		}

		@OnMessage
		void message(String line) {
		}

	}

	@SocketHandlerAdvice
	static class WithFailedMessage {

		@OnError
		void any(Exception failure, String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrivateBehindProxy {

		@Bean("bean of socketHandlerAdviceTests.PrivateBehindProxy")
		WithPrivateMethod errors() {
			return proxied(new WithPrivateMethod(), true);
		}

	}

	@SocketHandlerAdvice
	static class WithPrivateMethod {

		@OnError
		private void any() {
		}

	}

	@SuppressWarnings("unchecked")
	private static <T> T proxied(Object target, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(ofClass);
		factory.addAdvice((MethodInterceptor) (call) -> {
			Object result = call.proceed();
			return (result instanceof String text && target instanceof Advised) ? "advised: " + text : result;
		});
		return (T) factory.getProxy();
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("function")
		UnaryOperator<String> function() {
			return (line) -> {
				failIfAsked(line);
				return line;
			};
		}

		@Bean
		@SocketHandler("marked-method")
		@Marked
		UnaryOperator<String> markedMethod() {
			return function();
		}

		@Bean
		@SocketHandler("per-session-function")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		UnaryOperator<String> perSessionFunction() {
			return function();
		}

		@Bean
		@SocketHandler("consumer")
		Consumer<String> consumer() {
			return SocketHandlerAdviceTests::failIfAsked;
		}

		@Bean
		@SocketHandler("later")
		Function<String, CompletableFuture<String>> later() {
			return (line) -> CompletableFuture.supplyAsync(() -> {
				failIfAsked(line);
				return line;
			});
		}

		@Bean
		@SocketHandler("stream")
		StreamHandler stream() {
			return (in, out, session) -> {
				StringBuilder line = new StringBuilder();
				for (int next = in.read(); next != -1; next = in.read()) {
					if (next != '\n') {
						line.append((char) next);
						continue;
					}
					failIfAsked(line.toString());
					out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
					line.setLength(0);
				}
			};
		}

		@Bean
		@SocketHandler("conversation")
		ConversationHandler<String, String> conversation() {
			return (conversation) -> {
				for (String line = conversation.receive(); line != null; line = conversation.receive()) {
					failIfAsked(line);
					conversation.send(line);
				}
			};
		}

		@Bean
		@SocketHandler("per-session-conversation")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		ConversationHandler<String, String> perSessionConversation() {
			return conversation();
		}

		@Bean
		@SocketHandler("connection")
		ConnectionHandler<Integer> connection() {
			return new Connection();
		}

		@Bean
		PayloadConverter<Integer> numbers() {
			return new PayloadConverter<>() {

				@Override
				public Class<Integer> type() {
					return Integer.class;
				}

				@Override
				public Integer read(byte[] bytes, int offset, int length) {
					int number = Integer.parseInt(new String(bytes, offset, length, StandardCharsets.UTF_8));
					if (number < 0) {
						throw new UnsupportedOperationException();
					}
					return number;
				}

				@Override
				public byte[] write(Integer number) {
					return number.toString().getBytes(StandardCharsets.UTF_8);
				}

			};
		}

		@Bean
		@SocketHandler({ "converted", "json" })
		UnaryOperator<Integer> converted() {
			return (number) -> number + 1;
		}

		@Bean
		@SocketHandler("proxied")
		Annotated proxiedHandler() {
			return proxied(new Annotated(), true);
		}

		@Bean
		@SocketHandler("interface-proxied")
		UnaryOperator<String> interfaceProxied() {
			return proxied(new UnaryOperator<String>() {

				@Override
				public String apply(String line) {
					failIfAsked(line);
					return line;
				}

			}, false);
		}

		@Bean
		@SocketHandler("annotated")
		Annotated annotated() {
			return new Annotated();
		}

		@Bean
		@SocketHandler("per-session")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Annotated perSession() {
			return new Annotated();
		}

		@Bean
		@SocketHandler("several")
		Several several() {
			return new Several();
		}

		@Bean
		@SocketHandler("own")
		Own own() {
			return new Own();
		}

		@Bean
		@SocketHandler("opening")
		Opening opening() {
			return new Opening();
		}

		@Bean
		@SocketHandler("marked")
		MarkedHandler marked() {
			return new MarkedHandler();
		}

		@Bean
		@SocketHandler("elsewhere")
		Elsewhere elsewhere() {
			return new Elsewhere();
		}

		@Bean
		@SocketHandler("asking")
		Asking asking() {
			return new Asking();
		}

		@Bean
		@SocketClientHandler("answering")
		UnaryOperator<String> answering() {
			return function();
		}

	}

	static class Asking {

		final List<String> received = new CopyOnWriteArrayList<>();

		@OnOpen
		String opened() {
			return "fail";
		}

		@OnMessage
		void message(String line) {
			this.received.add(line);
		}

	}

	static class Annotated {

		@OnOpen
		void opened(SocketSession session) {
			session.attributes().put("failures", new AtomicInteger());
		}

		@OnMessage
		String message(String line) {
			failIfAsked(line);
			return line;
		}

	}

	static class Own extends Annotated {

		@OnError
		String argument(IllegalArgumentException failure) {
			return "own";
		}

	}

	static class Opening extends Annotated {

		@Override
		@OnOpen
		void opened(SocketSession session) {
			failIfAsked("opening");
		}

	}

	@Marked
	static class MarkedHandler extends Annotated {

	}

	static class Connection implements ConnectionHandler<Integer> {

		@Override
		public Integer opened(SocketSession session) {
			return 0;
		}

		@Override
		public @Nullable Integer received(@Nullable Integer state, ByteBuffer data, SocketSession session) {
			String line = StandardCharsets.UTF_8.decode(data).toString();
			failIfAsked(line.strip());
			return state;
		}

	}

}
