package dev.socketserver.test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays a transcript of each protocol in {@code docs/framing.md} against a server that is
 * configured as that page says and sends payloads back. The first line of each has the
 * name of the protocol; the bytes are those of {@code protocols.txt}.
 */
class ProtocolTranscriptsTests {

	private static final Path FOLDER = Path.of("src/test/transcripts/protocols");

	private static final Pattern ROW = Pattern.compile("\\| ([^`|]+) \\| `([^|]+)` \\|");

	private static final Map<String, String> FRAMINGS = new TreeMap<>();

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() throws IOException {
		List<String> page = Files.readAllLines(Path.of("../docs/framing.md"));
		for (String line : page.subList(page.indexOf("## Protocols"), page.indexOf("## Mistakes"))) {
			Matcher row = ROW.matcher(line);
			if (row.matches() && !row.group(1).equals("protocol")) {
				FRAMINGS.put(row.group(1), row.group(2));
			}
		}
		StringBuilder yaml = new StringBuilder("socket.servers:\n");
		FRAMINGS.forEach((protocol, framing) -> yaml.append("""
				  %s:
				    port: 0
				    handler: same
				    framing: %s
				""".formatted(name(protocol), framing)));
		ByteArrayResource resource = new ByteArrayResource(yaml.toString().getBytes(StandardCharsets.UTF_8));
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((starting) -> {
				try {
					new YamlPropertySourceLoader().load("protocols", resource)
						.forEach(starting.getEnvironment().getPropertySources()::addFirst);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			})
			.run();
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void eachDocumentedProtocolHasATranscript() throws IOException {
		List<String> names = new ArrayList<>();
		try (Stream<Path> files = Files.list(FOLDER)) {
			for (Path file : files.toList()) {
				names.add(protocol(file));
			}
		}
		assertThat(names).containsExactlyInAnyOrderElementsOf(FRAMINGS.keySet());
	}

	@TestFactory
	Stream<DynamicTest> plays() throws IOException {
		List<Path> files;
		try (Stream<Path> all = Files.list(FOLDER)) {
			files = all.sorted().toList();
		}
		return files.stream().flatMap((file) -> Stream.of(DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
			try (SocketTestClient client = connect(file)) {
				client.replay(file);
			}
		}), DynamicTest.dynamicTest(file.getFileName() + ", every split", () -> {
			try (SocketTestClient client = connect(file)) {
				client.everySplit().replay(file);
			}
		})));
	}

	private static SocketTestClient connect(Path file) throws IOException {
		return SocketTestClient.connect(context.getBean(SocketServers.class).get(name(protocol(file))));
	}

	private static String protocol(Path file) throws IOException {
		return Files.readAllLines(file).get(0).substring("# ".length());
	}

	private static String name(String protocol) {
		return "p-" + protocol.toLowerCase().replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@SocketHandler("same")
		UnaryOperator<byte[]> same() {
			return UnaryOperator.identity();
		}

	}

}
