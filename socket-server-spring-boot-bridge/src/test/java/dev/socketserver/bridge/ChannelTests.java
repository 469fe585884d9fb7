package dev.socketserver.bridge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Bridges to channels of Spring, and messages to sessions. */
class ChannelTests {

	private static final List<Message<?>> SENT = new CopyOnWriteArrayList<>();

	private static @Nullable ConfigurableApplicationContext context;

	@RegisterExtension
	private final Opened opened = new Opened();

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.config.location=classpath:/channel.yml");
	}

	@AfterAll
	static void stop() {
		context().close();
	}

	private static ConfigurableApplicationContext context() {
		return Objects.requireNonNull(context);
	}

	private TestPeer connect(String server) throws Exception {
		return this.opened.add(TestPeer.connect(context(), server));
	}

	private static String text(Message<?> message) {
		return new String((byte[]) message.getPayload(), StandardCharsets.UTF_8);
	}

	@Test
	void aMessageIsSentOneAtATimeWithItsHeaders() throws Exception {
		SENT.clear();
		TestPeer peer = connect("accepted");
		peer.send("1 a\n2 b\n");
		assertThat(peer.lines(2)).containsExactly("ok 1 a", "ok 2 b");
		assertThat(SENT).extracting(ChannelTests::text).containsExactly("1 a", "2 b");
		assertThat(SENT.get(0).getHeaders()).containsEntry("socket_server", "accepted")
			.containsEntry("socket_id", "1")
			.containsEntry("socket_remote", "127.0.0.1:" + peer.port())
			.containsKeys("socket_session", "socket_received")
			.doesNotContainKeys("socket_identity", "replyChannel");
	}

	@Test
	void whatAChannelDoesNotAcceptIsSentAgain() throws Exception {
		assertThat(connect("refusing").ask("a")).isEqualTo("ok a");
		assertThat(Application.REFUSED).hasValue(3);
	}

	@Test
	void whatAFlowRejectsIsNotSentAgain() throws Exception {
		TestPeer peer = connect("rejecting");
		assertThat(peer.ask("bad")).isEqualTo("rejected: bad");
		assertThat(peer.ask("good")).isEqualTo("ok good");
	}

	@Test
	void theReplyOfAFlowIsTheAcknowledgment() throws Exception {
		TestPeer peer = connect("replying");
		peer.send("a\nb\nlost\nc\n");
		assertThat(peer.lines(4)).containsExactly("reply to a", "reply to b", "reply to lost", "reply to c");
	}

	@Test
	void aMessageIsSentToASessionOrAnIdentity() throws Exception {
		SocketMessageHandler handler = context().getBean(SocketMessageHandler.class);
		TestPeer peer = connect("rejecting");
		assertThat(peer.ask("bind")).isEqualTo("ok bind");
		SocketSession session = context().getBean(SocketServers.class).find("meter", "4711").get(0);
		handler.handleMessage(message("to the session", Map.of("socket_session", session.id())));
		assertThat(peer.line()).isEqualTo("to the session");
		handler.handleMessage(
				message("to the identity", Map.of("socket_session", "gone", "socket_identity", "meter:4711")));
		assertThat(peer.line()).isEqualTo("to the identity");
		assertThatExceptionOfType(MessageDeliveryException.class)
			.isThrownBy(() -> handler.handleMessage(message("nowhere", Map.of())))
			.withMessageContaining("neither a header socket_session nor a header socket_identity");
		assertThatExceptionOfType(MessageDeliveryException.class)
			.isThrownBy(() -> handler.handleMessage(message("nowhere", Map.of("socket_session", "gone"))))
			.withMessageContaining("There is no session gone on this node");
	}

	private static Message<?> message(String payload, Map<String, ?> headers) {
		return MessageBuilder.withPayload(payload).copyHeaders(headers).build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
	static class Application {

		private static final AtomicInteger REFUSED = new AtomicInteger();

		@Bean
		MessageChannel accepting() {
			return (message, timeout) -> SENT.add(message);
		}

		/** Fails in each of the ways in which a channel can. */
		@Bean
		MessageChannel refusing() {
			return (message, timeout) -> switch (REFUSED.incrementAndGet()) {
				case 1 -> false;
				case 2 -> throw new MessageDeliveryException(message, "away");
				default -> true;
			};
		}

		@Bean
		ExecutorSubscribableChannel rejecting() {
			ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
			channel.subscribe((message) -> {
				if (text(message).equals("bad")) {
					throw new MessageRejectedException("bad");
				}
			});
			return channel;
		}

		@Bean
		ExecutorSubscribableChannel replying() {
			ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
			AtomicInteger lost = new AtomicInteger();
			channel.subscribe((message) -> {
				MessageChannel replies = (MessageChannel) message.getHeaders().getReplyChannel();
				if (!text(message).equals("lost") || lost.incrementAndGet() >= 2) {
					Objects.requireNonNull(replies)
						.send(MessageBuilder.withPayload("reply to " + text(message)).build());
				}
			});
			return channel;
		}

		@Bean
		Function<String, String> function() {
			return (line) -> "ok " + line;
		}

		@Bean
		Function<String, String> firstWord() {
			return (line) -> line.split(" ")[0];
		}

		@Bean
		Methods methods() {
			return new Methods();
		}

	}

	@SocketHandler("unused")
	static class Methods {

		@OnMessage
		String handle(String line, SocketSession session) {
			session.bind("meter", "4711", BindPolicy.REPLACE);
			return "ok " + line;
		}

		@OnError
		String rejected(MessageRejectedException failure) {
			return "rejected: " + failure.getMessage();
		}

	}

}
