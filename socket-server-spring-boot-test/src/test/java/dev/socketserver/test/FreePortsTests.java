package dev.socketserver.test;

import java.util.Map;

import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.test.SocketServerPorts.Mode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that servers listen on free ports, wherever their ports come from, unless
 * {@link SocketServerPorts} says otherwise.
 */
class FreePortsTests {

	@Test
	void aServerWithoutAPortIsLeftWithoutOne() {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.servers.a.handler", "x")
			.withProperty("socket.servers.my-server.port", "1");
		environment.getPropertySources().addFirst(new FreePortsPropertySource(environment.getPropertySources()));

		assertThat(environment.getProperty("socket.servers.a.port")).isNull();
		assertThat(environment.getProperty("socket.servers.my-server.port")).isEqualTo("0");
		assertThat(environment.getProperty("socket.servers.my-server.port.x")).isNull();
	}

	@Test
	void portsOfClientsAreLeftAlone() {
		MockEnvironment environment = new MockEnvironment().withProperty("socket.clients.a.port", "1");
		environment.getPropertySources().addFirst(new FreePortsPropertySource(environment.getPropertySources()));

		assertThat(environment.getProperty("socket.clients.a.port")).isEqualTo("1");
	}

	/** Names have no underscore. */
	@Test
	void eachUnixSocketHasAPathOfItsOwn() {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("socket.servers.gateway.listeners.local.domain-socket.path", "/run/a.sock")
			.withProperty("socket.servers.gateway-local.domain-socket.path", "/run/b.sock");
		environment.getPropertySources().addFirst(new FreePortsPropertySource(environment.getPropertySources()));

		assertThat(environment.getProperty("socket.servers.gateway-local.domain-socket.path")).isNotNull()
			.isNotEqualTo(environment.getProperty("socket.servers.gateway.listeners.local.domain-socket.path"));
	}

	@Test
	void customizersAreEqual() {
		assertThat(new FreePortsContextCustomizer()).isEqualTo(new FreePortsContextCustomizer())
			.hasSameHashCodeAs(new FreePortsContextCustomizer());
	}

	private static void assertFree(SocketServers servers) {
		assertThat(servers).isNotEmpty().allSatisfy((server) -> {
			assertThat(server.spec().port()).isZero();
			assertThat(server.localAddress()).isNotNull();
		});
	}

	@Nested
	@SpringBootTest(classes = TestServers.class,
			properties = { TestServers.ECHO_PORT, TestServers.FRAMES_PORT, TestServers.FRAMES_FRAMING })
	class FromTheAnnotation {

		@Test
		void portsAreFree(@Autowired SocketServers servers) {
			assertFree(servers);
		}

		@Nested
		@TestPropertySource(properties = "socket.servers.echo.port=4713")
		class AndAnotherOne {

			@Test
			void portsAreFree(@Autowired SocketServers servers) {
				assertFree(servers);
			}

		}

		@Nested
		@SocketServerPorts(Mode.RANDOM)
		class SaidAgain {

			@Test
			void portsAreFree(@Autowired SocketServers servers) {
				assertFree(servers);
			}

		}

	}

	@Nested
	@SpringBootTest(classes = TestServers.class)
	@ActiveProfiles("free-ports")
	class FromAProfile {

		@Test
		void portsAreFree(@Autowired SocketServers servers) {
			assertFree(servers);
		}

	}

	@Nested
	@SpringBootTest(classes = TestServers.class)
	class FromDynamicProperties {

		@DynamicPropertySource
		static void ports(DynamicPropertyRegistry registry) {
			registry.add("socket.servers.echo.port", () -> 4711);
			registry.add("socket.servers.frames.port", () -> 4712);
			registry.add("socket.servers.frames.framing", () -> "length-field");
		}

		@Test
		void portsAreFree(@Autowired SocketServers servers) {
			assertFree(servers);
		}

	}

	@Nested
	@SpringBootTest(classes = { TestServers.class, FromAPropertySource.Source.class })
	class FromAPropertySource {

		@Test
		void portsAreFree(@Autowired SocketServers servers) {
			assertFree(servers);
		}

		@TestConfiguration(proxyBeanMethods = false)
		@PropertySource("classpath:free-ports.properties")
		static class Source {

		}

	}

	@Nested
	@SpringBootTest(classes = TestServers.class)
	@ContextConfiguration(initializers = FromEnvironmentVariables.Variables.class)
	class FromEnvironmentVariables {

		@Test
		void portsAreFree(@Autowired SocketServers servers) {
			assertFree(servers);
		}

		static class Variables implements ApplicationContextInitializer<ConfigurableApplicationContext> {

			@Override
			public void initialize(ConfigurableApplicationContext context) {
				context.getEnvironment()
					.getPropertySources()
					.addFirst(new SystemEnvironmentPropertySource(
							"test-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("SOCKET_SERVERS_ECHO_PORT", "4711", "SOCKET_SERVERS_FRAMES_PORT", "4712",
									"SOCKET_SERVERS_FRAMES_FRAMING", "length-field")));
			}

		}

	}

	@Nested
	@SpringBootTest(classes = TestServers.class,
			properties = { "socket.servers.frames.port=0", TestServers.FRAMES_FRAMING })
	@SocketServerPorts(Mode.DEFINED)
	class Defined {

		private static final int PORT = Ports.free();

		@DynamicPropertySource
		static void port(DynamicPropertyRegistry registry) {
			registry.add("socket.servers.echo.port", () -> PORT);
		}

		@Test
		void portsAreThoseConfigured(@LocalSocketPort("echo") int port) {
			assertThat(port).isEqualTo(PORT);
		}

		@Nested
		class Inside {

			@Test
			void portsAreThoseConfigured(@LocalSocketPort("echo") int port) {
				assertThat(port).isEqualTo(PORT);
			}

		}

	}

}
