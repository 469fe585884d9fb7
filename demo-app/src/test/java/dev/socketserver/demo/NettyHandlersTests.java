package dev.socketserver.demo;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import io.netty.handler.logging.ByteBufFormat;
import io.netty.handler.logging.LogLevel;
import io.netty.handler.logging.LoggingHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers of Netty's in the connections of servers, as {@code docs/netty.md} has them.
 */
@SocketServerTest(classes = NettyHandlersTests.Configured.class,
		properties = { "spring.config.name=none", "logging.level.wire=debug", "socket.servers.meters.port=0",
				"socket.servers.parrot.port=0" })
@ExtendWith(OutputCaptureExtension.class)
class NettyHandlersTests {

	@SocketConnection("meters")
	private SocketTestClient meters;

	@SocketConnection("parrot")
	private SocketTestClient parrot;

	@Autowired
	private Configured configured;

	@Test
	void whatIsOnTheWireOfOneServerIsLogged(CapturedOutput output) {
		assertThat(this.meters.ask("42")).isEqualTo("42");
		assertThat(this.parrot.ask("hello")).isEqualTo("hello");

		// As the handler does it, in hexadecimal.
		await().until(() -> output.getOut().contains("WRITE: 3B"));
		assertThat(output.getOut()).contains("READ: 3B", "34 32 0a").doesNotContain("68 65 6c 6c 6f");
	}

	@Test
	void customizersAreCalledInTheirOrderForEachConnection() {
		assertThat(this.parrot.ask("hello")).isEqualTo("hello");

		assertThat(this.configured.called).containsSubsequence("first parrot", "second parrot");
	}

	@Configuration(proxyBeanMethods = false)
	static class Configured {

		private final List<String> called = new CopyOnWriteArrayList<>();

		@Bean
		@SocketHandler({ "meters", "parrot" })
		UnaryOperator<String> echo() {
			return (line) -> line;
		}

		@Bean
		NettyPipelineCustomizer wireLog() {
			return (pipeline, spec) -> {
				if (spec.name().equals("meters")) {
					pipeline.addFirst(new LoggingHandler("wire", LogLevel.DEBUG, ByteBufFormat.HEX_DUMP));
				}
			};
		}

		@Bean
		@Order(2)
		NettyPipelineCustomizer second() {
			return (pipeline, spec) -> this.called.add("second " + spec.name());
		}

		@Bean
		@Order(1)
		NettyPipelineCustomizer first() {
			return (pipeline, spec) -> this.called.add("first " + spec.name());
		}

	}

}
