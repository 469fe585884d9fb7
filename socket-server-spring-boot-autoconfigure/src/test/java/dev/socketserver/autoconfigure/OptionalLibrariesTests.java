package dev.socketserver.autoconfigure;

import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.peer.OtherJvm;
import dev.socketserver.peer.TestPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that have what the starter brings and no more, or one library of those
 * that this module can do something with. A class loader that hides classes would not do:
 * ours would still be linked to them.
 */
@Timeout(120)
class OptionalLibrariesTests {

	/** Directories are ours. */
	private static final Pattern STARTER = Pattern.compile("classes|test-classes|socket-server-core-.*|netty-"
			+ "(buffer|codec-base|common|handler|resolver|transport|transport-(classes|native)-.*)-4.*|"
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

	private static void assertThatServes(String library) throws Exception {
		Process jvm = OtherJvm.startWith(classPath(library).collect(Collectors.joining(File.pathSeparator)),
				Program.class);
		try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
			StringBuilder said = new StringBuilder();
			String line = output.readLine();
			while (line != null && !line.contains(Program.PORT)) {
				said.append(line).append('\n');
				line = output.readLine();
			}
			assertThat(line).as(said.toString()).isNotNull();
			int port = Integer.parseInt(line.substring(line.indexOf(Program.PORT) + Program.PORT.length()));
			try (TestPeer peer = TestPeer.connect(port)) {
				assertThat(peer.send("hello\n").line()).isEqualTo("HELLO");
			}
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	private static Stream<String> classPath(String library) {
		Predicate<String> wanted = STARTER.asMatchPredicate().or(Pattern.compile(library).asMatchPredicate());
		List<String> entries = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
		return entries.stream().filter((entry) -> wanted.test(new File(entry).getName()));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Program {

		static final String PORT = "the port is ";

		public static void main(String[] args) {
			new SpringApplicationBuilder(Program.class).properties("socket.servers.upper.port=0").run(args);
		}

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@EventListener
		void started(SocketServerStartedEvent event) {
			LoggerFactory.getLogger(Program.class).info("{}{}", PORT, event.address().getPort());
		}

	}

}
