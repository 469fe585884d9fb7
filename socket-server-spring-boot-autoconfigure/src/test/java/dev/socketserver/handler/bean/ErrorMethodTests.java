package dev.socketserver.handler.bean;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.client.Correlator;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.bean.AnnotatedServer.Numbers;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;

/** Which method is called for a failure of a handler. */
@Tag("virtual-threads")
class ErrorMethodTests {

	@ParameterizedTest
	@CsvSource({ "io, file: io", "state, any: state", "own, own: own", "error, ", "later, any: later",
			"checked, any: checked" })
	void theNearestErrorMethodIsCalled(String failure, String reply) {
		AnnotatedServer.with(Failing.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.send(failure + "\n").read()).isEqualTo(reply);
			}
			assertThat(context.getBean(Closings.class).next().reason())
				.isEqualTo((reply != null) ? CloseReason.PEER_CLOSED : CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void anErrorMethodAnswersForAReplyThatIsRefused() {
		AnnotatedServer.with(ReplyingTwoLines.class)
			.withPropertyValues("socket.servers.it.framing.type=line", "socket.servers.it.framing.embedded=reject")
			.run((context) -> {
				try (TestPeer peer = AnnotatedServer.peer(context)) {
					assertThat(peer.ask("a")).isEqualTo("refused");
					assertThat(peer.ask("b")).isEqualTo("refused");
				}
				assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			});
	}

	@Test
	void anErrorMethodThatThrowsClosesTheSession() {
		AnnotatedServer.with(Failing.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.send("again\nnever\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.cause()).hasMessage("again and again");
		});
	}

	@Test
	void withoutAnErrorMethodForItAFailureClosesTheSession() {
		AnnotatedServer.with(FailingForFewReasons.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.ask("1")).isEqualTo("no argument: 1");
				assertThat(peer.send("{}\n").read()).isNull();
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.DECODE_ERROR);
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.send("2\n").read()).isNull();
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "7", "-7" })
	void anErrorMethodMayTakeTheMessageThatFailed(String number) {
		AnnotatedServer.with(Answering.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context); TestPeer other = AnnotatedServer.peer(context)) {
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
		AnnotatedServer.with(TakesMessage.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.ask("1")).isEqualTo("ERR Integer 1");
				assertThat(peer.send("one\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
			assertThat(status.cause()).isInstanceOf(PayloadException.class);
		});
	}

	@Test
	void aMessageThatComesTooSoonIsNotTheOneBefore() {
		AnnotatedServer.with(Placing.class)
			.withPropertyValues("socket.servers.it.rate.messages=1/h", "socket.servers.it.rate.on-exceeded=error")
			.run((context) -> {
				try (TestPeer peer = AnnotatedServer.peer(context)) {
					assertThat(peer.ask("order 1")).isEqualTo("placed order 1");
					assertThat(peer.ask("order 2")).isEqualTo("failed: RateExceededException");
				}
			});
	}

	@Test
	void aMessageThatTheCorrelatorFailsWithIsNotTheOneBefore() {
		AnnotatedServer.with(Placing.class).withBean("keys", Correlator.class, () -> (payload) -> {
			if (payload.equals("order 2")) {
				throw new IllegalStateException("no key");
			}
			return null;
		}).withPropertyValues("socket.servers.it.correlator=keys").run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.ask("order 1")).isEqualTo("placed order 1");
				assertThat(peer.ask("order 2")).isEqualTo("failed: IllegalStateException");
			}
		});
	}

	@Test
	void theErrorMethodOfAPrototypeGetsTheMessage() {
		AnnotatedServer.runner.withUserConfiguration(AnsweringPrototype.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.ask("1")).isEqualTo("ERR Integer 1");
			}
		});
	}

	@Test
	void anErrorMethodAnswersForAGreetingThatIsRefused() {
		AnnotatedServer.with(GreetingWithTwoLines.class)
			.withPropertyValues("socket.servers.it.framing.type=line", "socket.servers.it.framing.embedded=reject")
			.run((context) -> {
				try (TestPeer peer = AnnotatedServer.peer(context)) {
					assertThat(peer.line()).isEqualTo("refused");
					assertThat(peer.ask("a")).isEqualTo("a");
				}
			});
	}

	@Test
	void aFailedOpeningReachesTheErrorMethod() {
		AnnotatedServer.with(FailingToOpen.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
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

		assertThat(AnnotatedServer.annotated(TakesPayloadException.class).failed(failure, session))
			.isEqualTo("payload");
		assertThat(AnnotatedServer.annotated(TakesCause.class).failed(failure, session)).isEqualTo("cause no number");
		assertThat(AnnotatedServer.annotated(TakesAny.class).failed(failure, session))
			.isEqualTo("any PayloadException");
		assertThat(AnnotatedServer.annotated(TakesNothing.class).failed(failure, session)).isEqualTo("some failure");
		assertThat(catchThrowable(() -> AnnotatedServer.annotated(ThrowsOn.class).failed(failure, session)))
			.isSameAs(failure);
		assertThat(catchThrowable(() -> AnnotatedServer.annotated(Numbers.class).failed(failure, session)))
			.isSameAs(failure);
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

	static class Placing {

		@OnMessage
		String place(String order) {
			return "placed " + order;
		}

		@OnError
		String refused(Exception failure, String order) {
			return "refused " + order;
		}

		@OnError
		String failed(Exception failure) {
			return "failed: " + failure.getClass().getSimpleName();
		}

	}

	static class GreetingWithTwoLines {

		@OnOpen
		String greet() {
			return "welcome\nto all";
		}

		@OnMessage
		String message(String text) {
			return text;
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

}
