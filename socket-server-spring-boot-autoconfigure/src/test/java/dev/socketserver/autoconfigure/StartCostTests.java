package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a start costs, without a clock: nearly all of it is classes that are read, checked
 * and made, and the JVM makes one for each lambda ("A start" in docs/performance.md).
 * Whoever needs more of them on purpose changes a number here.
 */
@Tag("virtual-threads")
class StartCostTests {

	/**
	 * Classes and interfaces of ours that one server needs; compiled by Java 25, a few
	 * less. Rooms with narrow interfaces, parts that are objects, and states with names,
	 * cost some fifty.
	 */
	private static final int CLASSES = 364;

	/** Lambdas and references to methods, for each of which the JVM makes a class. */
	private static final int LAMBDAS = 38;

	/** Classes and lambdas of ours that the starter needs without a server. */
	private static final int IDLE = 127;

	/**
	 * Classes of any origin that one server adds to an application with the starter, with
	 * epoll: fewer on Java 25. Netty needs about 480 of them for any port, and the
	 * futures of the JDK twenty. Where threads meet, the JDK loads one or two more.
	 */
	private static final int ADDED = 776;

	/**
	 * Classes that differ from start to start: those that the JVM makes for method
	 * handles, and that of a thread that happens to wait for a lock of another; also what
	 * the first look at the times of sessions needs, a second after the start, which on a
	 * slow machine takes as long.
	 */
	private static final Pattern VARYING = Pattern
		.compile("java\\.lang\\.invoke\\.LambdaForm\\$.*|java\\.util\\.concurrent\\.locks\\..*\\$ExclusiveNode"
				+ "|dev\\.socketserver\\.engine\\.(handlers\\.InvokedSession|log\\.LogContext\\$Named)");

	private static final Pattern LOADED = Pattern.compile("\\] (\\S+) source:");

	/** Else an application reads the classes of all of them before it sorts them. */
	@Test
	void anApplicationKnowsWhatAnAutoConfigurationNeedsWithoutReadingIt() throws IOException {
		Properties known = PropertiesLoaderUtils
			.loadProperties(new ClassPathResource("META-INF/spring-autoconfigure-metadata.properties"));

		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.socketserver."))).hasSizeGreaterThan(8)
			.allSatisfy((name) -> assertThat(known).containsKeys(name, name + ".AutoConfigureAfter"));
	}

	@Test
	void aServerNeedsNoMoreClassesThanItUses(@TempDir Path directory) throws Exception {
		List<String> all = loaded(Program.class, directory.resolve("loaded.txt"));
		List<String> loaded = all.stream().filter((name) -> name.startsWith("dev.socketserver.")).toList();
		List<String> lambdas = loaded.stream().filter((name) -> name.contains("$$Lambda")).toList();
		List<String> classes = loaded.stream()
			.filter((name) -> !name.contains("$$") && !name.contains(StartCostTests.class.getSimpleName()))
			.toList();

		assertThat(classes).contains("dev.socketserver.engine.server.ManagedServer")
			.doesNotContain("dev.socketserver.autoconfigure.keys.FramingKeys",
					"dev.socketserver.autoconfigure.framing.FramingFactory",
					"dev.socketserver.framing.builder.AbstractFramingBuilder",
					"dev.socketserver.autoconfigure.spec.ClientSpecs",
					"dev.socketserver.autoconfigure.properties.ClientProperties$Reconnect",
					"dev.socketserver.autoconfigure.properties.SocketProperties$WhenUnavailable",
					"dev.socketserver.operation.SessionEvaluator", "dev.socketserver.engine.session.IdentityClaims",
					"dev.socketserver.engine.session.Session", "dev.socketserver.handler.payload.ReactiveReplies",
					"dev.socketserver.engine.connect.ManagedClient", "dev.socketserver.engine.node.SingleNode",
					"dev.socketserver.tls.TlsMaterial", "dev.socketserver.client.ClientSpec",
					"dev.socketserver.settings.SettingsPlan", "dev.socketserver.spec.listen.DomainSocket",
					"dev.socketserver.spec.listen.Inherited", "dev.socketserver.address.UnixAddress",
					"dev.socketserver.framing.codec.WrappedFraming", "dev.socketserver.handler.bean.AnnotatedMethods",
					"dev.socketserver.autoconfigure.spec.ServerSpecs$Access",
					"dev.socketserver.netty.connect.NettySocketClients", "dev.socketserver.engine.watchdog.StuckCalls")
			.hasSizeBetween(100, CLASSES);
		assertThat(lambdas).hasSizeBetween(20, LAMBDAS);
		// What reads and writes JSON, and sockets of the JDK beside those of epoll.
		assertThat(all).doesNotContain("tools.jackson.databind.ObjectReader", "tools.jackson.databind.ObjectWriter");
		// What finds the version of Java by what the JDK has.
		assertThat(all).doesNotContain("org.springframework.boot.system.JavaVersion");
		if (all.contains("io.netty.channel.epoll.EpollServerSocketChannel")) {
			assertThat(all).doesNotContain("sun.nio.ch.SocketDispatcher");
			List<String> without = loaded(WithoutServer.class, directory.resolve("without.txt"));
			assertThat(without).doesNotContain("dev.socketserver.engine.server.ServerRun");
			assertThat(without.stream()
				.filter((name) -> name.startsWith("dev.socketserver.")
						&& !name.contains(StartCostTests.class.getSimpleName())))
				.hasSizeBetween(50, IDLE);
			assertThat(all.size() - without.size()).isBetween(400, ADDED);
		}
	}

	private static List<String> loaded(Class<?> program, Path log) throws Exception {
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:class+load", "-cp",
				System.getProperty("java.class.path"), program.getName())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			Patience.await(jvm);
			List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
			String done = (program == Program.class) ? "'echo' listens on" : "Started StartCostTests";
			assertThat(lines.stream().filter((line) -> !line.contains("[class,load]")))
				.anyMatch((line) -> line.contains(done));
			return lines.stream()
				.map(LOADED::matcher)
				.filter(Matcher::find)
				.map((match) -> match.group(1))
				.filter((name) -> !VARYING.matcher(name).matches())
				.toList();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	/** Starts one server, and ends. */
	static class Program {

		public static void main(String[] arguments) {
			start(Application.class, "socket.servers.echo.port=0");
		}

		static void start(Class<?> application, String... properties) {
			new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off")
				.properties(properties)
				.run();
			// What an end needs is of no interest.
			Runtime.getRuntime().halt(0);
		}

	}

	/** Starts the same application with nothing to serve, and ends. */
	static class WithoutServer {

		public static void main(String[] arguments) {
			Program.start(IdleApplication.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class Application {

		@Bean
		@SocketHandler("echo")
		UnaryOperator<String> echo() {
			return UnaryOperator.identity();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class IdleApplication {

		@Bean
		UnaryOperator<String> echo() {
			return UnaryOperator.identity();
		}

	}

}
