package dev.socketserver.handler.bean;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;

/** Handlers by annotated methods, over real sockets. */
@Tag("virtual-threads")
@Timeout(60)
class AnnotatedHandlerTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.args=one,two");

	@Test
	void methodsAreCalledFromOpenToClose() {
		with(Diary.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.line()).isEqualTo("hello it-1");
				assertThat(peer.ask("a")).isEqualTo("A from it-1 with [one, two]");
				assertThat(peer.send("b\n").end()).isEqualTo("B from it-1 with [one, two]\n");
			}
			context.getBean(Closings.class).next();
			assertThat(context.getBean(Diary.class).calls).containsExactly("opened it-1 [one, two]", "message a",
					"message b", "closed it-1 PEER_CLOSED [one, two]");
		});
	}

	@Test
	void greetingMayComeLaterAndMessagesWaitForIt() {
		with(LateGreeting.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				peer.send("early\n");
				LateGreeting handler = context.getBean(LateGreeting.class);
				Awaitility.await().until(() -> handler.opened.size() == 1);
				handler.opened.get(0).complete(Optional.of("hello"));
				assertThat(peer.line()).isEqualTo("hello");
				assertThat(peer.line()).isEqualTo("got early");
			}
			try (TestPeer peer = peer(context)) {
				LateGreeting handler = context.getBean(LateGreeting.class);
				Awaitility.await().until(() -> handler.opened.size() == 2);
				handler.opened.get(1).complete(Optional.empty());
				assertThat(peer.ask("now")).isEqualTo("got now");
			}
			try (TestPeer peer = peer(context)) {
				LateGreeting handler = context.getBean(LateGreeting.class);
				Awaitility.await().until(() -> handler.opened.size() == 3);
				handler.opened.get(2).completeExceptionally(new IllegalStateException("no greeting"));
				assertThat(peer.line()).isEqualTo("sorry: no greeting");
				assertThat(peer.ask("then")).isEqualTo("got then");
			}
		});
	}

	@Test
	void annotatedMethodsReadAndWriteRecords() {
		with(Shop.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("{\"article\":\"tea\",\"amount\":2}"))
					.isEqualTo("{\"article\":\"tea\",\"price\":4}");
				assertThat(peer.send("{\"article\":\"all\",\"amount\":2}\n").line())
					.isEqualTo("{\"article\":\"tea\",\"price\":2}");
				assertThat(peer.line()).isEqualTo("{\"article\":\"milk\",\"price\":2}");
				assertThat(peer.ask("{\"article\":\"none\",\"amount\":0}")).isEqualTo("sold out");
				assertThat(peer.ask("tea, please")).isEqualTo("cannot read that: JacksonException");
				assertThat(peer.ask("{\"article\":\"tea\",\"amount\":3}"))
					.isEqualTo("{\"article\":\"tea\",\"price\":6}");
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "io, file: io", "state, any: state", "own, own: own", "error, ", "later, any: later",
			"checked, any: checked" })
	void theNearestErrorMethodIsCalled(String failure, String reply) {
		with(Failing.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send(failure + "\n").read()).isEqualTo(reply);
			}
			assertThat(context.getBean(Closings.class).next().reason())
				.isEqualTo((reply != null) ? CloseReason.PEER_CLOSED : CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void anErrorMethodAnswersForAReplyThatIsRefused() {
		with(ReplyingTwoLines.class)
			.withPropertyValues("socket.servers.it.framing.type=line", "socket.servers.it.framing.embedded=reject")
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.ask("a")).isEqualTo("refused");
					assertThat(peer.ask("b")).isEqualTo("refused");
				}
				assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			});
	}

	@Test
	void anErrorMethodThatThrowsClosesTheSession() {
		with(Failing.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("again\nnever\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.cause()).hasMessage("again and again");
		});
	}

	@Test
	void withoutAnErrorMethodForItAFailureClosesTheSession() {
		with(FailingForFewReasons.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("1")).isEqualTo("no argument: 1");
				assertThat(peer.send("{}\n").read()).isNull();
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.DECODE_ERROR);
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("2\n").read()).isNull();
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "7", "-7" })
	void anErrorMethodMayTakeTheMessageThatFailed(String number) {
		with(Answering.class).run((context) -> {
			try (TestPeer peer = peer(context); TestPeer other = peer(context)) {
				assertThat(peer.line()).isEqualTo("no message: closed yet");
				assertThat(peer.ask(number)).isEqualTo("ERR " + number);
				assertThat(other.line()).isEqualTo("no message: closed yet");
				assertThat(other.ask("8")).isEqualTo("ERR 8");
				assertThat(peer.ask("0")).isEqualTo("not ERR: 0");
				// What cannot be read is no message, and those before it are not meant.
				assertThat(peer.ask("seven")).isEqualTo("no message: unreadable");
				assertThat(peer.ask("9")).isEqualTo("ERR 9");
			}
		});
	}

	@Test
	void withoutAMessageAnErrorMethodThatTakesOneIsNotCalled() {
		with(TakesMessage.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("1")).isEqualTo("ERR Integer 1");
				assertThat(peer.send("one\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
			assertThat(status.cause()).isInstanceOf(PayloadException.class);
		});
	}

	@Test
	void theErrorMethodOfAPrototypeGetsTheMessage() {
		this.runner.withUserConfiguration(AnsweringPrototype.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("1")).isEqualTo("ERR Integer 1");
			}
		});
	}

	@Test
	void aFailedOpeningReachesTheErrorMethod() {
		with(FailingToOpen.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.line()).isEqualTo("sorry");
				assertThat(peer.ask("a")).isEqualTo("a");
			}
		});
	}

	@Test
	void payloadExceptionsGoWhereTheyAreAskedFor() throws Exception {
		Exception cause = new NumberFormatException("no number");
		PayloadException failure = new PayloadException(Integer.class, cause);
		SocketSession session = mock(SocketSession.class);

		assertThat(annotated(TakesPayloadException.class).failed(failure, session)).isEqualTo("payload");
		assertThat(annotated(TakesCause.class).failed(failure, session)).isEqualTo("cause no number");
		assertThat(annotated(TakesAny.class).failed(failure, session)).isEqualTo("any PayloadException");
		assertThat(annotated(TakesNothing.class).failed(failure, session)).isEqualTo("some failure");
		assertThat(catchThrowable(() -> annotated(ThrowsOn.class).failed(failure, session))).isSameAs(failure);
		assertThat(catchThrowable(() -> annotated(Numbers.class).failed(failure, session))).isSameAs(failure);
	}

	@Test
	void withoutMessageMethodInputIsDropped() {
		with(Greeter.class).run((context) -> {
			assertThat(context.getBean(SocketServers.class).server("it").orElseThrow().spec().framing())
				.isEqualTo(Framing.raw());
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("anything").end()).isEqualTo("220 ready");
			}
		});
	}

	@Test
	void primitivesAreMessagesToo() {
		with(Numbers.class).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("20")).isEqualTo("21");
			}
		});
	}

	@Test
	void explicitPayloadAppliesToMethods() {
		with(Untyped.class).withPropertyValues("socket.servers.it.payload=text").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("String");
			}
		});
	}

	@Test
	void detailsAreWhatTheMethodReturns() throws Exception {
		SocketSession session = mock(SocketSession.class);

		assertThat(annotated(WithDetails.class).details(session)).isEqualTo(Map.of("answer", 42));
		assertThat(annotated(Numbers.class).details(session)).isEmpty();
	}

	@Test
	void singletonsShareOneHandler() {
		with(Numbers.class).run((context) -> {
			ServerSpec spec = context.getBean(SocketServers.class).server("it").orElseThrow().spec();
			ServerHandler.Messages messages = (ServerHandler.Messages) spec.handler();
			assertThat(messages.sessions().apply(spec.session())).isSameAs(messages.sessions().apply(spec.session()));
		});
	}

	private ApplicationContextRunner with(Class<?> handler) {
		return this.runner.withBean("handler", handler).withPropertyValues("socket.servers.it.handler=handler");
	}

	private static TestPeer peer(AssertableApplicationContext context) {
		return TestPeer.connect(context.getBean(SocketServers.class).server("it").orElseThrow().localAddress());
	}

	private static SessionHandler annotated(Class<?> type) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("handler", type);
			context.refresh();
			ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("handler", "test", PayloadSettings.DEFAULT);
			return messages.sessions()
				.apply(ServerSpec.builder("it")
					.handler(messages)
					.framing(Framing.lengthField().build())
					.build()
					.session());
		}
	}

	static class Diary {

		final List<String> calls = new CopyOnWriteArrayList<>();

		@OnOpen
		String opened(SocketSession session, List<String> args) {
			this.calls.add("opened " + session.id() + " " + args);
			return "hello " + session.id();
		}

		@OnMessage
		private String message(List<String> args, String text, SocketSession session) {
			this.calls.add("message " + text);
			return text.toUpperCase() + " from " + session.id() + " with " + args;
		}

		@OnClose
		protected void closed(CloseStatus status, List<String> args, SocketSession session) {
			this.calls.add("closed " + session.id() + " " + status.reason() + " " + args);
		}

	}

	record Item(String article, int amount) {

	}

	record Bill(String article, int price) {

	}

	static class Shop {

		@OnMessage
		Object order(Item item) {
			return switch (item.article()) {
				case "all" -> Stream.of(new Bill("tea", item.amount()), new Bill("milk", item.amount()));
				case "none" -> Mono.just("sold out");
				default -> CompletableFuture.completedFuture(new Bill(item.article(), 2 * item.amount()));
			};
		}

		@OnError
		String unreadable(JacksonException failure) {
			return "cannot read that: JacksonException";
		}

	}

	static class Own extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Own(String message) {
			super(message);
		}

	}

	static class Failing {

		@OnMessage
		Object message(String text) throws Exception {
			return switch (text) {
				case "io" -> throw new FileNotFoundException(text);
				case "own" -> throw new Own(text);
				case "error" -> throw new LinkageError(text);
				case "checked" -> throw new Exception(text);
				case "later" -> Mono.error(new IllegalStateException(text));
				default -> throw new IllegalStateException(text);
			};
		}

		@OnError
		String any(Exception failure) {
			if ("again".equals(failure.getMessage())) {
				throw new IllegalStateException("again and again");
			}
			return "any: " + failure.getMessage();
		}

		@OnError
		List<String> io(IOException failure, SocketSession session) {
			return List.of("file: " + failure.getMessage());
		}

		@OnError
		CompletableFuture<String> own(Own failure) {
			return CompletableFuture.completedFuture("own: " + failure.getMessage());
		}

	}

	static class ReplyingTwoLines {

		@OnMessage
		String message(String text) {
			return text + "\n" + text;
		}

		@OnError
		String refused(PayloadException failure) {
			return "refused";
		}

	}

	static class FailingForFewReasons {

		@OnMessage
		void message(int number) {
			if (number == 1) {
				throw new IllegalArgumentException("1");
			}
			throw new IllegalStateException("2");
		}

		@OnError
		String argument(IllegalArgumentException failure) {
			return "no argument: " + failure.getMessage();
		}

	}

	static class Answering {

		@OnOpen
		void opened() {
			throw new IllegalStateException("closed yet");
		}

		@OnMessage
		Object message(int number) {
			if (number == 0) {
				throw new IllegalStateException("0");
			}
			if (number < 0) {
				return Mono.error(new IllegalArgumentException("negative"));
			}
			throw new IllegalArgumentException("positive");
		}

		@OnError
		String failed(Exception failure) {
			return "no message: " + (failure instanceof PayloadException ? "unreadable" : failure.getMessage());
		}

		@OnError
		String state(int number, IllegalStateException failure) {
			return "not ERR: " + number;
		}

		@OnError
		String failed(SocketSession session, Exception failure, Integer number) {
			return "ERR " + number;
		}

	}

	static class TakesMessage {

		@OnMessage
		void message(Integer number) {
			throw new IllegalStateException("no " + number);
		}

		@OnError
		String failed(Object message) {
			return "ERR " + message.getClass().getSimpleName() + " " + message;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnsweringPrototype {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		@SocketHandler
		TakesMessage answering() {
			return new TakesMessage();
		}

	}

	static class FailingToOpen {

		@OnOpen
		void opened() {
			throw new IllegalStateException("not today");
		}

		@OnMessage
		String message(String text) {
			return text;
		}

		@OnError
		String failed() {
			return "sorry";
		}

	}

	static class TakesPayloadException {

		@OnError
		String payload(PayloadException failure) {
			return "payload";
		}

		@OnError
		String cause(NumberFormatException failure) {
			return "unused";
		}

	}

	static class TakesCause {

		@OnError
		String any(IOException failure) {
			return "unused";
		}

		@OnError
		String cause(RuntimeException failure) {
			return "cause " + failure.getMessage();
		}

	}

	static class TakesAny {

		@OnError
		String any(Exception failure) {
			return "any " + failure.getClass().getSimpleName();
		}

	}

	static class TakesNothing {

		@OnError
		String failed(SocketSession session) {
			return "some failure";
		}

	}

	static class ThrowsOn {

		@OnError
		void failed(NumberFormatException failure) {
			throw failure;
		}

	}

	static class Greeter {

		@OnOpen
		String greet() {
			return "220 ready";
		}

	}

	static class Numbers {

		@OnMessage
		int next(int number) {
			return number + 1;
		}

	}

	static class Untyped {

		@OnMessage
		String message(Object message) {
			return message.getClass().getSimpleName();
		}

	}

	@SocketHandler("it")
	static class LateGreeting {

		final List<CompletableFuture<Optional<String>>> opened = new CopyOnWriteArrayList<>();

		@OnOpen
		CompletableFuture<Optional<String>> open() {
			CompletableFuture<Optional<String>> greeting = new CompletableFuture<>();
			this.opened.add(greeting);
			return greeting;
		}

		@OnMessage
		String message(String text) {
			return "got " + text;
		}

		@OnError
		String failed(IllegalStateException failure) {
			return "sorry: " + failure.getMessage();
		}

	}

	static class WithDetails {

		@SessionDetails
		Map<String, Integer> details(SocketSession session) {
			return Map.of("answer", 42);
		}

	}

}
