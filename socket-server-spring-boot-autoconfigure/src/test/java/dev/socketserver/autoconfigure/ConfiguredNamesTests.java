package dev.socketserver.autoconfigure;

import java.util.Map;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.properties.EntryNames;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyFailureAnalyzer;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.Variables;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How names of servers and keys are written in each source of properties. */
@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class ConfiguredNamesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner upper = this.runner.withUserConfiguration(UpperHandler.class)
		.withPropertyValues("socket.servers.upper.port=0");

	@Test
	void theAnalysisNamesTheVariableThatAnEntryIsFrom() {
		MockEnvironment environment = new MockEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					Map.of("SOCKET_SERVERS_UPER_PORT", "0", "SOCKET_SERVERS_LOWER_BACKLOG", "5")));
		environment.setProperty("socket.servers.lower.port", "0");
		InvalidSocketPropertyFailureAnalyzer analyzer = new InvalidSocketPropertyFailureAnalyzer(environment);
		assertThat(analyzer
			.analyze(new InvalidSocketPropertyException("socket.servers.uper.handler", null, "there is none", "Set it"))
			.getDescription()).contains("Origin: \"SOCKET_SERVERS_UPER_PORT\" from");
		assertThat(analyzer
			.analyze(
					new InvalidSocketPropertyException("socket.servers.lower.handler", null, "there is none", "Set it"))
			.getDescription()).doesNotContain("Origin");
	}

	@Test
	void anUnknownKeyInTheEnvironmentIsAWarning(CapturedOutput output) {
		this.upper.withSystemProperties("socket.servers.upper.prot=1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Property socket.servers.upper.prot is ignored: there is no such key, "
				+ "nearest: 'socket.servers.upper.port'");
	}

	@Test
	void anUnknownKeyOfAFramingInTheEnvironmentNamesItsType(CapturedOutput output) {
		this.upper.withPropertyValues("socket.servers.upper.framing.type=delimiter")
			.withPropertyValues("socket.servers.upper.framing.delimiters=;")
			.withSystemProperties("socket.servers.upper.framing.kep=true")
			.run((context) -> assertThat(output).contains("Property socket.servers.upper.framing.kep is ignored: "
					+ "a framing of type 'delimiter' has no such key, nearest: 'socket.servers.upper.framing.keep'"));
	}

	@Test
	void aVariableThatOverridesMakesNoSecondServer(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer(
					Variables.of("SOCKET_SERVERS_MYSERVER_LIMITS_SESSIONS=3", "SOCKET_SERVER_DEFAULTS_TRANSPORT=nio"))
			.run((context) -> {
				assertThat(context.getBean(SocketServers.class)).extracting(SocketServer::name)
					.containsExactly("my-server");
				ServerSpec spec = server(context, "my-server").spec();
				assertThat(spec.limits().sessions()).isEqualTo(3);
				assertThat(spec.transport()).isEqualTo(SocketTransport.NIO);
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void aVariableWithUnderscoresForAllDashesIsNotSaidToBeIgnored(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MY_SERVER_LIMITS_ON_FULL=wait",
					"SOCKET_SERVERS_MY_SERVER_LIMITS_ALLOW_0=127.0.0.0/8", "SOCKET_SERVER_DEFAULTS_FRAMING_TYPE=line",
					"SOCKET_SERVER_DEFAULTS_FRAMING_ENDING=crlf"))
			.run((context) -> {
				ServerSpec spec = server(context, "my-server").spec();
				assertThat(spec.limits().onFull()).isEqualTo(OnFull.WAIT);
				assertThat(spec.limits().allow()).hasSize(1);
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void aVariableOfANameThatBeginsWithAnotherOneIsNotSaidToBeIgnored(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper",
					"socket.servers.my-server-two.port=0", "socket.servers.my-server-two.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MY_SERVER_TWO_LIMITS_ON_FULL=wait"))
			.run((context) -> {
				assertThat(server(context, "my-server-two").spec().limits().onFull()).isEqualTo(OnFull.WAIT);
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void aVariableWithUnderscoresForSomeDashesIsSaidToBeIgnored(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MYSERVER_LIMITS_ON_FULL=wait"))
			.run((context) -> {
				assertThat(server(context, "my-server").spec().limits().onFull()).isEqualTo(OnFull.REJECT);
				assertThat(output).contains("Property socket.servers.myserver.limits.on.full is ignored: "
						+ "there is no such key, nearest: 'socket.servers.myserver.limits.on-full'");
			});
	}

	@Test
	void aVariableThatHasAnUnderscoreForADashIsNotifiedTheKeyWithout(CapturedOutput output) {
		this.upper.withInitializer(Variables.of("SOCKET_SERVERS_MY_OWN_SERVER_LIMITS_SESSIONS=3"))
			.run((context) -> assertThat(output)
				.contains("Property socket.servers.my.own.server.limits.sessions is ignored: there is no such key, "
						+ "nearest: 'socket.servers.myownserver.limits.sessions'"));
	}

	@Test
	void aMisspelledVariableWithUnderscoresForDashesIsNotifiedTheKeyOfItsServer(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper",
					"socket.servers.my-server-two.port=0", "socket.servers.my-server-two.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MY_SERVER_LIMIT_SESSIONS=3",
					"SOCKET_SERVERS_MY_SERVER_TWO_ARG_0=x", "SOCKET_SERVER_DEFAULTS_DRAIN_TIMEOT=1s"))
			.run((context) -> assertThat(output).contains("nearest: 'socket.servers.my-server.limits.sessions'")
				.contains("nearest: 'socket.servers.my-server-two.args")
				.contains("nearest: 'socket.server-defaults.drain-timeout'"));
	}

	@Test
	void aVariableThatIsAValueWhereThereShouldBeKeysIsIgnored(CapturedOutput output) {
		this.upper.withInitializer(Variables.of("SOCKET_SERVERS_PORT=tcp://192.0.2.1:80", "SOCKET_CLIENTS=two"))
			.run((context) -> {
				assertThat(context.getBean(SocketServers.class)).extracting(SocketServer::name)
					.containsExactly("upper");
				assertThat(output).contains("Property socket.servers.port is ignored: there is no such key")
					.contains("Property socket.clients is ignored: there is no such key");
			});
	}

	@Test
	void namesThatDifferOnlyInDashesInOneSourceFail() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper",
					"socket.servers.myserver.port=0", "socket.servers.myserver.handler=upper")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription()).matches("Property socket\\.servers\\.my-?server is 'my-?server': "
						+ "names that differ only in dashes or capitals are the same, and there is 'my-?server'\\.");
				assertThat(analysis.getAction()).isEqualTo("Choose another name for one of them.");
			});
	}

	@Test
	void anotherSourceMaySpellANameInAnotherWay() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("other", Map.of("socket.servers.myServer.limits.sessions", "3"))))
			.run((context) -> assertThat(server(context, "my-server").spec().limits().sessions()).isEqualTo(3));
	}

	@Test
	void namesThatDifferOnlyInDashesFail() {
		assertThatExceptionOfType(InvalidSocketPropertyException.class)
			.isThrownBy(() -> EntryNames.collapse(Section.SERVERS, Map.of("my-server", 1, "mys-erver", 2)))
			.withMessageContaining("names that differ only in dashes or capitals");
		assertThat(EntryNames.collapse(Section.SERVERS, Map.of("upper", 1, "lower", 2))).hasSize(2);
	}

	private static SocketServer server(AssertableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

}
