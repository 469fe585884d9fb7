package dev.socketserver.bridge;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.messaging.MessageChannel;

import static org.assertj.core.api.Assertions.assertThat;

/** What fails the start of a server with a bridge, and what it says. */
class BridgeStartTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.in.port=0");

	private final ApplicationContextRunner bridges = this.runner
		.withConfiguration(AutoConfigurations.of(SocketBridgeAutoConfiguration.class));

	private static void assertFails(ApplicationContextRunner runner, String message) {
		runner.run((context) -> {
			Throwable failure = context.getStartupFailure();
			assertThat(failure).as("start failure").isNotNull();
			while (failure != null && !(failure instanceof InvalidSocketPropertyException)) {
				failure = failure.getCause();
			}
			assertThat(failure)
				.as(() -> String.valueOf(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure())))
				.isNotNull()
				.hasMessageContaining(message);
		});
	}

	@Test
	void aKeyWithoutTheArtifactNamesIt() {
		assertFails(
				this.runner.withPropertyValues("socket.servers.in.handler=function",
						"socket.servers.in.bridge.to=store"),
				"Property socket.servers.in.bridge.to is 'store': socket-server-spring-boot-bridge, which stores messages, "
						+ "is not on the class path, or its auto-configuration is excluded. Add "
						+ "dev.socketserver:socket-server-spring-boot-starter-bridge to the application, or remove the "
						+ "property.");
		assertFails(
				this.runner.withPropertyValues("socket.servers.in.handler=function",
						"socket.server-defaults.bridge.in-flight=3"),
				"Property socket.server-defaults.bridge.in-flight is '3'");
		this.runner.withPropertyValues("socket.servers.in.handler=function", "socket.servers.in.bridge.to=")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			to=jdbcc             | bridge.to is 'jdbcc': there is no bean of that name (nearest: 'jdbc')
			to=nowhere           | bridge.to is 'nowhere': there is no bean of that name (
			to=function          | bridge.to is 'function': that bean is a
			id=nothing           | bridge.id is 'nothing': there is no bean of that name (
			when=function        | bridge.when is 'function': that bean is a
			in-flight=0          | bridge.in-flight is '0': it must be positive. Set it to 1 or more.
			timeout=0            | bridge.timeout is '0': it must be positive, and a day at most
			retry.period=0       | bridge.retry.period is '0': it must be positive
			retry.max-period=0   | bridge.retry.max-period is '0': it is shorter than bridge.retry.period, 1000 ms.
			reply=true           | bridge.reply is 'true': only the flow of a channel replies. Remove the property.
			to=channel:nothing   | bridge.to is 'channel:nothing': there is no bean of that name (
			key=id               | bridge.key is 'id': messages have no ids. Set bridge.id, too
			key=nothing          | bridge.key is 'nothing'
			acknowledge=OK       | bridge.acknowledge is 'OK': the handler 'function' acknowledges messages, by what it
			""")
	void aWrongValueIsNamed(String property, String message) {
		assertFails(
				this.bridges.withPropertyValues("socket.servers.in.handler=function",
						"socket.servers.in.bridge.to=store", "socket.servers.in.bridge." + property),
				"Property socket.servers.in." + message);
	}

	/** Then the first pause is no longer, either. */
	@Test
	void aMaximumBelowTheUsualPauseWillDo() {
		this.bridges
			.withPropertyValues("socket.servers.in.handler=function", "socket.servers.in.bridge.to=store",
					"socket.servers.in.bridge.retry.max-period=500ms")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aChannelWithoutItsPrefixNamesThat() {
		assertFails(
				this.bridges.withBean("orders", MessageChannel.class, () -> (message, timeout) -> true)
					.withPropertyValues("socket.servers.in.handler=function", "socket.servers.in.bridge.to=orders"),
				"Property socket.servers.in.bridge.to is 'orders': that bean is a MessageChannel. Set it to "
						+ "channel:orders.");
	}

	@Test
	void theReplyOfAFlowAndAHandlerAreOneTooMany() {
		assertFails(
				this.bridges.withBean("flow", MessageChannel.class, () -> (message, timeout) -> true)
					.withPropertyValues("socket.servers.in.handler=function",
							"socket.servers.in.bridge.to=channel:flow", "socket.servers.in.bridge.reply=true"),
				"Property socket.servers.in.bridge.reply is 'true': the handler 'function' acknowledges messages, by");
	}

	@ParameterizedTest
	@CsvSource({ "stream", "connection", "echo" })
	void otherFormsOfHandlersAreRefused(String handler) {
		assertFails(
				this.bridges.withPropertyValues("socket.servers.in.handler=" + handler,
						"socket.servers.in.bridge.to=store"),
				"Property socket.servers.in.bridge.to is 'store': the handler '" + handler
						+ "' is no function and has no @OnMessage methods, so that nothing can be stored before it is "
						+ "called. Remove the property, or use such a handler.");
	}

	@Test
	void aHandlerIsNotNeededOnlyWhereTheBridgeAcknowledges() {
		assertFails(this.bridges.withPropertyValues("socket.servers.in.bridge.to=store"),
				"Property socket.servers.in.handler is not set: server 'in' has no handler");
		assertFails(
				this.bridges.withPropertyValues("socket.servers.annotated.port=0", "socket.servers.in.bridge.to=store",
						"socket.servers.annotated.bridge.to=store", "socket.servers.in.bridge.acknowledge=OK",
						"socket.servers.annotated.bridge.acknowledge=OK"),
				"Property socket.servers.annotated.bridge.acknowledge is 'OK': the handler 'annotated' acknowledges");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none",
			textBlock = """
					acks=1 | Property spring.kafka.producer.acks is '1': a record that one broker has may be lost with that broker. Set it to all, or remove it.
					properties.enable.idempotence=false | Property spring.kafka.producer.properties.enable.idempotence is 'false': records may be repeated and change their order. Set it to true, or remove it.
					retries=0 | Property socket.servers.in.bridge.to is 'kafka:topic': no producer can be made of spring.kafka: Must set retries to non-zero when using the idempotent producer. Correct the properties spring.kafka.producer.
					""")
	void aProducerThatMayLoseRecordsIsRefused(String property, String message) {
		assertFails(this.bridges.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class))
			.withPropertyValues("socket.servers.in.handler=function", "socket.servers.in.bridge.to=kafka:topic",
					"spring.kafka.producer." + property),
				message);
	}

	@Test
	void aTopicNeedsAProducerAndAName() {
		assertFails(
				this.bridges.withPropertyValues("socket.servers.in.handler=function",
						"socket.servers.in.bridge.to=kafka:topic"),
				"Property socket.servers.in.bridge.to is 'kafka:topic': there is no ProducerFactory bean, or none of "
						+ "several is primary. Add spring-boot-starter-kafka, and set spring.kafka.bootstrap-servers.");
		assertFails(
				this.bridges.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class))
					.withPropertyValues("socket.servers.in.handler=function", "socket.servers.in.bridge.to=kafka:"),
				"Property socket.servers.in.bridge.to is 'kafka:': it names no topic. Write kafka: and the name of a topic.");
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Function<String, String> function() {
			return (line) -> line;
		}

		@Bean
		StreamHandler stream() {
			return (in, out, session) -> {
			};
		}

		@Bean
		ConnectionHandler<Object> connection() {
			return (input, session, state) -> state;
		}

		@Bean
		MessageStore store() {
			return (message) -> CompletableFuture.completedFuture(null);
		}

		@Bean
		@SocketHandler("annotated")
		Function<String, String> annotated() {
			return (line) -> line;
		}

	}

}
