package dev.socketserver.demo;

import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the demo needs {@code socket-server-repl} for its console, and for nothing
 * else.
 */
class WithoutConsolesTests {

	@Test
	void onlyAConsoleNeedsTheModuleOfConsoles() throws Exception {
		String classPath = System.getProperty("java.class.path");
		List<String> command = new ArrayList<>(OtherJvm.command(List.of(), Demo.class));
		command.replaceAll((word) -> word.equals(classPath) ? withoutConsoles(classPath) : word);

		Process demo = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(demo.getInputStream().readAllBytes());

		assertThat(output).contains("WITHOUT A CONSOLE", "the endpoint has answered 200", "ended in order")
			.containsIgnoringNewLines("Property socket.servers.console.handler is 'repl': socket-server-repl, which "
					+ "makes consoles, is not on the class path")
			.contains("Add dev.socketserver:socket-server-repl");
	}

	private static String withoutConsoles(String classPath) {
		return Stream.of(classPath.split(File.pathSeparator))
			.filter((entry) -> !entry.contains("socket-server-repl"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	static final class Demo {

		private Demo() {
		}

		public static void main(String[] args) throws Exception {
			try (ConfigurableApplicationContext demo = run("--socket.servers.console.enabled=false");
					TestPeer peer = TestPeer.connect(demo, "upper")) {
				System.out.println(peer.ask("without a console"));
				String servers = "http://localhost:%s/actuator/socketservers"
					.formatted(demo.getEnvironment().getProperty("local.server.port"));
				System.out.println("the endpoint has answered " + HttpClient.newHttpClient()
					.send(HttpRequest.newBuilder(URI.create(servers)).build(), BodyHandlers.discarding())
					.statusCode());
			}
			System.out.println("ended in order");
			run("--socket.servers.console.port=0");
		}

		private static ConfigurableApplicationContext run(String property) {
			return SpringApplication.run(DemoApplication.class, property, "--server.port=0",
					"--socket.servers.upper.port=0", "--socket.servers.talk.port=0", "--socket.servers.chat.port=0",
					"--socket.servers.frames.port=0");
		}

	}

}
