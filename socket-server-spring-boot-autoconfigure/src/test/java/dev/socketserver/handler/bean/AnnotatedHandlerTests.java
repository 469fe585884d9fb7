package dev.socketserver.handler.bean;

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
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.bean.AnnotatedServer.Numbers;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.peer.Closings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/** Handlers by annotated methods, over real sockets. */
@Tag("virtual-threads")
class AnnotatedHandlerTests {

	@Test
	void methodsAreCalledFromOpenToClose() {
		AnnotatedServer.with(Diary.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
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
		AnnotatedServer.with(LateGreeting.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				peer.send("early\n");
				LateGreeting handler = context.getBean(LateGreeting.class);
				Awaitility.await().until(() -> handler.opened.size() == 1);
				handler.opened.get(0).complete(Optional.of("hello"));
				assertThat(peer.line()).isEqualTo("hello");
				assertThat(peer.line()).isEqualTo("got early");
			}
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				LateGreeting handler = context.getBean(LateGreeting.class);
				Awaitility.await().until(() -> handler.opened.size() == 2);
				handler.opened.get(1).complete(Optional.empty());
				assertThat(peer.ask("now")).isEqualTo("got now");
			}
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				LateGreeting handler = context.getBean(LateGreeting.class);
				Awaitility.await().until(() -> handler.opened.size() == 3);
				handler.opened.get(2).completeExceptionally(new IllegalStateException("no greeting"));
				assertThat(peer.line()).isEqualTo("sorry: no greeting");
				assertThat(peer.ask("then")).isEqualTo("got then");
			}
		});
	}

	@Test
	void anInterceptorNeedNotReturnTheGreeting() {
		AnnotatedServer.with(Greeter.class).withBean(SocketHandlerInterceptor.class, () -> (call) -> {
			call.proceed();
			return null;
		}).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.end()).isEqualTo("220 ready");
			}
		});
	}

	@Test
	void aGreetingIsNotSentBehindAClose() {
		AnnotatedServer.with(ClosingGreeter.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.end()).isEqualTo("first\n");
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		});
	}

	@Test
	void annotatedMethodsReadAndWriteRecords() {
		AnnotatedServer.with(Shop.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
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

	@Test
	void withoutMessageMethodInputIsDropped() {
		AnnotatedServer.with(Greeter.class).run((context) -> {
			assertThat(context.getBean(SocketServers.class).get("it").spec().framing()).isEqualTo(Framing.raw());
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.send("anything").end()).isEqualTo("220 ready");
			}
		});
	}

	@Test
	void primitivesAreMessagesToo() {
		AnnotatedServer.with(Numbers.class).run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.ask("20")).isEqualTo("21");
			}
		});
	}

	@Test
	void explicitPayloadAppliesToMethods() {
		AnnotatedServer.with(Untyped.class).withPropertyValues("socket.servers.it.payload=text").run((context) -> {
			try (TestPeer peer = AnnotatedServer.peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("String");
			}
		});
	}

	@Test
	void detailsAreWhatTheMethodReturns() throws Exception {
		SocketSession session = mock(SocketSession.class);

		assertThat(AnnotatedServer.annotated(WithDetails.class).details(session)).isEqualTo(Map.of("answer", 42));
		assertThat(AnnotatedServer.annotated(Numbers.class).details(session)).isEmpty();
	}

	@Test
	void singletonsShareOneHandler() {
		AnnotatedServer.with(Numbers.class).run((context) -> {
			ServerSpec spec = context.getBean(SocketServers.class).get("it").spec();
			ServerHandler.Messages messages = (ServerHandler.Messages) spec.handler();
			assertThat(messages.sessions().apply(spec.session())).isSameAs(messages.sessions().apply(spec.session()));
		});
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

	static class Greeter {

		@OnOpen
		String greet() {
			return "220 ready";
		}

	}

	static class ClosingGreeter {

		@OnOpen
		String greet(SocketSession session) {
			session.send("first");
			session.close();
			return "last";
		}

		@OnMessage
		void message(String text) {
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
