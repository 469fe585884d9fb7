package dev.socketserver.autoconfigure.named;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.client.SocketClient;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.operator.ServerOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Servers and clients as beans, by their names. */
class NamedBeansTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class)
		.withPropertyValues("socket.servers.upper.port=0", "socket.servers.echo.port=0",
				"socket.servers.echo.handler=echo", "socket.clients.plant.port=1",
				"socket.clients.plant.start.auto=false");

	/** They are made at each start, not ahead of time. */
	@ParameterizedTest
	@ValueSource(strings = { "ofInjectionPoint", "ofName" })
	void nativeImagesKeepWhatMakesThem(String method) {
		RuntimeHints hints = new RuntimeHints();
		AotServices.factories()
			.load(RuntimeHintsRegistrar.class)
			.forEach((each) -> each.registerHints(hints, getClass().getClassLoader()));
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(NamedBeans.class, method)).accepts(hints);
	}

	@Test
	void serversAndClientsAreInjectedByQualifierAndByTheNameOfTheFieldOrParameter() {
		this.runner.withUserConfiguration(Fields.class, Parameters.class).run((context) -> {
			Fields fields = context.getBean(Fields.class);
			assertThat(fields.qualified.name()).isEqualTo("upper");
			assertThat(fields.qualified.state()).isEqualTo(ServerState.RUNNING);
			assertThat(fields.upper.name()).isEqualTo("upper");
			assertThat(fields.upper).isEqualTo(fields.qualified)
				.hasSameHashCodeAs(fields.qualified)
				.hasToString("SocketServer 'upper'")
				.isNotEqualTo(context.getBean(Parameters.class).echo);
			assertThat(fields.plant.name()).isEqualTo("plant");
			assertThat(ServerOperations.of(fields.upper).endedSessions()).isEmpty();
			ClientOperations.of(fields.plant).reconfigure(fields.plant.spec(), 2);
			assertThat(context.getBean(Parameters.class).echo.name()).isEqualTo("echo");
			assertThat(context.getBean(Parameters.class).client.name()).isEqualTo("plant");
		});
	}

	@Test
	void nameThatNoServerHasFailsWithTheNearest() {
		this.runner.withUserConfiguration(Misspelled.class)
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(Misspelled.class).uper.name())
				.withMessage("There is no server 'uper', nearest: 'upper'"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void qualifierThatNoServerHasFailsTheStartWithTheNearest(CapturedOutput output) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(WrongQualifier.class).run("--socket.servers.upper.port=0",
					"--socket.cluster.enabled=false", "--spring.main.web-application-type=none"));
		assertThat(output).contains("the server 'uper', which socket.servers does not have; nearest: 'upper'");
	}

	@Test
	void serverOfTheApplicationIsInjectedInsteadOfOneByName() {
		this.runner.withUserConfiguration(OwnServer.class, Misspelled.class)
			.run((context) -> assertThat(context.getBean(Misspelled.class).uper.name()).isEqualTo("echo"));
	}

	static class Fields {

		@Autowired
		@Qualifier("upper")
		SocketServer qualified;

		@Autowired
		SocketServer upper;

		@Autowired
		SocketClient plant;

	}

	static class Parameters {

		final SocketServer echo;

		final SocketClient client;

		Parameters(SocketServer echo, @Qualifier("plant") SocketClient client) {
			this.echo = echo;
			this.client = client;
		}

	}

	static class Misspelled {

		@Autowired
		SocketServer uper;

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServer {

		@Bean
		SocketServer own(@Qualifier("echo") SocketServer server) {
			return server;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UpperHandler.class)
	static class WrongQualifier {

		@Bean
		String needs(@Qualifier("uper") SocketServer server) {
			return server.name();
		}

	}

}
