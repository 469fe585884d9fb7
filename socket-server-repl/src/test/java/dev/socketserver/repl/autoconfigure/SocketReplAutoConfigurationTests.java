package dev.socketserver.repl.autoconfigure;

import java.util.function.UnaryOperator;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.repl.Repl;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

@ExtendWith(OutputCaptureExtension.class)
class SocketReplAutoConfigurationTests {

	private final ApplicationContextRunner withoutRepl = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.withoutRepl
		.withConfiguration(AutoConfigurations.of(SocketReplAutoConfiguration.class));

	@Test
	void anApplicationThatAsksForNoConsoleHasNothingThatEvaluates() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Repl.class)
			.doesNotHaveBean(SessionEvaluator.class)
			// Each start would bind them.
			.doesNotHaveBean(ReplProperties.class));
	}

	@Test
	void aConsoleThatNothingMakesIsExplained() {
		this.withoutRepl.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=repl")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessageStartingWith("Property socket.servers.test.handler is 'repl': SocketReplAutoConfiguration, "
						+ "which makes consoles, is excluded, or was left out when the application was processed"));
	}

	@Test
	void noBeanWinsOverTheConsole(CapturedOutput log) {
		this.runner.withUserConfiguration(ReplBean.class)
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=repl",
					"socket.repl.prompt=>")
			.run((context) -> {
				try (TestPeer peer = TestPeer
					.connect(context.getBean(SocketServers.class).get("test").localAddress())) {
					assertThat(peer.ask("1 + 1")).isEqualTo(">2");
				}
				assertThat(log).contains("Server 'test' has the built-in handler repl");
			});
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "servers.test.transport=nio", "server-defaults.transport=nio", "servers.test.enabled=false" })
	void aConsoleIsNeitherRestartedNorRemovedByAChange(String change) {
		this.runner.withConfiguration(AutoConfigurations.of(SocketSettingsAutoConfiguration.class))
			.withPropertyValues("socket.servers.test.port=0", "socket.servers.test.handler=repl")
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				settings.plan();
				try (TestPeer peer = TestPeer.connect(context, "test")) {
					assertThat(peer.ask("1 + 1")).isEqualTo("test-1> 2");
					TestPropertyValues.of("socket." + change).applyTo(context);

					assertThat(settings.plan().changes()).extracting(SettingsChange::verdict, SettingsChange::reason)
						.containsExactly(
								tuple(Verdict.REFUSED, "The application must be restarted: a console is made with it"));
					assertThat(settings.apply(settings.plan(), Verdict.REMOVE).applied()).isEmpty();
					assertThat(peer.ask("1 + 2")).isEqualTo("test-1> 3");
				}
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "pasword", "pwd", "secret" })
	void aPasswordWithAWrongKeyIsNotShown(String key) {
		this.runner.withPropertyValues("socket.repl." + key + "=hunter2")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("Property socket.repl." + key + " is '******': there is no such key"));
	}

	@Configuration(proxyBeanMethods = false)
	static class ReplBean {

		@Bean
		UnaryOperator<String> repl() {
			return UnaryOperator.identity();
		}

	}

}
