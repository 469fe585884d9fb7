package dev.socketserver.handler.intercept;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketHandlerInterceptor}, over sockets.
 */
class SocketHandlerInterceptorTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.upper.port=0", "socket.servers.annotated.port=0",
				"socket.servers.remembering.port=0", "socket.servers.bytes.port=0", "socket.servers.stream.port=0",
				"socket.servers.talk.port=0", "socket.servers.talk.framing=line");

	@Test
	void theFirstIsTheOutermostAndSeesTheReply() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "upper").localAddress())) {
				assertThat(peer.ask("a")).isEqualTo("<A>");
			}
			ended(context, "upper");
			assertThat(calls(context)).containsExactly("OPEN null", "MESSAGE a", "CLOSE PEER_CLOSED");
			assertThat(strings(context, "order")).startsWith("outer in", "inner in", "inner out", "outer out");
		});
	}

	@Test
	void whoThrowsRefusesAsTheHandlerWould() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "upper").localAddress())) {
				peer.send("refuse\n");
				assertThat(peer.read()).isNull();
			}
			ended(context, "upper");
			assertThat(calls(context)).containsExactly("OPEN null", "MESSAGE refuse", "FAILURE SecurityException",
					"CLOSE HANDLER_ERROR");
			try (TestPeer peer = TestPeer.connect(server(context, "annotated").localAddress())) {
				assertThat(peer.ask("refuse")).isEqualTo("<sorry: refused>");
				assertThat(peer.ask("more")).isEqualTo("<more>");
			}
			try (TestPeer peer = TestPeer.connect(server(context, "remembering").localAddress())) {
				assertThat(peer.ask("more")).isEqualTo("<more>");
				assertThat(peer.ask("refuse")).as("not the message before").isEqualTo("<no refuse: refused>");
			}
		});
	}

	@Test
	void whoDoesNotProceedAnswersInPlaceOfTheHandler() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "upper").localAddress())) {
				assertThat(peer.ask("instead")).isEqualTo("<of the handler>");
			}
		});
	}

	@Test
	void theOpeningHasNoAnswerOfTheirs() {
		this.runner.withBean(SocketHandlerInterceptor.class, () -> (call) -> "log in first").run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "annotated").localAddress())) {
				assertThat(peer.send("a\n").end()).isEqualTo("<log in first>\n");
			}
		});
	}

	@Test
	void theMessageIsKnownBehindACallWithoutReply() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "remembering").localAddress())) {
				assertThat(peer.ask("too late")).isEqualTo("<no too late: refused>");
			}
		});
	}

	@Test
	void detailsAreAskedForThroughThem() {
		this.runner.run((context) -> {
			SocketServer server = server(context, "annotated");
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				peer.ask("a");
				assertThat(SessionOperations.of(server.session("annotated-1").orElseThrow()).details().join())
					.isEqualTo(Map.of("of", "it"));
			}
			assertThat(calls(context)).contains("DETAILS null");
		});
	}

	@Test
	void connectionHandlersAreCalledThroughThem() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "bytes").localAddress())) {
				peer.send("abc");
				peer.endOutput();
				assertThat(peer.read()).isEqualTo("3 bytes");
			}
			ended(context, "bytes");
			assertThat(calls(context)).startsWith("OPEN null")
				.contains("MESSAGE bytes", "INPUT_END PEER_CLOSED")
				.endsWith("CLOSE HANDLER_CLOSED");
		});
	}

	@Test
	void theOneCallOfASessionIsInterceptedOnce() {
		this.runner.run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context, "stream").localAddress())) {
				peer.send("abc");
				peer.endOutput();
				assertThat(peer.read()).isEqualTo("abc");
			}
			try (TestPeer peer = TestPeer.connect(server(context, "talk").localAddress())) {
				assertThat(peer.ask("a")).isEqualTo("a");
				assertThat(peer.ask("b")).isEqualTo("b");
			}
			ended(context, "stream");
			ended(context, "talk");
			assertThat(calls(context)).containsExactly("SESSION null", "SESSION null");
		});
	}

	@Test
	void withoutOneTheHandlerIsCalledAsItIs() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withBean("plain", StreamHandler.class, () -> (in, out, session) -> {
			})
			.withPropertyValues("socket.servers.plain.port=0", "socket.servers.plain.handler=plain")
			.run((context) -> assertThat(server(context, "plain").spec().session().handler()).asString()
				.doesNotContain("Intercepted"));
	}

	private static SocketServer server(ApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	private static void ended(ApplicationContext context, String server) {
		await().until(() -> !ServerOperations.of(server(context, server)).endedSessions().isEmpty());
	}

	private static List<String> calls(ApplicationContext context) {
		return strings(context, "calls");
	}

	@SuppressWarnings("unchecked")
	private static List<String> strings(ApplicationContext context, String bean) {
		return (List<String>) context.getBean(bean);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		List<String> calls() {
			return new CopyOnWriteArrayList<>();
		}

		@Bean
		List<String> order() {
			return new CopyOnWriteArrayList<>();
		}

		@Bean
		@Order(2)
		SocketHandlerInterceptor inner(@Qualifier("order") List<String> order) {
			return (call) -> {
				order.add("inner in");
				Object result = call.proceed();
				order.add("inner out");
				return result;
			};
		}

		@Bean
		@Order(1)
		SocketHandlerInterceptor outer(@Qualifier("order") List<String> order, @Qualifier("calls") List<String> calls) {
			return (call) -> {
				calls.add(call.kind() + " " + text(call.payload()));
				order.add("outer in");
				if ("refuse".equals(call.payload())) {
					throw new SecurityException("refused");
				}
				Object result = "instead".equals(call.payload()) ? "of the handler" : call.proceed();
				order.add("outer out");
				if ("too late".equals(call.payload())) {
					throw new SecurityException("refused");
				}
				return (result instanceof String reply) ? "<" + reply + ">" : result;
			};
		}

		private static @Nullable Object text(@Nullable Object payload) {
			if (payload instanceof ByteBuffer) {
				return "bytes";
			}
			if (payload instanceof CloseStatus status) {
				return status.reason();
			}
			return (payload instanceof Exception failure) ? failure.getClass().getSimpleName() : payload;
		}

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler("stream")
		StreamHandler stream() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		@SocketHandler("talk")
		ConversationHandler<String, String> talk() {
			return (conversation) -> {
				String line = conversation.receive();
				while (line != null) {
					conversation.send(line);
					line = conversation.receive();
				}
			};
		}

		@Bean
		@SocketHandler("bytes")
		ConnectionHandler<Integer> bytes() {
			return new Counting();
		}

		@Bean
		@SocketHandler("remembering")
		Remembering remembering() {
			return new Remembering();
		}

		@Bean
		@SocketHandler("annotated")
		Annotated annotated() {
			return new Annotated();
		}

	}

	static class Remembering {

		@OnMessage
		@Nullable String message(String line) {
			return line.equals("too late") ? null : line;
		}

		@OnError
		String failed(Exception ex, String line) {
			return "no " + line + ": " + ex.getMessage();
		}

	}

	static class Annotated {

		@OnMessage
		String message(String line) {
			return line;
		}

		@OnError
		String failed(Exception ex) {
			return "sorry: " + ex.getMessage();
		}

		@SessionDetails
		Map<String, ?> details(SocketSession session) {
			return Map.of("of", "it");
		}

	}

	static class Counting implements ConnectionHandler<Integer> {

		@Override
		public Integer opened(SocketSession session) {
			return 0;
		}

		@Override
		public Integer received(Integer count, ByteBuffer data, SocketSession session) {
			int more = data.remaining();
			data.position(data.limit());
			return count + more;
		}

		@Override
		public Integer inputEnded(Integer count, SocketSession session) {
			session.send((count + " bytes").getBytes(StandardCharsets.UTF_8));
			session.close();
			return count;
		}

	}

}
