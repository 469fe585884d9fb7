package dev.socketserver.test;

import java.util.HashSet;
import java.util.Set;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.env.Environment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LocalSocketPort} and {@link SocketConnection}.
 */
@SpringBootTest(classes = TestServers.class,
		properties = { TestServers.ECHO_PORT, TestServers.FRAMES_PORT, TestServers.FRAMES_FRAMING })
class InjectionTests {

	@LocalSocketPort("echo")
	private int port;

	@LocalSocketPort("frames")
	private Integer framesPort;

	@SocketConnection("echo")
	private SocketTestClient echo;

	@SocketConnection("frames")
	private SocketTestClient frames;

	private int portBeforeEach;

	@BeforeEach
	void remember(@LocalSocketPort("echo") int port) {
		assertThat(this.echo.ask("ready")).isEqualTo("ready");
		this.portBeforeEach = port;
	}

	@Test
	void reportsThePortThatAServerWasGiven(@Autowired Environment environment, @Autowired SocketServers servers,
			@LocalSocketPort("echo") int parameter) {
		assertThat(this.port).isEqualTo(parameter)
			.isEqualTo(this.portBeforeEach)
			.isEqualTo(environment.getProperty("local.socket.echo.port", Integer.class))
			.isNotEqualTo(4711)
			.isNotEqualTo(this.framesPort);
		assertThat(servers.server("echo").map(SocketServer::localAddress).orElseThrow().getPort()).isEqualTo(this.port);
	}

	@Test
	void speaksTheFramingOfTheServer(@SocketConnection("frames") SocketTestClient parameter) {
		this.echo.sendRaw("line\n").expectBytes("line\n");
		this.frames.send("two\nlines").expectBytes("\0\0\0\11two\nlines");
		assertThat(parameter.ask("frame")).isEqualTo("frame");
		assertThat(parameter).isNotSameAs(this.frames);
	}

	@Test
	void connectsToAServerByItself(@Autowired SocketServers servers) {
		try (SocketTestClient client = SocketTestClient.connect(servers.get("frames"))) {
			assertThat(client.ask("x")).isEqualTo("x");
		}
	}

	@Nested
	class Inside {

		@LocalSocketPort("echo")
		private int innerPort;

		@SocketConnection("echo")
		private SocketTestClient inner;

		@Test
		void theFieldsOfBothClassesAreSet() {
			assertThat(this.innerPort).isEqualTo(InjectionTests.this.port);
			assertThat(this.inner.ask("inner")).isEqualTo("inner");
			assertThat(InjectionTests.this.echo.ask("outer")).isEqualTo("outer");
		}

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class OneInstance {

		private final Set<SocketTestClient> seen = new HashSet<>();

		@LocalSocketPort("echo")
		private int innerPort;

		@SocketConnection("echo")
		private SocketTestClient client;

		private SocketTestClient lasting;

		@BeforeAll
		void connect(@SocketConnection("echo") SocketTestClient lasting) {
			assertThat(this.innerPort).isPositive();
			this.lasting = lasting;
		}

		@RepeatedTest(2)
		void hasANewConnectionForEachTest() {
			assertThat(this.client.ask("x")).isEqualTo("x");
			assertThat(this.lasting.ask("y")).isEqualTo("y");
			assertThat(this.seen.add(this.client)).isTrue();
		}

		@AfterAll
		void closesConnectionsAfterEachTest(@Autowired SocketServers servers) {
			assertThat(this.seen).hasSize(2);
			await().untilAsserted(() -> assertThat(servers.get("echo").statistics().active()).isEqualTo(1));
			assertThat(this.lasting.ask("z")).isEqualTo("z");
		}

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	@TestPropertySource(properties = "contexts=several") // closes no context of others
	class OneInstanceForSeveralContexts {

		@LocalSocketPort("echo")
		private int innerPort;

		@SocketConnection("echo")
		private SocketTestClient client;

		@RepeatedTest(2)
		@DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
		void hasThePortOfTheNewContext(@LocalSocketPort("echo") int parameter) {
			assertThat(this.innerPort).isEqualTo(parameter);
			assertThat(this.client.ask("x")).isEqualTo("x");
		}

	}

	@Nested
	class WithAConstructor {

		private final int constructorPort;

		private final SocketTestClient client;

		WithAConstructor(@LocalSocketPort("echo") int constructorPort,
				@SocketConnection("echo") SocketTestClient client) {
			this.constructorPort = constructorPort;
			this.client = client;
		}

		@Test
		void constructorParametersAreResolved() {
			assertThat(this.constructorPort).isEqualTo(InjectionTests.this.port);
			assertThat(this.client.ask("x")).isEqualTo("x");
		}

	}

}
