package dev.socketserver.repl.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyFailureAnalyzer;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.spring.UntrimmedProperties;
import dev.socketserver.repl.ReplSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key of consoles with values that it cannot have. No value that is missing may
 * leave a console open to more peers than it was meant for.
 */
class EveryReplPropertyTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketReplAutoConfiguration.class))
		.withPropertyValues("socket.servers.console.port=0", "socket.servers.console.handler=repl");

	@Test
	void noValueIsBlankOrAPlaceholder() {
		Map<String, Class<?>> keys = EdgeValues.keys("socket.repl.", ReplProperties.class, Set.of());
		List<String> accepted = new ArrayList<>();
		for (String key : keys.keySet()) {
			for (String value : List.of(" ", "${NOPE: }", "a ${NOPE}")) {
				String said = said(Map.of(key, value));
				if (!said.startsWith("Property " + key + " is '")) {
					accepted.add(key + "=" + value + ": " + said);
				}
			}
		}
		assertThat(keys).hasSizeGreaterThanOrEqualTo(7);
		assertThat(accepted).isEmpty();
	}

	@Test
	void anEmptyValueIsAsIfItWereNotThere() {
		ReplSettings without = settings(Map.of());
		assertThat(without.prompt()).isEqualTo("{session}> ");
		EdgeValues.keys("socket.repl.", ReplProperties.class, Set.of())
			.keySet()
			.forEach((key) -> assertThat(settings(Map.of(key, ""))).as(key).isEqualTo(without));
	}

	private ReplSettings settings(Map<String, Object> properties) {
		AtomicReference<ReplSettings> settings = new AtomicReference<>();
		this.runner.withInitializer(UntrimmedProperties.of(properties))
			.run((context) -> settings.set(context.getBean(ReplProperties.class).settings()));
		return settings.get();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "${NOPE}", "${NOPE:}", "${NOPE: }" })
	void noPasswordThatIsMissingLeavesAConsoleOpen(String password) {
		assertThat(said(Map.of("socket.repl.allow-remote", "true", "socket.servers.console.address", "any",
				"socket.repl.password", password)))
			.startsWith("Property socket.repl.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "${NOPE:}" })
	void noSwitchThatIsMissingLetsOtherMachinesIn(String allowRemote) {
		assertThat(said(Map.of("socket.repl.allow-remote", allowRemote, "socket.servers.console.address", "any",
				"socket.repl.password", "secret")))
			.startsWith("Property socket.");
	}

	private String said(Map<String, Object> properties) {
		List<String> said = new ArrayList<>();
		this.runner.withInitializer(UntrimmedProperties.of(properties)).run((context) -> {
			Throwable failure = context.getStartupFailure();
			FailureAnalysis analysis = (failure != null)
					? new InvalidSocketPropertyFailureAnalyzer(new MockEnvironment()).analyze(failure) : null;
			said.add(
					(analysis != null) ? analysis.getDescription() : (failure != null) ? failure.toString() : "starts");
		});
		return said.get(0);
	}

}
