package dev.socketserver.autoconfigure.framing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.network.ProtocolBytes;
import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests that every line of the table of protocols in {@code docs/framing.md}, bound as it
 * is written, decodes and encodes the real bytes of its protocol.
 */
class FramingDocumentationTests {

	private static final String PAGE = "docs/framing.md";

	private static final String SAMPLES = "socket-server-core/src/test/resources/protocols.txt";

	private static final Pattern ROW = Pattern.compile("\\| ([^`|]+) \\| `([^|]+)` \\|");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean("bytes", Consumer.class, Ignoring::new);

	@ParameterizedTest(name = "{0}")
	@MethodSource("protocols")
	void aProtocolIsFramedAsDocumented(String protocol, String framing, Map<String, List<String>> bytes) {
		String yaml = """
				socket.servers.protocol:
				  port: 0
				  handler: bytes
				  framing: %s
				""".formatted(framing);
		runner(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8))).run((context) -> {
			Framing bound = context.getBean(SocketServers.class).get("protocol").spec().framing();
			String received = String.join("", Objects.requireNonNull(bytes.get("received")));
			List<String> payloads = Objects.requireNonNull(bytes.get("payload"));
			assertThat(Frames.decode(bound, "hex:" + received)).isEqualTo(prefixed(payloads));
			assertThat(Frames.encode(bound, prefixed(payloads).toArray(new String[0])))
				.isEqualTo("hex:" + String.join("", bytes.getOrDefault("sent", List.of(received))));
			assertThat(answers(bound, received)).isEqualTo(String.join("", bytes.getOrDefault("answered", List.of())));
		});
	}

	@Test
	void everyProtocolIsDocumented() throws IOException {
		assertThat(documented().keySet()).containsExactlyElementsOf(samples().keySet());
	}

	@Test
	void everyWordIsDocumented() throws IOException {
		List<String> lines = lines(PAGE);
		assertThat(Stream.concat(Stream.of(FramingType.values()).map(FramingType::word),
				Stream.of(FramingPreset.values()).map(FramingPreset::word)))
			.allSatisfy((word) -> assertThat(lines).anyMatch((line) -> line.startsWith("| `" + word + "` | ")));
	}

	@Test
	void everyTypeHasItsKeysInItsSection() throws IOException {
		List<String> lines = lines(PAGE);
		for (FramingType type : FramingType.values()) {
			int section = lines.indexOf("### " + type.word());
			List<String> own = type.keys().stream().filter((key) -> !FramingType.COMMON_KEYS.contains(key)).toList();
			assertThat(own.isEmpty()).isEqualTo(section < 0);
			if (section >= 0) {
				assertThat(lines.subList(section + 1, lines.size())
					.stream()
					.takeWhile((line) -> !line.startsWith("#"))
					.filter((line) -> line.startsWith("| `"))
					.map((line) -> line.substring(3, line.indexOf('`', 3)))).containsExactlyElementsOf(own);
			}
		}
	}

	@Test
	void theExampleStarts() {
		runner(new ClassPathResource("framing-examples.yml"))
			.withPropertyValues("socket.servers.prices.handler=bytes", "socket.servers.terminals.handler=bytes",
					"socket.servers.prices.port=0", "socket.servers.terminals.port=0")
			.run((context) -> assertThat(context.getBean(SocketServers.class))
				.extracting((server) -> server.spec().framing().type())
				.containsExactly("line", "length-field"));
	}

	static Stream<Arguments> protocols() throws IOException {
		Map<String, Map<String, List<String>>> samples = samples();
		return documented().entrySet()
			.stream()
			.map((row) -> arguments(row.getKey(), row.getValue(), samples.getOrDefault(row.getKey(), Map.of())));
	}

	private ApplicationContextRunner runner(Resource yaml) {
		return this.runner.withInitializer((context) -> {
			try {
				new YamlPropertySourceLoader().load("application.yml", yaml)
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static List<String> prefixed(List<String> payloads) {
		return payloads.stream().map((payload) -> "hex:" + payload).toList();
	}

	private static String answers(Framing framing, String received) throws FramingException {
		byte[] bytes = HexFormat.of().parseHex(received);
		FrameDecoder decoder = framing.decoder(1000);
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		boolean found = true;
		while (found) {
			found = decoder.next(in);
		}
		byte[] answers = in.takeReplies();
		return (answers != null) ? HexFormat.of().formatHex(answers) : "";
	}

	/** The rows of the table of protocols. */
	private static Map<String, String> documented() throws IOException {
		Map<String, String> rows = new LinkedHashMap<>();
		List<String> lines = lines(PAGE);
		for (String line : lines.subList(lines.indexOf("## Protocols"), lines.indexOf("## Mistakes"))) {
			Matcher row = ROW.matcher(line);
			if (row.matches() && !row.group(1).equals("protocol")) {
				rows.put(row.group(1), row.group(2));
			}
		}
		return rows;
	}

	private static Map<String, Map<String, List<String>>> samples() throws IOException {
		return ProtocolBytes.read(lines(SAMPLES), ByteValues::parse);
	}

	private static List<String> lines(String path) throws IOException {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.isDirectory(directory.resolve("docs"))) {
			directory = directory.getParent();
		}
		return Files.readAllLines(directory.resolve(path));
	}

	/** Of a class of its own, since a lambda does not say what it reads. */
	static final class Ignoring implements Consumer<byte[]> {

		@Override
		public void accept(byte[] bytes) {
		}

	}

}
