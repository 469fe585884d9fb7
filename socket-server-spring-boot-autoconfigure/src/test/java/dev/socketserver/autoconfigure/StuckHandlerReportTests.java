package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.engine.watchdog.StuckCalls;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a report of a stuck handler names, where interceptors are in front of it.
 */
class StuckHandlerReportTests {

	@RegisterExtension
	final LogLines lines = new LogLines(StuckCalls.class);

	@Test
	void theMethodOfTheApplicationIsNamed() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.waiting.port=0", "socket.servers.waiting.timeouts.handler=200ms")
			.run((context) -> {
				SocketServer server = context.getBean(SocketServers.class).get("waiting");
				// If the JVM stands still, the call is found in front of the method.
				Patience.undisturbed(Duration.ofMillis(100), () -> {
					try (TestPeer peer = TestPeer.connect(server.localAddress())) {
						assertThat(peer.ask("a")).isEqualTo("a");
						// On a busy machine, what came before may be reported, too.
						this.lines.clear();
						peer.send("wait\n");
						await().until(() -> !reports().isEmpty());
						assertThat(reports()).singleElement()
							.asString()
							.contains(Handlers.class.getName() + ".lambda$waiting");
						context.getBean(CountDownLatch.class).countDown();
						assertThat(peer.read()).isEqualTo("wait");
					}
				});
			});
	}

	/** Servers that others have left may report, too. */
	private List<String> reports() {
		return this.lines.messages(Level.WARN).stream().filter((line) -> line.contains("'waiting'")).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		CountDownLatch go() {
			return new CountDownLatch(1);
		}

		@Bean
		SocketHandlerInterceptor interceptor() {
			return (call) -> call.proceed();
		}

		@Bean
		@SocketHandler("waiting")
		UnaryOperator<String> waiting(CountDownLatch go) {
			return (line) -> {
				if (line.equals("wait")) {
					Patience.hold(go);
				}
				return line;
			};
		}

	}

}
