package dev.socketserver.autoconfigure.handler;

import java.io.IOException;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class BuiltInHandlersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	@Test
	void echoSendsBytesBackAsTheyCome() {
		run("echo", (peer, server) -> {
			assertThat(peer.send("no end of").send(" line").end()).isEqualTo("no end of line");
			assertThat(server.spec().handler().name()).isEqualTo("echo");
			assertThat(server.spec().framing().type()).isEqualTo("raw");
		});
	}

	@Test
	void echoSendsFramesBackWhereThereAreSome() {
		run("echo", (peer, server) -> assertThat(peer.send("a\r\nb").end()).isEqualTo("a\nb\n"),
				"socket.servers.test.framing=line");
	}

	@Test
	void discardAnswersNothing() {
		run("discard", (peer, server) -> {
			assertThat(peer.send("gone").end()).isEmpty();
			await().until(() -> server.statistics().bytesReceived() == 4);
		});
	}

	@Test
	void daytimeSaysTheTimeAndCloses() {
		run("daytime", (peer, server) -> {
			assertThat(peer.read()).matches("[A-Z][a-z]+day, [A-Z][a-z]+ \\d{1,2}, \\d{4} \\d\\d:\\d\\d:\\d\\d-.+");
			assertThat(peer.read()).isNull();
			await().until(() -> server.statistics().closed().containsKey(CloseReason.HANDLER_CLOSED));
		});
	}

	@Test
	void aBeanOfTheSameNameWins() {
		this.runner.withUserConfiguration(Beans.class)
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=echo",
					"socket.servers.other.port=0", "socket.servers.other.handler=discard")
			.run((context) -> {
				SocketServers servers = context.getBean(SocketServers.class);
				try (TestPeer peer = TestPeer.connect(servers.get("test").localAddress())) {
					assertThat(peer.ask("a")).isEqualTo("A");
				}
				try (TestPeer peer = TestPeer.connect(servers.get("other").localAddress())) {
					assertThat(peer.ask("a")).as("named by an annotation").isEqualTo("aa");
				}
			});
	}

	@Test
	void aConsoleNeedsItsModule() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=repl")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessage("Property socket.servers.test.handler is 'repl': socket-server-repl, which makes consoles, "
						+ "is not on the class path. Add dev.socketserver:socket-server-repl to the application, as "
						+ "socket-server-spring-boot-starter does."));
	}

	@Test
	void evaluationsOverTheActuatorNeedIt() {
		this.runner.withPropertyValues("socket.repl.eval-over-actuator=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessage(
						"Property socket.repl.eval-over-actuator is 'true': socket-server-repl, which evaluates, is "
								+ "not on the class path. Add dev.socketserver:socket-server-repl to the application, as "
								+ "socket-server-spring-boot-starter does."));
	}

	@Test
	void mistakesAreShownTheNamesOfHandlersThatAreBuiltIn() {
		this.runner.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=repel")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("server 'test' has no handler of that name; nearest: 'repl'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "echo", "upper" })
	void aServerIsNotifiedTheHandlerThatIsCalledLikeItAndDoesNotSayThatItServesIt(String name) {
		this.runner.withUserConfiguration(NotAnnotated.class)
			.withPropertyValues("socket.servers." + name + ".port=0")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("server '%s' has no handler; nearest: '%s'".formatted(name, name)));
	}

	/** A property may name a bean that is not annotated. */
	@Test
	void mistakesAreShownTheNamesOfBeansThatCouldBeHandlers() {
		this.runner.withUserConfiguration(NotAnnotated.class)
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=uper")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("server 'test' has no handler of that name; nearest: 'upper'. "));
	}

	@Test
	void mistakesAreShownAllHandlersIfNoneHasASimilarName() {
		this.runner.withUserConfiguration(NotAnnotated.class)
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=sentence")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("server 'test' has no handler of that name; "
						+ "there are 'daytime', 'discard', 'echo', 'repl', 'upper'. "));
	}

	@Test
	void mistakesAreShownTheFirstOfManyHandlers() {
		String[] names = IntStream.range(10, 19).mapToObj((number) -> "meter" + number).toArray(String[]::new);
		ApplicationContextRunner many = this.runner;
		for (String name : names) {
			many = many.withBean(name, UnaryOperator.class, UnaryOperator::identity);
		}
		many.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=sentence")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'discard', 'echo', 'meter10', 'meter11', 'meter12', 'meter13', 'meter14', "
						+ "'meter15', 'meter16' and 3 more. "));
	}

	@Test
	void mistakesAreNotNotifiedTheNamesOfBeansThatAreNoHandlers() {
		this.runner.withUserConfiguration(Nmea.class)
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=nema")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("server 'test' has no handler of that name; "
						+ "there are 'daytime', 'discard', 'echo', 'repl', 'sentences'. "));
	}

	private void run(String handler, Check check, String... properties) {
		this.runner.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=" + handler)
			.withPropertyValues(properties)
			.run((context) -> {
				SocketServer server = context.getBean(SocketServers.class).get("test");
				try (TestPeer peer = TestPeer.connect(server.localAddress())) {
					check.accept(peer, server);
				}
			});
	}

	@FunctionalInterface
	private interface Check {

		void accept(TestPeer peer, SocketServer server) throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		UnaryOperator<String> echo() {
			return (text) -> text.toUpperCase(Locale.ROOT);
		}

		@Bean
		@SocketHandler("discard")
		UnaryOperator<String> twice() {
			return (text) -> text + text;
		}

	}

	/** A bean with the name that the annotation of the handler has. */
	@Configuration(value = "nmea", proxyBeanMethods = false)
	static class Nmea {

		@Bean
		@SocketHandler("nmea")
		UnaryOperator<String> sentences() {
			return UnaryOperator.identity();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NotAnnotated {

		@Bean
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

}
