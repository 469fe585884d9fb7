package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerState;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketSession;
import dev.socketserver.autoconfigure.framing.FramingType;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.operation.ClientAction;
import dev.socketserver.operation.ServerAction;
import dev.socketserver.operation.SessionAction;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests that what the documentation shows as code is code of the project: in front of
 * each example it names the file that has the same lines. And that its tables of words
 * have all of them.
 */
class DocumentationTests {

	/** Lines of the log that an operator should see. */
	private static final Pattern LOGGED = Pattern
		.compile("ogger\\s*\\.(?:warn|error)\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final String SOURCE = "<!-- source: ";

	@ParameterizedTest
	@MethodSource("examples")
	void examplesAreInTheSources(Example example) {
		List<String> source = Documentation.lines(example.source()).stream().map(DocumentationTests::spaces).toList();
		int length = example.lines().size();
		boolean found = false;
		for (int start = 0; start + length <= source.size() && !found; start++) {
			found = withoutIndent(source.subList(start, start + length)).equals(withoutIndent(example.lines()));
		}
		assertThat(found).as("%s, line %s, is in %s", example.page(), example.line(), example.source()).isTrue();
	}

	@Test
	void thereAreExamples() {
		assertThat(examples()).hasSizeGreaterThan(10);
	}

	@ParameterizedTest
	@MethodSource("constants")
	void everyConstantIsOnThePageThatListsThem(String page, Class<? extends Enum<?>> type) {
		String text = Documentation.text(page);

		assertThat(type.getEnumConstants()).allMatch((constant) -> {
			String lower = constant.name().toLowerCase(Locale.ROOT);
			return Stream.of(constant.name(), lower, lower.replace('_', '-'))
				.anyMatch((word) -> text.contains("`" + word + "`"));
		});
	}

	/**
	 * Between {@code \u2026}, the lines that troubleshooting explains are in the code.
	 */
	@Test
	void whatASessionCanTellIsOnItsPage() {
		String page = Documentation.text("docs/sessions.md");
		Stream<String> session = Arrays.stream(SocketSession.class.getMethods())
			.filter((method) -> method.getParameterCount() == 0 && method.getReturnType() != void.class
					&& method.getReturnType() != SessionInfo.class)
			.map((method) -> "`" + method.getName() + "()");
		Stream<String> info = Arrays.stream(SessionInfo.class.getRecordComponents())
			.map((component) -> "`info()." + component.getName() + "()");
		assertThat(page).contains(Stream.concat(session, info).toList());
	}

	@Test
	void linesOfTheLogAreInTheCode() throws IOException {
		String code = sources();
		Set<String> lines = Documentation
			.table("docs/troubleshooting.md", "## Lines in the log", "## Connections that are refused")
			.keySet();

		assertThat(lines).hasSizeGreaterThan(10)
			.allSatisfy((line) -> assertThat(line.split("\u2026")).as(line).allMatch(code::contains));
	}

	@Test
	void warningsAndErrorsAreExplained() throws IOException {
		Set<String> lines = Documentation
			.table("docs/troubleshooting.md", "## Lines in the log", "## Connections that are refused")
			.keySet();

		assertThat(LOGGED.matcher(sources()).results().map((line) -> line.group(1).replace("{}", "\u2026")))
			.hasSizeGreaterThan(40)
			.allSatisfy((line) -> assertThat(lines).as(line).anyMatch(line::contains));
	}

	static Stream<Arguments> constants() {
		return Stream.of(arguments("docs/operations.md", CloseReason.class),
				arguments("docs/operations.md", Alarm.Kind.class), arguments("docs/lifecycle.md", ServerState.class),
				arguments("docs/choosing.md", FramingType.class), arguments("docs/choosing.md", ExecutionMode.class),
				arguments("docs/endpoints.md", ServerAction.class), arguments("docs/endpoints.md", SessionAction.class),
				arguments("docs/endpoints.md", ClientAction.class),
				arguments("docs/endpoints.md", ConnectFailure.class),
				arguments("docs/sending.md", OutboundOverflow.class),
				arguments("docs/receiving.md", InboundOverflow.class),
				arguments("docs/listening.md", SocketTransport.class), arguments("docs/sessions.md", BindPolicy.class),
				arguments("docs/framing.md", FramingPreset.class),
				arguments("docs/troubleshooting.md", CloseReason.class),
				arguments("docs/troubleshooting.md", RejectReason.class),
				arguments("docs/production.md", Alarm.Kind.class));
	}

	static Stream<Example> examples() {
		return Documentation.pages().flatMap(DocumentationTests::examples);
	}

	private static Stream<Example> examples(String page) {
		List<String> lines = Documentation.lines(page);
		List<Example> examples = new ArrayList<>();
		for (int i = 0; i < lines.size(); i++) {
			String before = (i > 0) ? lines.get(i - 1) : "";
			if (lines.get(i).matches("```(java|yaml)") || before.startsWith(SOURCE)) {
				assertThat(before).as("%s, line %s: the example says where it is from", page, i).startsWith(SOURCE);
				int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("```");
				examples.add(new Example(page, i + 1, before.substring(SOURCE.length(), before.indexOf(" -->")),
						lines.subList(i + 1, end)));
			}
		}
		return examples.stream();
	}

	/** The code of all modules, with texts in one piece and their places left out. */
	private static String sources() throws IOException {
		StringBuilder code = new StringBuilder();
		for (String module : List.of("socket-server-core", "socket-server-client", "socket-server-cluster",
				"socket-server-spring-boot-autoconfigure", "socket-server-spring-boot-redis",
				"socket-server-spring-boot-bridge", "socket-server-spring-boot-mailbox", "socket-server-repl")) {
			try (Stream<Path> files = Files.walk(Documentation.ROOT.resolve(module + "/src/main/java"))) {
				for (Path file : files.filter(Files::isRegularFile).toList()) {
					code.append(Files.readString(file));
				}
			}
		}
		return code.toString().replaceAll("\"\\s*\\+\\s*\"", "");
	}

	/** Four spaces for a tab, as the pages have it. */
	private static String spaces(String line) {
		return line.replace("\t", "    ");
	}

	private static List<String> withoutIndent(List<String> lines) {
		int indent = lines.stream()
			.filter((line) -> !line.isBlank())
			.mapToInt((line) -> line.length() - line.stripLeading().length())
			.min()
			.orElse(0);
		return lines.stream().map((line) -> line.isBlank() ? "" : line.substring(indent)).toList();
	}

	record Example(String page, int line, String source, List<String> lines) {

	}

}
