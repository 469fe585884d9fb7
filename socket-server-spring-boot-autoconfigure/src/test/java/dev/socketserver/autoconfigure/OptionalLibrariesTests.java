package dev.socketserver.autoconfigure;

import java.io.File;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.DatagramPeer;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Applications that have what the starter brings and no more, or one library of those
 * that this module can do something with. Each has all its classes from a class loader of
 * its own: one that only hides classes would not do, since ours would still be linked to
 * them.
 */
@Tag("long")
class OptionalLibrariesTests {

	/**
	 * Directories are ours. Netty's native libraries are left out: when the class loader
	 * of an application is unloaded, the library takes the native methods from the
	 * classes of other loaders in this JVM, too.
	 */
	private static final Pattern STARTER = Pattern.compile("classes|test-classes|socket-server-(core|client)-.*|netty-"
			+ "(buffer|codec-base|common|handler|resolver|transport|transport-(classes|native-unix)-.*)-4.*|"
			+ "spring-(aop|beans|boot|boot-autoconfigure|context|core|expression)-\\d.*|snakeyaml-.*|slf4j-api-.*|"
			+ "commons-logging-.*|jspecify-.*|logback-(classic|core)-.*|micrometer-(commons|observation)-\\d.*|"
			+ "jakarta.annotation-api-.*");

	@Test
	void anApplicationNeedsNoneOfThem() throws Exception {
		assertThat(classPath("").map((entry) -> new File(entry).getName()).toList())
			.anyMatch((name) -> name.startsWith("netty-handler-"))
			.noneMatch((name) -> name.startsWith("micrometer-core-") || name.contains("actuator")
					|| name.contains("jackson") || name.contains("reactor") || name.contains("protobuf"));

		assertThatServes("");
	}

	@ParameterizedTest
	@ValueSource(strings = { "micrometer-core-.*|HdrHistogram-.*|LatencyUtils-.*", "spring-boot-health-.*",
			"spring-boot-actuator(-autoconfigure)?-\\d.*", "jackson-(annotations|core|databind)-.*", "protobuf-java-.*",
			"reactor-core-.*|reactive-streams-.*", "spring-security-(core|crypto)-.*" })
	void anApplicationMayHaveOneOfThem(String library) throws Exception {
		assertThat(classPath(library).count()).isGreaterThan(classPath("").count());

		assertThatServes(library);
	}

	/** The library with the classes of epoll may be excluded, as on Windows. */
	@Test
	void anApplicationNeedsNoNativeTransport() throws Exception {
		assertThatServes(withoutNativeTransport());
	}

	@Test
	void datagramsNeedNoNativeTransport() throws Exception {
		run(withoutNativeTransport(), (port) -> {
			try (DatagramPeer peer = new DatagramPeer(new InetSocketAddress("127.0.0.1", port))) {
				assertThat(peer.send("x").receive()).isEqualTo("x");
			}
		}, "--socket.servers.upper.protocol=udp", "--socket.servers.upper.handler=echo",
				"--socket.servers.upper.address=any", "--socket.servers.upper.udp.groups=239.1.2.3@lo");
	}

	private static Stream<String> withoutNativeTransport() {
		return classPath("").filter((entry) -> !new File(entry).getName().contains("transport-classes-"));
	}

	@Test
	void clientsNeedTheirModule() throws Exception {
		List<String> servers = classPath("").filter((entry) -> !entry.contains("socket-server-client")).toList();
		assertThatServes(servers.stream());

		assertThatThrownBy(() -> run(servers.stream(), (port) -> {
		}, "--socket.clients.upstream.port=7000")).rootCause()
			.hasMessage(
					"Property socket.clients.upstream is 'upstream': clients need socket-server-client, which is not "
							+ "on the class path. Add the dependency dev.socketserver:socket-server-client, or remove the client.");
	}

	private static void assertThatServes(String library) throws Exception {
		assertThatServes(classPath(library));
	}

	private static void assertThatServes(Stream<String> classPath) throws Exception {
		run(classPath, (port) -> {
			try (TestPeer peer = TestPeer.connect(port)) {
				assertThat(peer.send("hello\n").line()).isEqualTo("HELLO");
			}
		});
	}

	private static void run(Stream<String> classPath, ThrowingConsumer<Integer> test, String... arguments)
			throws Exception {
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(urls(classPath), ClassLoader.getPlatformClassLoader())) {
			Thread.currentThread().setContextClassLoader(loader);
			AtomicInteger port = new AtomicInteger();
			Method start = loader.loadClass(Program.class.getName())
				.getDeclaredMethod("start", IntConsumer.class, String[].class);
			start.setAccessible(true);
			try (AutoCloseable application = (AutoCloseable) start.invoke(null, (IntConsumer) port::set, arguments)) {
				assertThat(application.getClass().getClassLoader()).isSameAs(loader);
				test.accept(port.get());
			}
		}
		finally {
			Thread.currentThread().setContextClassLoader(own);
		}
	}

	private static URL[] urls(Stream<String> classPath) throws MalformedURLException {
		List<URL> urls = new ArrayList<>();
		for (String entry : classPath.toList()) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		return urls.toArray(new URL[0]);
	}

	private static Stream<String> classPath(String library) {
		Predicate<String> wanted = STARTER.asMatchPredicate().or(Pattern.compile(library).asMatchPredicate());
		List<String> entries = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
		return entries.stream().filter((entry) -> wanted.test(new File(entry).getName()));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Program {

		/** Types of the JDK, which both class loaders share. */
		static AutoCloseable start(IntConsumer port, String... arguments) {
			ConfigurableApplicationContext application = new SpringApplicationBuilder(Program.class)
				.registerShutdownHook(false)
				.properties("socket.servers.upper.port=0", "logging.register-shutdown-hook=false")
				.run(arguments);
			port.accept(application.getEnvironment().getRequiredProperty("local.socket.upper.port", Integer.class));
			return application;
		}

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

}
