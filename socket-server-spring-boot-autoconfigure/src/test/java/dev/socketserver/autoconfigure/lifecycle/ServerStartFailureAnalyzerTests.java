package dev.socketserver.autoconfigure.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class ServerStartFailureAnalyzerTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					PORT_IN_USE           | Property socket.servers.upper.port is '80', and another socket already uses that port. | set socket.servers.upper.port to another port, or to 0
					ADDRESS_NOT_AVAILABLE | Property socket.servers.upper.address is 'localhost', which is not an address of this machine.   | Set socket.servers.upper.address to an address of this machine, or to 'any'
					PERMISSION_DENIED     | Property socket.servers.upper.port is '80', for which this process has no permission.        | Set socket.servers.upper.port to a port above 1023
					UNKNOWN_HOST          | Property socket.servers.upper.address is 'localhost', a host name that cannot be resolved: the reason. | Correct socket.servers.upper.address
					TRANSPORT_UNAVAILABLE | Property socket.servers.upper.transport names a transport that this machine does not have: the reason. | Set socket.servers.upper.transport to auto or nio
					NO_EVENT_LOOPS        | Property socket.event-loop-threads is not set, and the system does not provide that many: the reason. | Set socket.event-loop-threads to the number of cores
					OTHER                 | Property socket.servers.upper.port is '80': the reason.                                      | Check socket.servers.upper.address and socket.servers.upper.port
					""")
	void namesServerPropertyValueAndRemedy(Problem problem, String fact, String action) {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(new MockEnvironment())
			.analyze(new IllegalStateException(new ServerStartException("upper",
					InetSocketAddress.createUnresolved("localhost", 80), problem, new IOException("the reason"))));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo("Server 'upper' cannot listen on localhost:80. " + fact);
		assertThat(analysis.getAction()).contains(action);
	}

	@Test
	void namesTheGroupThatCannotBeJoined() {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(new MockEnvironment())
			.analyze(new ServerStartException("upper", new InetSocketAddress(5000), Problem.GROUP,
					new UnusableSocketException("udp.groups", "has 239.1.2.3@eth7, and there is no eth7",
							"Correct the name")));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo("Server 'upper' cannot listen on 0.0.0.0:5000. Property "
				+ "socket.servers.upper.udp.groups has 239.1.2.3@eth7, and there is no eth7.");
		assertThat(analysis.getAction()).isEqualTo("Correct the name.");
	}

	@Test
	void namesTheDefaultThatAServerInherits() {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("socket.server-defaults.address", "nowhere.invalid")
			.withProperty("socket.server-defaults.transport", "epoll")
			.withProperty("socket.servers.upper.transport", "epoll");

		assertThat(analyze(environment, Problem.UNKNOWN_HOST).getAction())
			.isEqualTo("Correct socket.server-defaults.address, or set it to an address.");
		assertThat(analyze(environment, Problem.TRANSPORT_UNAVAILABLE).getAction())
			.startsWith("Set socket.servers.upper.transport to auto or nio");
	}

	@Test
	void namesTheServerThatHasTheSamePort() {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.servers.upper.port", "80")
			.withProperty("socket.servers.other.port", "81")
			.withProperty("socket.servers.lower.port", "80");

		FailureAnalysis analysis = analyze(environment, Problem.PORT_IN_USE);

		assertThat(analysis.getDescription())
			.endsWith("another socket already uses that port: server 'lower' has it too.");
		assertThat(analysis.getAction()).isEqualTo("Give the two servers different ports: set "
				+ "socket.servers.upper.port or socket.servers.lower.port to another port, or to 0 for a free one; "
				+ "if they do not listen at the same address, find and stop the program that uses port 80.");
	}

	/** TCP and UDP have ports of their own. */
	@ParameterizedTest
	@CsvSource({ "socket.servers.upper.listeners.datagrams.protocol, true", "socket.server-defaults.protocol, false",
			"socket.servers.upper.protocol, false" })
	void namesNoneWithThatPortOfAnotherProtocol(String key, boolean found) {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.servers.upper.port", "80")
			.withProperty("socket.servers.upper.listeners.datagrams.port", "80")
			.withProperty("socket.servers.lower.port", "80")
			.withProperty("socket.servers.lower.protocol", "tcp")
			.withProperty(key, "udp");

		FailureAnalysis main = analyze(environment, Problem.PORT_IN_USE);
		assertThat(main.getDescription().endsWith("server 'lower' has it too.")).isEqualTo(found);
		FailureAnalysis datagrams = new ServerStartFailureAnalyzer(environment).analyze(new ServerStartException(
				listener("datagrams"), new InetSocketAddress(80), Problem.PORT_IN_USE, new IOException("the reason")));
		assertThat(datagrams).isNotNull();
		assertThat(datagrams.getDescription().contains("has it too")).isEqualTo(!found);
	}

	private static ListenerSpec listener(String name) {
		return Objects.requireNonNull(ServerSpec.builder("upper")
			.handler(ServerHandler.function("upper", PayloadConverter.text(UTF_8), (line) -> line))
			.listener(name, (listener) -> listener.port(80))
			.build()
			.listener(name));
	}

	@Test
	void namesTheServerThatHasTheSamePath() {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("socket.servers.upper.domain-socket.path", "/run/a.sock")
			.withProperty("socket.servers.lower.port", "0")
			.withProperty("socket.servers.lower.listeners.local.domain-socket.path", "/run/a.sock");

		FailureAnalysis analysis = new ServerStartFailureAnalyzer(environment).analyze(new ServerStartException("upper",
				new UnixAddress("/run/a.sock"), Problem.SOCKET_FILE, new UnusableSocketException("domain-socket.path",
						"is a socket on which somebody listens", "Change the path")));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).endsWith("Property socket.servers.upper.domain-socket.path is a socket "
				+ "on which somebody listens: server 'lower/local' has it too.");
		assertThat(analysis.getAction()).isEqualTo("Change the path; of two servers, only one can have it: set "
				+ "socket.servers.upper.domain-socket.path or socket.servers.lower.listeners.local.domain-socket.path "
				+ "to another path.");
	}

	@ParameterizedTest
	@CsvSource({ "socket.servers.lower", "socket.server-defaults" })
	void doesNotNameAServerThatIsSwitchedOff(String where) {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.servers.upper.port", "80")
			.withProperty("socket.servers.upper.enabled", "true")
			.withProperty("socket.servers.lower.port", "80")
			.withProperty(where + ".enabled", "no");

		FailureAnalysis analysis = analyze(environment, Problem.PORT_IN_USE);

		assertThat(analysis.getDescription()).endsWith("another socket already uses that port.");
		assertThat(analysis.getAction()).startsWith("Find and stop the program that uses port 80, or set");
	}

	@Test
	void aVariableOfAnotherProgramDoesNotKeepItFromBeingExplained() {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.servers.upper.port", "80")
			.withProperty("socket.servers.lower.port", "80")
			.withProperty("socket.servers.lower.limits", "a value where there should be keys");

		assertThat(analyze(environment, Problem.PORT_IN_USE).getDescription())
			.endsWith("another socket already uses that port: server 'lower' has it too.");
	}

	@ParameterizedTest
	@CsvSource({ "::1, [::1]:80", "fe80::1, [fe80::1]:80", "127.0.0.1, 127.0.0.1:80" })
	void reportsAnAddressFromItsPort(String host, String written) throws IOException {
		InetSocketAddress resolved = new InetSocketAddress(InetAddress.getByName(host), 80);
		for (InetSocketAddress address : List.of(resolved, InetSocketAddress.createUnresolved(host, 80))) {
			FailureAnalysis analysis = new ServerStartFailureAnalyzer(new MockEnvironment())
				.analyze(new ServerStartException("upper", address, Problem.OTHER, new IOException("the reason")));

			assertThat(analysis).isNotNull();
			assertThat(analysis.getDescription()).startsWith("Server 'upper' cannot listen on " + written + ". ");
		}
	}

	@Test
	void blamesNoPropertyForWhatIsNoneOfTheNetwork() {
		InetSocketAddress address = InetSocketAddress.createUnresolved("localhost", 0);

		FailureAnalysis analysis = new ServerStartFailureAnalyzer(new MockEnvironment()).analyze(
				new ServerStartException("upper", address, Problem.OTHER, new IllegalStateException("the reason")));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo("Server 'upper' cannot start: the reason.");
	}

	@ParameterizedTest
	@CsvSource({ "dual, any, ::", "dual, *, ::", "ipv6, , ::1" })
	void namesTheFamilyThatWasAskedForWhereNoAddressIs(String family, String written, String host) throws IOException {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.server-defaults.ip-family", family);
		if (written != null) {
			environment.setProperty("socket.servers.upper.address", written);
		}

		FailureAnalysis analysis = analyze(environment, host);

		assertThat(analysis.getDescription()).endsWith("Property socket.server-defaults.ip-family is '" + family
				+ "', and " + host + " is not an address of this machine.");
		assertThat(analysis.getAction()).isEqualTo("Set socket.server-defaults.ip-family to 'any', or "
				+ "socket.servers.upper.address to an address of this machine.");
	}

	@Test
	void showsAnAddressAsItIsWritten() throws IOException {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.servers.upper.address", "::1")
			.withProperty("socket.servers.upper.ip-family", "ipv6");

		assertThat(analyze(environment, "::1").getDescription())
			.endsWith("Property socket.servers.upper.address is '::1', which is not an address of this machine.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			socket.servers.upper.options.user-timeout         | is '10s': it cannot be set. | socket.servers.upper
			socket.server-defaults.options.user-timeout       | is '10s': it cannot be set. | socket.server-defaults
			socket.servers.upper.listeners.a.options.backlog  | cannot be set.              | socket.servers.upper
			""")
	void namesTheOptionThatTheTransportLacks(String property, String problem, String block) {
		MockEnvironment environment = new MockEnvironment().withProperty(property, "10s")
			.withProperty("socket.servers.upper.transport", "nio");

		FailureAnalysis analysis = new ServerStartFailureAnalyzer(environment)
			.analyze(new ServerStartException("upper", new InetSocketAddress(80), Problem.OPTION_UNSUPPORTED,
					new UnsupportedOptionException("options.user-timeout", "cannot be set")));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo(
				"Server 'upper' cannot listen on 0.0.0.0:80. Property " + block + ".options.user-timeout " + problem);
		assertThat(analysis.getAction())
			.isEqualTo("Change " + block + ".options.user-timeout, or socket.servers.upper.transport.");
	}

	@Test
	void namesTheNumberOfEventLoopsThatWereAskedFor() {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.event-loop-threads", "1000");

		assertThat(analyze(environment, Problem.NO_EVENT_LOOPS).getDescription()).endsWith(
				"Property socket.event-loop-threads is '1000', and the system does not provide that many: the reason.");
	}

	private static FailureAnalysis analyze(Environment environment, String host) throws IOException {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(environment)
			.analyze(new ServerStartException("upper", new InetSocketAddress(InetAddress.getByName(host), 80),
					Problem.ADDRESS_NOT_AVAILABLE, new IOException("the reason")));
		assertThat(analysis).isNotNull();
		return analysis;
	}

	private static FailureAnalysis analyze(Environment environment, Problem problem) {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(environment).analyze(new ServerStartException("upper",
				InetSocketAddress.createUnresolved("nowhere.invalid", 80), problem, new IOException("the reason")));
		assertThat(analysis).isNotNull();
		return analysis;
	}

}
