package dev.socketserver.autoconfigure.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.address.Cidr;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the keys that say who may connect.
 */
@ExtendWith(OutputCaptureExtension.class)
class AdmissionPropertiesTests {

	private static final String UPPER = "socket.servers.upper.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class)
		.withPropertyValues(UPPER + "port=0", UPPER + "start.auto=false");

	private static ServerSpec spec(ApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper").spec();
	}

	@Test
	void bindsEveryKey() {
		this.runner
			.withPropertyValues(UPPER + "limits.sessions-per-address=5", UPPER + "limits.pending=7",
					UPPER + "limits.allow[0]=192.0.2.0/24", UPPER + "limits.allow[1]=2001:db8::/32",
					UPPER + "limits.deny=192.0.2.1, 192.0.2.2", UPPER + "proxy-protocol.mode=required",
					UPPER + "proxy-protocol.trusted=10.0.0.0/8")
			.run((context) -> {
				Limits limits = spec(context).limits();
				assertThat(limits.sessionsPerAddress()).isEqualTo(5);
				assertThat(limits.pending()).isEqualTo(7);
				assertThat(limits.allow()).containsExactly(Cidr.of("192.0.2.0/24"), Cidr.of("2001:db8::/32"));
				assertThat(limits.deny()).containsExactly(Cidr.of("192.0.2.1/32"), Cidr.of("192.0.2.2/32"));
				assertThat(spec(context).proxyProtocol())
					.isEqualTo(new ProxyProtocol(ProxyMode.REQUIRED, List.of(Cidr.of("10.0.0.0/8"))));
			});
	}

	@Test
	void anInheritedLoginIsSwitchedOff() {
		this.runner
			.withPropertyValues("socket.server-defaults.login.timeout=5m", "socket.server-defaults.login.messages=1",
					UPPER + "login.timeout=0", UPPER + "start.auto=true")
			.run((context) -> {
				assertThat(spec(context).gate().login()).isNull();
				try (TestPeer peer = TestPeer.connect(context, "upper")) {
					assertThat(peer.ask("a")).isEqualTo("A");
					assertThat(peer.ask("b")).isEqualTo("B");
				}
			});
	}

	@Test
	void whatIsNotSaidIsOff() {
		this.runner.run((context) -> {
			Limits limits = spec(context).limits();
			assertThat(limits.sessionsPerAddress()).isZero();
			assertThat(limits.pending()).isEqualTo(1_000);
			assertThat(limits.allow()).isEmpty();
			assertThat(limits.deny()).isEmpty();
			assertThat(spec(context).proxyProtocol().mode()).isEqualTo(ProxyMode.OFF);
		});
	}

	/** Lists are inherited whole, and YAML takes off for false. */
	@Test
	void entriesInheritOrReplace() throws Exception {
		String yaml = """
				socket:
				  server-defaults:
				    limits: { allow: [ 192.0.2.0/24, 198.51.100.0/24 ], deny: [ 192.0.2.1 ] }
				    proxy-protocol: { mode: optional, trusted: [ 10.0.0.0/8 ] }
				  servers:
				    upper:
				      limits: { allow: [ 203.0.113.0/24 ], deny: [] }
				      proxy-protocol: { mode: off }
				""";
		this.runner
			.withInitializer((context) -> load(yaml).forEach(context.getEnvironment().getPropertySources()::addLast))
			.run((context) -> {
				assertThat(spec(context).limits().allow()).containsExactly(Cidr.of("203.0.113.0/24"));
				assertThat(spec(context).limits().deny()).isEmpty();
				assertThat(spec(context).proxyProtocol())
					.isEqualTo(new ProxyProtocol(ProxyMode.OFF, List.of(Cidr.of("10.0.0.0/8"))));
			});
	}

	private static List<PropertySource<?>> load(String yaml) {
		try {
			return new YamlPropertySourceLoader().load("yaml",
					new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					limits.allow=10.0.0.1/8    | .limits.allow   | '10.0.0.1/8'   | write 10.0.0.0/8 for the range | Change socket.servers.upper.limits.allow
					limits.deny=10.0.0.0/8, me | .limits.deny    | 'me'           | must be an address or a range  | Change socket.servers.upper.limits.deny
					limits.deny[0]=fe80::1%1   | .limits.deny    | 'fe80::1%1'    | must have no zone              | Change socket.servers.upper.limits.deny
					limits.allow=::ffff:10.0.0.1 | .limits.allow | '::ffff:10.0.0.1' | IPv4 address that it stands for: 10.0.0.1 | Change socket.servers.upper.limits.allow
					limits.pending=0           | .limits.pending | '0'            | must be positive               | Change socket.servers.upper.limits.pending
					limits.sessions-per-address=-1 | .limits.sessions-per-address | '-1' | must not be negative  | Change socket.servers.upper.limits.sessions-per-address
					limits.session-per-address=1 | .limits.session-per-address | '1' | nearest: 'socket.servers.upper.limits.sessions-per-address' | Change the key
					limits.denied=10.0.0.0/8   | .limits.denied  | '10.0.0.0/8'   | nearest: 'socket.servers.upper.limits.deny' | Change the key
					proxy-protocol=required    | .proxy-protocol | 'required'     | it is a block with the keys mode, trusted | such as socket.servers.upper.proxy-protocol.mode
					proxy-protocol.trust=10.0.0.0/8 | .proxy-protocol.trust | '10.0.0.0/8' | nearest: 'socket.servers.upper.proxy-protocol.trusted' | Change the key
					proxy-protocol.mode=always | .proxy-protocol.mode | 'always'  | one of off, optional, required | Change socket.servers.upper.proxy-protocol.mode
					proxy-protocol.mode=required | .proxy-protocol.trusted | not set | socket.servers.upper.proxy-protocol.mode is required | addresses of the load balancers
					""")
	void aWrongValueFailsTheStart(String property, String name, String value, String problem, String remedy) {
		this.runner.withPropertyValues(UPPER + property).run((context) -> {
			assertThat(context).hasFailed();
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.description()).startsWith("Property socket.servers.upper" + name + " is " + value + ":")
				.contains(problem);
			assertThat(failure.remedy()).contains(remedy);
		});
	}

	@Test
	void aModeThatIsInheritedIsNamedWhereItIs() {
		this.runner.withPropertyValues("socket.server-defaults.proxy-protocol.mode=optional")
			.run((context) -> assertThat(failure(context).description()).contains(
					"socket.servers.upper.proxy-protocol.trusted is not set",
					"socket.server-defaults.proxy-protocol.mode is optional"));
	}

	@Test
	void whatHasNoEffectIsWarnedAbout(CapturedOutput output) {
		this.runner
			.withPropertyValues(UPPER + "proxy-protocol.trusted=10.0.0.0/8", UPPER + "limits.pending=7",
					UPPER + "limits.sessions=5", UPPER + "limits.sessions-per-address=5")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains(UPPER + "proxy-protocol.trusted has no effect: proxy-protocol.mode is off", UPPER
				+ "limits.pending has no effect: every connection is a session at once, without ssl.bundle and proxy-protocol",
				UPPER + "limits.sessions-per-address has no effect: limits.sessions is not higher");
	}

}
