package dev.socketserver.handler.error;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.SessionAttribute;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.error.AdvisedHandlers.Asking;
import dev.socketserver.handler.intercept.HandlerCall;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import static dev.socketserver.handler.error.AdvisedHandlers.closed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketHandlerAdvice}, over sockets.
 */
class SocketHandlerAdviceTests {

	@ParameterizedTest
	@ValueSource(strings = { "function", "consumer", "annotated", "opening", "connection", "later", "per-session",
			"proxied", "interface-proxied", "per-session-function" })
	void theSessionOfAHandlerOfMessagesGoesOn(String server) {
		AdvisedHandlers.with(Errors.class, server).run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, server)) {
				if (server.equals("opening")) {
					assertThat(peer.line()).isEqualTo("sorry: opening");
				}
				assertThat(peer.ask("fail")).isEqualTo("sorry: fail");
				assertThat(peer.ask("fail")).isEqualTo("sorry: fail");
				assertThat(AdvisedHandlers.server(context, server).sessions().count()).isOne();
			}
			closed(context, server, CloseReason.PEER_CLOSED);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "conversation", "per-session-conversation" })
	void theSessionOfAHandlerOfTheWholeSessionClosesBehindTheAnswer(String server) {
		AdvisedHandlers.with(Errors.class, server).run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, server)) {
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
		AdvisedHandlers.runner.withUserConfiguration(Errors.class)
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
		AdvisedHandlers.with(Errors.class, "own").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "own")) {
				assertThat(peer.ask("argument")).isEqualTo("own");
				assertThat(peer.ask("number")).as("a subclass").isEqualTo("own");
				assertThat(peer.ask("fail")).isEqualTo("sorry: fail");
			}
		});
	}

	@Test
	void thenTheAdvicesInTheirOrderAndInEachTheNearest() {
		AdvisedHandlers.with(InOrder.class, "function").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "function")) {
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
		AdvisedHandlers.with(Numbers.class, "function", "conversation").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "function")) {
				assertThat(peer.ask("number")).isEqualTo("no number");
				peer.send("fail\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, "function", CloseReason.HANDLER_ERROR);
			try (TestPeer peer = AdvisedHandlers.peer(context, "conversation")) {
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
		AdvisedHandlers.with(Throwing.class, server).run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, server)) {
				peer.send(line + "\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, server, CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void aFrameThatCannotBeConvertedIsAFailureToo() {
		AdvisedHandlers.with(Conversions.class, "converted").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "converted")) {
				assertThat(peer.ask("x")).as("what the converter threw")
					.isEqualTo("no number: For input string: \"x\"");
				assertThat(peer.ask("-1")).isEqualTo("cannot be read");
				assertThat(peer.ask("2")).isEqualTo("3");
			}
		});
	}

	@Test
	void anErrorIsNotAnswered() {
		AdvisedHandlers.with(Errors.class, "function").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "function")) {
				peer.send("error\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, "function", CloseReason.HANDLER_ERROR);
		});
	}

	@Test
	void aMethodMayTakeWhatTheSessionHasAndCloseIt() {
		AdvisedHandlers.with(Attributes.class, "annotated").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "annotated")) {
				assertThat(peer.ask("fail")).isEqualTo("fail number 1 of annotated-1");
				assertThat(peer.ask("fail")).isEqualTo("fail number 2 of annotated-1");
				peer.send("argument\n");
				assertThat(peer.read()).isEqualTo("bye");
			}
			closed(context, "annotated", CloseReason.HANDLER_CLOSED);
		});
	}

	@Test
	void whatAnInterceptorThrowsIsAnsweredAndItSeesTheAnswer() {
		AdvisedHandlers.with(Errors.class, "function", "conversation", "stream")
			.withUserConfiguration(Refusing.class)
			.run((context) -> {
				Refusing refusing = context.getBean(Refusing.class);
				try (TestPeer peer = AdvisedHandlers.peer(context, "function")) {
					assertThat(peer.ask("refuse")).isEqualTo("sorry: refused");
				}
				for (String server : List.of("conversation", "stream")) {
					refusing.refuses = true;
					try (TestPeer peer = AdvisedHandlers.peer(context, server)) {
						assertThat(peer.read()).isEqualTo("sorry: refused");
					}
					closed(context, server, CloseReason.HANDLER_ERROR);
				}
				assertThat(refusing.failures).containsExactly("function", "conversation", "stream");
			});
	}

	@Test
	void aChosenMethodAndAMissingOneHaveAdviceToo() {
		AdvisedHandlers.with(Unmapped.class, "several")
			.withPropertyValues("socket.servers.several.discriminator=word")
			.run((context) -> {
				try (TestPeer peer = AdvisedHandlers.peer(context, "several")) {
					assertThat(peer.ask("one x")).isEqualTo("one x");
					assertThat(peer.ask("three x")).isEqualTo("nothing for three");
					assertThat(peer.ask("two x")).isEqualTo("failed: two x");
				}
			});
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

}
