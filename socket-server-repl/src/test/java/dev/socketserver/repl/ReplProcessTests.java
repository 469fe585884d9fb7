package dev.socketserver.repl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.repl.autoconfigure.SocketReplAutoConfiguration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application in a JVM of its own gets a console by its arguments alone.
 */
@Tag("long")
class ReplProcessTests {

	private static final Pattern LISTENS = Pattern.compile("'console' listens on 127\\.0\\.0\\.1:(\\d+).*");

	@Test
	void aConsoleAddedByArgumentsDoesNotKeepTheJvmAlive() throws Exception {
		Process jvm = start(PlainApplication.class, "--socket.repl.prompt=>");
		try (BufferedReader output = output(jvm);
				ConsolePeer peer = ConsolePeer.connect(InetAddress.getLoopbackAddress(), port(output))) {
			peer.until(">");
			assertThat(peer.ask("T(ProcessHandle).current().pid()", ">")).isEqualTo(String.valueOf(jvm.pid()));
			peer.type("@done.countDown()\n");
			StringBuilder rest = new StringBuilder();
			output.lines().forEach((line) -> rest.append(line).append('\n'));
			assertThat(jvm.waitFor(Patience.seconds(), TimeUnit.SECONDS)).as("ends though a session is open").isTrue();
			assertThat(jvm.exitValue()).as(rest.toString()).isZero();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { ":restart only", ":restart only sessions=keep" })
	void theJvmLivesWhileTheServerThatKeepsItAliveIsRestarted(String restart) throws Exception {
		Process jvm = start(SlowlyStartingApplication.class, "--socket.repl.prompt=>", "--socket.servers.only.port=0",
				"--socket.servers.only.handler=echo");
		try (BufferedReader output = output(jvm)) {
			int port = port(output);
			try (ConsolePeer peer = ConsolePeer.connect(InetAddress.getLoopbackAddress(), port)) {
				peer.until(">");
				assertThat(output.lines().anyMatch((line) -> line.equals("up"))).isTrue();
				peer.type(restart + "\n");
				assertThat(output.lines().anyMatch((line) -> line.contains("starts again"))).isTrue();
				// If nothing kept it, it would be gone soon.
				assertThat(jvm.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
				try (ConsolePeer other = ConsolePeer.connect(InetAddress.getLoopbackAddress(), port)) {
					other.until(">");
					other.type("@goOn.countDown()\n");
					assertThat(output.lines().anyMatch((line) -> line.contains("'only' listens on"))).isTrue();
				}
			}
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	/**
	 * As in a servlet container, which unloads the class loader once the application has
	 * gone.
	 */
	@Test
	void noThreadThatTheCompilerKeepsHasTheClassLoaderOfTheApplication() throws Exception {
		Process jvm = start(DeployedApplication.class, "--socket.repl.language=java", "--socket.repl.prompt=> ",
				"--spring.main.keep-alive=true");
		try (BufferedReader output = output(jvm);
				ConsolePeer peer = ConsolePeer.connect(InetAddress.getLoopbackAddress(), port(output))) {
			peer.until("> ");
			// JShell gives its threads no names.
			String threads = "Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith(\"Thread-\"))";
			assertThat(peer.ask(threads + ".count() > 0", "> ")).isEqualTo("true");
			assertThat(peer.ask(
					threads + ".filter(t -> t.getContextClassLoader() instanceof java.net.URLClassLoader).count()",
					"> "))
				.isEqualTo("0");
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	/** Starts an application with a console in a JVM of its own. */
	private static Process start(Class<?> application, String... arguments) throws IOException {
		List<String> all = new ArrayList<>(
				List.of("--socket.servers.console.port=0", "--socket.servers.console.handler=repl"));
		all.addAll(List.of(arguments));
		return OtherJvm.start(application, all.toArray(String[]::new));
	}

	private static BufferedReader output(Process jvm) {
		return new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
	}

	private static int port(BufferedReader output) throws IOException {
		StringBuilder read = new StringBuilder();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			Matcher matcher = LISTENS.matcher(line);
			if (matcher.find()) {
				return Integer.parseInt(matcher.group(1));
			}
			read.append(line).append('\n');
		}
		throw new IOException("The application ended: " + read);
	}

	/** Runs with a context class loader of its own. */
	static class DeployedApplication {

		public static void main(String[] args) {
			Thread.currentThread()
				.setContextClassLoader(new URLClassLoader(new URL[0], DeployedApplication.class.getClassLoader()));
			new SpringApplicationBuilder(ConsoleApplication.class).web(WebApplicationType.NONE).run(args);
		}

	}

	/** Ends when its main thread does. */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketServerAutoConfiguration.class, SocketReplAutoConfiguration.class })
	static class PlainApplication {

		public static void main(String[] args) throws InterruptedException {
			CountDownLatch done = new CountDownLatch(1);
			SpringApplication application = new SpringApplication(PlainApplication.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.addInitializers((context) -> context.getBeanFactory().registerSingleton("done", done));
			application.run(args);
			done.await();
		}

	}

	/**
	 * Leaves main. What starts when all is up takes until it receives a command to go on.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketServerAutoConfiguration.class, SocketReplAutoConfiguration.class })
	static class SlowlyStartingApplication {

		private static volatile boolean up;

		public static void main(String[] args) {
			new SpringApplicationBuilder(SlowlyStartingApplication.class).web(WebApplicationType.NONE).run(args);
			up = true;
			System.out.println("up");
		}

		@Bean
		CountDownLatch goOn() {
			return new CountDownLatch(1);
		}

		/** Asked for whenever a server starts. */
		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		NettyPipelineCustomizer customizer(CountDownLatch goOn) throws InterruptedException {
			if (up) {
				System.out.println("starts again");
				goOn.await();
			}
			return (pipeline, spec) -> {
			};
		}

	}

}
