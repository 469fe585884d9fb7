package dev.socketserver.autoconfigure.properties;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What users are told when something is wrong with their properties, word by word: no
 * change of the code may change it. Each line of {@code start-failures.txt} that begins
 * with {@code >} has properties below {@code socket.}, and environment variables, and the
 * lines after it are what is said. Run the test with
 * {@code -Dstart-failures=<file to rewrite>} to record what is said now.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTextsTests {

	/** In whichever format the tests before this one have left the log. */
	private static final Pattern WARNING = Pattern.compile(" WARN .*(?: -- | : )((?:Property|Client) .*)");

	private static final String CASE = "> ";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class, Handlers.class);

	@Test
	void textsAreThoseThatWereRecorded(CapturedOutput output) throws IOException {
		String rewritten = System.getProperty("start-failures");
		List<String> recorded = (rewritten != null) ? Files.readAllLines(Path.of(rewritten))
				: new ClassPathResource("start-failures.txt").getContentAsString(StandardCharsets.UTF_8)
					.lines()
					.toList();
		List<String> said = new ArrayList<>();
		for (String line : recorded) {
			if (line.startsWith(CASE)) {
				said.add(line);
				said.addAll(said(line.substring(CASE.length()), output));
			}
		}

		if (rewritten != null) {
			Files.write(Path.of(rewritten), said);
		}
		assertThat(said).hasSizeGreaterThan(100);
		if (rewritten == null) {
			assertThat(String.join("\n", said)).isEqualTo(String.join("\n", recorded));
		}
	}

	@Test
	void correlatorIsRefusedWhereTheHandlerReadsByItself() {
		this.runner.withBean("lines", StreamHandler.class, () -> (in, out, session) -> in.readAllBytes())
			.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.handler=lines",
					"socket.servers.upper.correlator=upper")
			.run((context) -> assertThat(new InvalidSocketPropertyFailureAnalyzer(new MockEnvironment())
				.analyze(Objects.requireNonNull(context.getStartupFailure()))).isNotNull()
				.extracting(FailureAnalysis::getDescription)
				.asString()
				.startsWith("Property socket.servers.upper.correlator is 'upper': it has no effect"));
	}

	private List<String> said(String properties, CapturedOutput output) {
		int before = output.getAll().length();
		List<String> said = new ArrayList<>();
		List<String> variables = Stream.of(properties.split(" & "))
			.filter((each) -> each.startsWith("SOCKET_"))
			.toList();
		String[] others = Stream.of(properties.split(" & "))
			.filter((each) -> !each.startsWith("SOCKET_"))
			.map((each) -> each.startsWith("spring.") ? each : "socket." + each)
			.toArray(String[]::new);
		this.runner
			.withPropertyValues("socket.servers.upper.port=0", "socket.clients.plant.port=1",
					"socket.clients.plant.start.auto=false")
			.withPropertyValues(others)
			.withInitializer((context) -> TestPropertyValues.of(variables)
				.applyTo(context.getEnvironment(), Type.SYSTEM_ENVIRONMENT))
			.run((context) -> {
				List<String> lines = FailedStart.said(context);
				said.addAll(lines.isEmpty() ? List.of("fails for another reason") : lines);
			});
		output.getAll()
			.substring(before)
			.lines()
			.map(WARNING::matcher)
			.filter(Matcher::find)
			.map((found) -> "warning: " + found.group(1))
			.forEach(said::add);
		return said;
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("bytes")
		UnaryOperator<byte[]> bytes() {
			return UnaryOperator.identity();
		}

		@Bean
		@SocketClientHandler("unused")
		UnaryOperator<String> requests() {
			return UnaryOperator.identity();
		}

		@Bean
		String text() {
			return "text";
		}

		@Bean
		Executor workers() {
			return Runnable::run;
		}

	}

}
