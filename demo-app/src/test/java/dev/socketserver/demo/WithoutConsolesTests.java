package dev.socketserver.demo;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.stream.Stream;

import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests that the demo needs {@code socket-server-repl} for its console, and for nothing
 * else.
 */
@ExtendWith(OutputCaptureExtension.class)
class WithoutConsolesTests {

	private static final String CONSOLES = "socket-server-repl";

	@Test
	void onlyAConsoleNeedsTheModuleOfConsoles(CapturedOutput output) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (WithoutConsoles loader = new WithoutConsoles()) {
			thread.setContextClassLoader(loader);
			Method demo = loader.loadClass(Demo.class.getName()).getDeclaredMethod("main");
			demo.setAccessible(true);
			assertThatThrownBy(() -> demo.invoke(null)).isInstanceOf(InvocationTargetException.class);
		}
		finally {
			thread.setContextClassLoader(before);
		}

		assertThat(output).contains("WITHOUT A CONSOLE", "the endpoint has answered 200", "ended in order");
		assertThat(output.getAll())
			.containsIgnoringNewLines("Property socket.servers.console.handler is 'repl': socket-server-repl, which "
					+ "makes consoles, is not on the class path")
			.contains("Add dev.socketserver:socket-server-repl");
	}

	/** Loads all that is ours anew, but for consoles: another JVM would load all else. */
	private static final class WithoutConsoles extends URLClassLoader {

		private final ClassLoader all = WithoutConsolesTests.class.getClassLoader();

		WithoutConsoles() {
			super(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
				.filter((entry) -> !entry.contains(CONSOLES))
				.map(Path::of)
				.filter((entry) -> !entry.toString().endsWith(".jar")
						|| entry.getFileName().toString().startsWith("socket-server-"))
				.map(WithoutConsoles::url)
				.toArray(URL[]::new), WithoutConsolesTests.class.getClassLoader());
		}

		private static URL url(Path entry) {
			try {
				return entry.toUri().toURL();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith("dev.socketserver.")) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : findClass(name);
			}
		}

		@Override
		public Enumeration<URL> getResources(String name) throws IOException {
			return Collections.enumeration(Collections.list(this.all.getResources(name))
				.stream()
				.filter((url) -> !url.toString().contains(CONSOLES))
				.toList());
		}

		@Override
		public @Nullable URL getResource(String name) {
			try {
				Enumeration<URL> urls = getResources(name);
				return urls.hasMoreElements() ? urls.nextElement() : null;
			}
			catch (IOException ex) {
				return null;
			}
		}

	}

	static final class Demo {

		private Demo() {
		}

		static void main() throws Exception {
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
