package dev.socketserver.autoconfigure.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServerDescriptor;
import dev.socketserver.address.Addresses;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.PassedSockets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ClassPathResource;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Servers whose properties have a socket that they inherit.
 */
class InheritedSocketTests {

	private static final String INHERIT = "socket.servers.upper.inherit=web";

	private static ApplicationContextRunner runner(String... properties) {
		return UpperApplication.with(SocketServersEndpointAutoConfiguration.class)
			.withPropertyValues(INHERIT)
			.withPropertyValues(properties);
	}

	@Test
	void withoutPassedSocketsAPortIsUsed() {
		runner("socket.servers.upper.port=0").run((context) -> {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				assertThat(peer.ask("hello")).isEqualTo("HELLO");
			}
			SocketServerDescriptor shown = context.getBean(SocketServersEndpoint.class).socketServer("upper");
			assertThat(shown.inherited()).isNull();
			assertThat(shown.protocol()).isEqualTo("tcp");
		});
	}

	@Test
	void withoutPassedSocketsAndPortTheStartFails() {
		runner().run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining(
					"Server 'upper' cannot listen on inherited:web: is 'web', and this process was passed "
							+ "no sockets: LISTEN_FDS is not set"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "backlog=7 | set Backlog= in the socket unit", "options.reuse-port=true | is bound already",
					"options.reuse-address=true | is bound already",
					"transport=nio | cannot inherit a socket: use epoll or kqueue",
					"domain-socket.mode=0600 | the unit of the inherited socket says it",
					"inherit=a:b | must be a FileDescriptorName" })
	void whatHasNoMeaningFailsTheStart(String property, String reason) {
		runner("socket.servers.upper." + property)
			.run((context) -> assertThat(failure(context)).hasMessageContaining(reason));
	}

	@Test
	void keysOfAllServersHaveNoEffect() {
		runner("socket.server-defaults.address=any", "socket.server-defaults.backlog=7",
				"socket.server-defaults.ip-family=ipv4", "socket.server-defaults.options.reuse-port=true")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("passed no sockets"));
	}

	@Test
	void documentationIsRight() throws Exception {
		MutablePropertySources properties = new MutablePropertySources();
		new YamlPropertySourceLoader().load("inherit", new ClassPathResource("inherit.yml"))
			.forEach(properties::addLast);
		ServerProperties server = new Binder(ConfigurationPropertySources.from(properties))
			.bind("socket.servers.orders", ServerProperties.class)
			.get();
		assertThat(server.getInherit()).isEqualTo("orders");
	}

	/** An application in a process of its own is passed sockets. */
	@Test
	void anApplicationInheritsSockets(@TempDir Path directory) throws Exception {
		assumeThat(PassedSockets.available()).as("python3 on Linux, which passes the sockets").isTrue();
		List<String> before = PassedSockets.before(directory, "web=tcp:127.0.0.1:0", "spare=tcp:127.0.0.1:0");
		try (OtherJvm program = new OtherJvm(before, List.of(), Program.class)) {
			String port = program.next().substring("port ".length());
			String spare = program.next().substring("port ".length());
			assertThat(spare).isNotEqualTo(port);
			assertThat(program.next()).isEqualTo("WARN No server uses 1 of the 2 sockets that this process was passed: "
					+ "spare (fd:4). Who connects there waits. Name them in socket.servers.<name>.inherit, or remove them "
					+ "from the socket unit");
			assertThat(program.next()).isEqualTo("upper 127.0.0.1:%s tcp web".formatted(port));
			try (TestPeer peer = TestPeer.connect(Integer.parseInt(port))) {
				assertThat(peer.ask("hello")).isEqualTo("HELLO");
				operate(program, "pause", "PAUSED");
				try (TestPeer waiting = TestPeer.connect(Integer.parseInt(port))) {
					waiting.send("paused\n");
					operate(program, "resume", "RUNNING");
					assertThat(waiting.line()).isEqualTo("PAUSED");
				}
				assertThat(peer.ask("still")).isEqualTo("STILL");
			}
			for (String end : List.of("stop", "drain", "restart")) {
				operate(program, end, end.equals("restart") ? "RUNNING" : "STOPPED");
				try (TestPeer waiting = TestPeer.connect(Integer.parseInt(port))) {
					waiting.send(end + "\n");
					if (!end.equals("restart")) {
						operate(program, "start", "RUNNING");
					}
					assertThat(waiting.line()).isEqualToIgnoringCase(end);
				}
			}
			program.command("end");
			assertThat(program.next())
				.endsWith("Server 'upper' cannot listen on inherited:missing: is 'missing', and the "
						+ "sockets that this process was passed are [web (fd:3), spare (fd:4)]");
		}
	}

	/** Has an operator change the state of the server. */
	private static void operate(OtherJvm program, String action, String state) throws Exception {
		program.command(action + " " + state);
		assertThat(program.next()).isEqualTo("%s %s tcp web".formatted(action, state));
	}

	/** That application. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			LogLines log = new LogLines("dev.socketserver.engine.inherit.PassedSockets");
			log.beforeEach(null);
			runner().run((context) -> {
				log.events().forEach((event) -> OtherJvm.say(event.getLevel() + " " + event.getFormattedMessage()));
				SocketServerDescriptor shown = context.getBean(SocketServersEndpoint.class).socketServer("upper");
				SocketServer server = context.getBean(SocketServers.class).get("upper");
				OtherJvm.say("upper %s %s %s".formatted(Addresses.format(server.localAddress()), shown.protocol(),
						shown.inherited()));
				perform(context.getBean(SocketServersEndpoint.class), server);
			});
			runner("socket.servers.upper.inherit=missing")
				.run((context) -> OtherJvm.say(context.getStartupFailure().getCause().getMessage()));
		}

		private static void perform(SocketServersEndpoint endpoint, SocketServer server) throws IOException {
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = commands.readLine(); !line.equals("end"); line = commands.readLine()) {
				String[] words = line.split(" ");
				Instant before = server.startedAt();
				endpoint.changeSocketServer("upper", words[0], null, null, null, null, null, null);
				Awaitility.await().until(() -> server.state() == ServerState.valueOf(words[1]));
				if (words[0].equals("restart")) {
					Awaitility.await().until(() -> !Objects.equals(server.startedAt(), before));
				}
				SocketServerDescriptor shown = endpoint.socketServer("upper");
				OtherJvm.say("%s %s %s %s".formatted(words[0], shown.state(), shown.protocol(), shown.inherited()));
			}
		}

	}

}
