package dev.socketserver.autoconfigure.registration;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketServerSpecCustomizer} and {@link SocketServerSpecFactory}.
 */
class SocketServerSpecsTests {

	private static final ServerHandler LOWER = ServerHandler.function("lower",
			PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line.toLowerCase());

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class)
		.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=7",
				"socket.servers.other.port=0", "socket.servers.other.handler=upper");

	private static ServerSpec spec(ApplicationContext context, String server) {
		return context.getBean(SocketServers.class).get(server).spec();
	}

	@Test
	void customizersChangeWhatThePropertiesSayInTheirOrder() {
		this.runner.withUserConfiguration(Customizers.class).run((context) -> {
			assertThat(spec(context, "upper").limits().sessions()).isEqualTo(9);
			assertThat(spec(context, "other").limits().sessions()).isEqualTo(8);
			assertThat(spec(context, "upper").session().requestsPerSession()).isEqualTo(1);
			assertThat(context.getBean(Customizers.class).called).containsExactly("first", "second", "first", "second");
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				assertThat(peer.read()).as("requests-per-session is 1").isNull();
			}
		});
	}

	@Test
	void whatACustomizerBreaksFailsTheStartAndIsNotSaidOfAProperty() {
		this.runner
			.withBean(SocketServerSpecCustomizer.class, () -> (server, spec) -> spec.limits((l) -> l.sessions(-1)))
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
					"What SocketServerSpecCustomizer beans have made of server 'upper' is not possible: "));
	}

	@Test
	void aServerThatIsRegisteredIsMadeAsThePropertiesWould() {
		this.runner.withUserConfiguration(Customizers.class)
			.withPropertyValues("socket.server-defaults.timeouts.idle=17s", "socket.server-defaults.limits.frame=2KB")
			.run((context) -> {
				SocketServerSpecFactory specs = context.getBean(SocketServerSpecFactory.class);
				ServerSpec spec = specs
					.builder("lower",
							Map.of("framing.type", "start-end", "framing.start", "<", "framing.end", ">",
									"timeouts.frame", "3s"))
					.handler(LOWER)
					.build();
				assertThat(spec.session().framing().type()).isEqualTo("start-end");
				assertThat(spec.session().timeouts().idle()).isEqualTo(Duration.ofSeconds(17));
				assertThat(spec.session().maxFrameBytes()).isEqualTo(2048);
				assertThat(spec.limits().sessions()).as("a customizer's").isEqualTo(8);
				try (TestPeer peer = peer(context, spec)) {
					peer.send("<ABC>");
					assertThat(peer.end()).isEqualTo("<abc>");
				}
			});
	}

	@Test
	void aServerThatIsRegisteredMayHaveAHandlerBean() {
		this.runner.run((context) -> {
			ServerSpec spec = context.getBean(SocketServerSpecFactory.class)
				.builder("third", Map.of("handler", "upper"))
				.build();
			try (TestPeer peer = peer(context, spec)) {
				assertThat(peer.ask("x")).isEqualTo("X");
			}
		});
	}

	private static TestPeer peer(ApplicationContext context, ServerSpec spec) {
		SocketServer server = context.getBean(SocketServers.class).register(spec);
		server.start();
		return TestPeer.connect(server.localAddress());
	}

	@Test
	void wrongPropertiesOfARegisteredServerAreReportedAsAnyOthers() {
		this.runner.run((context) -> {
			SocketServerSpecFactory specs = context.getBean(SocketServerSpecFactory.class);
			assertThatExceptionOfType(InvalidSocketPropertyException.class)
				.isThrownBy(() -> specs.builder("lower", Map.of("ssl.bundle", "none")))
				.withMessageContaining("socket.servers.lower.ssl.bundle");
			assertThatExceptionOfType(InvalidSocketPropertyException.class)
				.isThrownBy(() -> specs.builder("lower", Map.of("correlator", "none")))
				.withMessageContaining("socket.servers.lower.correlator");
			assertThatExceptionOfType(BindException.class)
				.isThrownBy(() -> specs.builder("lower", Map.of("farewel", "bye")))
				.withStackTraceContaining("socket.servers.lower.farewel");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		private final List<String> called = new ArrayList<>();

		@Bean
		@Order(2)
		SocketServerSpecCustomizer second() {
			return (server, spec) -> {
				this.called.add("second");
				if (server.equals("upper")) {
					spec.limits((l) -> l.sessions(9)).requestsPerSession(1);
				}
			};
		}

		@Bean
		@Order(1)
		SocketServerSpecCustomizer first() {
			return (server, spec) -> {
				this.called.add("first");
				spec.limits((l) -> l.sessions(8));
			};
		}

	}

}
