package dev.socketserver.autoconfigure.lifecycle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("long")
class KeepAliveHintTests {

	private static final String HINT = "nothing keeps the JVM alive";

	private static final String PORT = "--socket.servers.upper.port=0";

	@Test
	void anApplicationThatEndsAlthoughAServerListensSaysSo() throws Exception {
		Process jvm = OtherJvm.start(Program.class, PORT, "--socket.servers.upper.threads.server-daemon=true");
		try (BufferedReader output = output(jvm)) {
			assertThat(output.lines().collect(Collectors.joining("\n"))).contains("'upper' listens on").contains(HINT);
			Patience.await(jvm);
			assertThat(jvm.exitValue()).isZero();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--socket.servers.upper.threads.server-daemon=false",
			"--socket.servers.upper.threads.server-daemon=true --spring.main.keep-alive=true" })
	void anApplicationThatStaysDoesNot(String arguments) throws Exception {
		Process jvm = OtherJvm.start(Program.class, (PORT + " " + arguments).split(" "));
		try (BufferedReader output = output(jvm)) {
			assertThat(output.lines()
				.takeWhile((line) -> !line.endsWith("has returned"))
				.collect(Collectors.joining("\n"))).contains("'upper' listens on").doesNotContain(HINT);
			assertThat(jvm.isAlive()).isTrue();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"WARN | none has a handler, and nothing keeps the JVM alive | --socket.clients.c.port=1",
			"INFO | Clients are started, but nothing keeps the JVM alive | --socket.clients.c.port=1 --socket.clients.c.handler=discard",
			"INFO | Clients are started, but nothing keeps the JVM alive | "
					+ "--socket.clients.feed.port=1 --socket.clients.feed.threads.client-daemon=true" })
	void anApplicationThatEndsAlthoughAClientIsStartedSaysSo(String level, String hint, String arguments)
			throws Exception {
		Process jvm = OtherJvm.start(Program.class, arguments.split(" "));
		try (BufferedReader output = output(jvm)) {
			assertThat(output.lines().filter((line) -> line.contains(HINT))).singleElement()
				.asString()
				.contains(level, hint);
			Patience.await(jvm);
			assertThat(jvm.exitValue()).isZero();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--socket.clients.feed.port=1",
			"--socket.clients.c.port=1 --socket.clients.c.threads.client-daemon=false" })
	void anApplicationStaysForAClientUntilItIsStopped(String arguments) throws Exception {
		Process jvm = OtherJvm.start(Program.class, (arguments + " --stop").split(" "));
		try (BufferedReader output = output(jvm)) {
			assertThat(output.lines()
				.takeWhile((line) -> !line.endsWith("has returned"))
				.collect(Collectors.joining("\n"))).doesNotContain(HINT);
			assertThat(jvm.isAlive()).isTrue();
			jvm.getOutputStream().write('\n');
			jvm.getOutputStream().flush();
			Patience.await(jvm);
			assertThat(jvm.exitValue()).isZero();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	private static BufferedReader output(Process jvm) {
		return new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	@Import(UpperHandler.class)
	static class Program {

		public static void main(String[] args) {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Program.class)
				.web(WebApplicationType.NONE)
				.run(args);
			if (List.of(args).contains("--stop")) {
				stopAtInput(context.getBean(SocketClients.class));
			}
			LoggerFactory.getLogger(Program.class).info("has returned");
		}

		/** On a thread that does not keep the JVM alive itself. */
		private static void stopAtInput(SocketClients clients) {
			Thread thread = new Thread(() -> {
				try {
					System.in.read();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
				clients.forEach(SocketClient::stop);
			});
			thread.setDaemon(true);
			thread.start();
		}

		@Bean
		@SocketClientHandler("feed")
		UnaryOperator<String> feed() {
			return String::toLowerCase;
		}

	}

}
