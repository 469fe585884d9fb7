package dev.socketserver.autoconfigure.spec;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpoint.ListenerDescriptor;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServerDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketSessionsEndpointAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import static dev.socketserver.autoconfigure.properties.FailedStart.assertNames;
import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Servers whose properties have several listeners.
 */
@ExtendWith(OutputCaptureExtension.class)
class ListenersPropertiesTests {

	private static final String LISTENERS = "socket.servers.upper.listeners.";

	@TempDir
	Path directory;

	private static ApplicationContextRunner runner(String... properties) {
		return UpperApplication
			.with(SocketServersEndpointAutoConfiguration.class, SocketSessionsEndpointAutoConfiguration.class)
			.withPropertyValues(properties);
	}

	private static SocketServer server(ApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	private static ListenerSpec spec(ApplicationContext context, String listener) {
		return Objects.requireNonNull(server(context).spec().listener(listener));
	}

	private ApplicationContextRunner everywhere() {
		return runner("socket.servers.upper.port=0", LISTENERS + "extra.port=0",
				LISTENERS + "local.domain-socket.path=" + this.directory.resolve("s"), LISTENERS + "datagrams.port=0",
				LISTENERS + "datagrams.protocol=udp", LISTENERS + "datagrams.udp.amplification=50",
				LISTENERS + "off.port=x", LISTENERS + "off.enabled=false");
	}

	@Test
	void serverListensInAllPlaces() {
		everywhere().run((context) -> {
			Environment environment = context.getEnvironment();
			int extra = environment.getRequiredProperty("local.socket.upper/extra.port", Integer.class);
			int udp = environment.getRequiredProperty("local.socket.upper/datagrams.port", Integer.class);
			assertThat(environment.getProperty("local.socket.upper.port"))
				.isEqualTo(environment.getProperty("local.socket.upper/main.port"))
				.isEqualTo(String.valueOf(server(context).port()));
			try (TestPeer main = TestPeer.connect(server(context).port());
					TestPeer other = TestPeer.connect(extra);
					UnixPeer local = UnixPeer
						.connect(Path.of(environment.getRequiredProperty("local.socket.upper/local.path")));
					DatagramPeer datagrams = new DatagramPeer(
							new InetSocketAddress(InetAddress.getLoopbackAddress(), udp))) {
				assertThat(main.ask("a")).isEqualTo("A");
				assertThat(other.ask("b")).isEqualTo("B");
				assertThat(local.ask("c")).isEqualTo("C");
				assertThat(datagrams.ask("d")).startsWith("D");

				SocketServerDescriptor shown = context.getBean(SocketServersEndpoint.class).socketServer("upper");
				assertThat(shown.listeners()).extracting(ListenerDescriptor::name)
					.containsExactly("main", "datagrams", "extra", "local");
				assertThat(shown.listeners()).allSatisfy((each) -> {
					assertThat(each.state()).isEqualTo(ListenerState.LISTENING);
					assertThat(each.accepted()).isEqualTo(1);
					assertThat(each.sessions()).isEqualTo(1);
				});
				assertThat(shown.protocol()).isEqualTo("tcp");
				assertThat(shown.datagrams().received()).isEqualTo(1);
				SocketSessionsEndpoint sessions = context.getBean(SocketSessionsEndpoint.class);
				assertThat(sessions.socketSessions(null, "local", null, null, null, null, null, null, null, null, null)
					.sessions()).singleElement().satisfies((session) -> {
						assertThat(session.listener()).isEqualTo("local");
						// Listeners accept in any order.
						assertThat(session.id()).matches("upper-[1-4]");
					});
			}
		});
	}

	@Test
	void oneListenerIsPausedByTheEndpoint() {
		everywhere().run((context) -> {
			SocketServersEndpoint endpoint = context.getBean(SocketServersEndpoint.class);
			SocketServerDescriptor paused = endpoint.changeSocketServer("upper", "pause", null, null, null, null, null,
					"extra");
			assertThat(paused.listeners()).filteredOn((each) -> each.state() == ListenerState.PAUSED)
				.extracting(ListenerDescriptor::name)
				.containsExactly("extra");
			assertThatThrownBy(
					() -> endpoint.changeSocketServer("upper", "pause", null, null, null, null, null, "extra"))
				.hasMessageContaining("only a listener that accepts can be paused");
			assertThatThrownBy(
					() -> endpoint.changeSocketServer("upper", "pause", null, null, null, null, null, "none"))
				.hasMessageContaining("has no listener 'none'");
			assertThatThrownBy(
					() -> endpoint.changeSocketServer("upper", "start", null, null, null, null, null, "extra"))
				.hasMessageContaining("takes no listener");
		});
	}

	@Test
	void listenerInheritsKeyByKey() {
		runner("socket.server-defaults.options.receive-buffer=32KB", "socket.servers.upper.port=0",
				"socket.servers.upper.address=any", "socket.servers.upper.options.send-buffer=16KB",
				"socket.servers.upper.udp.broadcast=true", "socket.servers.upper.udp.groups=239.1.2.3@lo",
				"socket.servers.upper.limits.allow=127.0.0.0/8", "socket.servers.upper.udp.session-timeout=7s",
				"socket.servers.upper.farewell=bye", LISTENERS + "a.port=0", LISTENERS + "a.options.send-buffer=8KB",
				LISTENERS + "a.limits.accept-rate=5", LISTENERS + "b.port=0", LISTENERS + "b.protocol=udp",
				LISTENERS + "b.udp.evict=false", LISTENERS + "b.udp.groups=239.1.2.4@lo",
				LISTENERS + "b.limits.allow=10.0.0.0/8,127.0.0.0/8", LISTENERS + "b.farewell=")
			.run((context) -> {
				ListenerSpec a = spec(context, "a");
				assertThat(a.options().sendBuffer()).isEqualTo(8192);
				assertThat(a.options().receiveBuffer()).isEqualTo(32768);
				assertThat(a.acceptRate()).isEqualTo(5);
				assertThat(a.allow()).hasSize(1);
				assertThat(a.farewell()).isEqualTo("bye");
				ListenerSpec b = spec(context, "b");
				assertThat(b.options().sendBuffer()).isEqualTo(16384);
				assertThat(b.listenOn()).hasToString("Udp[host=any, port=0, ipFamily=ANY, sessionTimeout=PT7S, "
						+ "amplification=3, evict=false, groups=[239.1.2.4@lo], broadcast=true]");
				assertThat(b.allow()).hasSize(2);
				assertThat(b.farewell()).isNull();
			});
	}

	@Test
	void serverWithoutAPlaceOfItsOwnHasNoMain() {
		runner("socket.servers.upper.address=127.0.0.1", LISTENERS + "b.port=0", LISTENERS + "a.port=0",
				LISTENERS + "a.framing.type=delimiter", LISTENERS + "a.framing.delimiters=;")
			.run((context) -> {
				assertThat(server(context).listeners()).extracting((each) -> each.name()).containsExactly("a", "b");
				assertThat(server(context).spec().framing().type()).isEqualTo("delimiter");
				assertThat(spec(context, "b").session().framing().type()).isEqualTo("line");
			});
	}

	@Test
	void failureNamesTheKeyOfTheListener() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			runner("socket.servers.upper.port=0", LISTENERS + "extra.port=" + taken.getLocalPort())
				.run((context) -> assertThat(context).getFailure()
					.hasStackTraceContaining("Server 'upper/extra' cannot listen on 127.0.0.1:"));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "a.backlog=7 | a.backlog", "a.port=70000 | a.port", "a.address= | a.port",
			"a.udp.evict=true | a.udp.evict", "main.port=1 | main", "A.port=1 | A", "a.limits.allow=x | a.limits.allow",
			"a.ssl.bundle=none | a.ssl.bundle", "a.framing=nothing | a.framing", "a.ip-family=dual | a.ip-family" })
	void wrongValueNamesTheKeyOfTheListener(String property, String key) {
		boolean udp = property.startsWith("a.backlog");
		boolean port = !property.contains("port=") && !property.startsWith("a.address");
		runner("socket.servers.upper.port=0", LISTENERS + property, LISTENERS + "b.port=0",
				udp ? LISTENERS + "a.protocol=udp" : "x=y", port ? LISTENERS + "a.port=0" : "x=y")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("socket.servers.upper.listeners." + key));
	}

	@ParameterizedTest
	@CsvSource({ "socket.servers.upper.listeners.a.timeouts.idle", "socket.server-defaults.listeners.a.port",
			"socket.servers.upper.listeners.a.prot" })
	void unknownKeyFailsTheStart(String property) {
		runner("socket.servers.upper.port=0", LISTENERS + "a.port=0", property + "=1")
			.run((context) -> assertThat(failure(context)).hasMessageContaining(property));
	}

	@Test
	void samePlaceTwiceNamesBoth() {
		runner("socket.servers.upper.port=7007", LISTENERS + "a.port=7007")
			.run((context) -> assertThat(failure(context)).hasMessageContaining(LISTENERS + "a.port")
				.hasMessageContaining("is the place of listener 'main', too"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					udp.evict=false          | a.port=0                    | b.port=0                    | it needs protocol: udp
					domain-socket.mode=0600  | a.port=0                    | b.protocol=udp,b.port=0     | it needs domain-socket.path
					options.keep-alive=false | a.protocol=udp,a.port=0     | b.protocol=udp,b.port=0     | UDP has none
					timeouts.idle=5s         | a.protocol=udp,a.port=0     | b.protocol=udp,b.port=0     | udp.session-timeout takes its place
					limits.on-full=wait      | a.protocol=udp,a.port=0     | b.protocol=udp,b.port=0     | datagrams do not wait
					limits.allow=10.0.0.0/8  | a.domain-socket.path=@one-a | b.domain-socket.path=@one-b | have no address
					backlog=5                | a.protocol=udp,a.port=0     | b.protocol=udp,b.port=0     | UDP has none
					options.multicast-ttl=5  | a.protocol=udp,a.port=0     | b.port=0                    | it is for clients
					""")
	void keyThatNoListenerUnderstandsFailsTheStart(String key, String a, String b, String reason) {
		String[] properties = (key + ","
				+ Stream.of((a + "," + b).split(","))
					.map((each) -> "listeners." + each)
					.collect(Collectors.joining(",")))
			.split(",(?=[a-z])");
		assertNames(runner(Stream.of(properties).map((each) -> "socket.servers.upper." + each).toArray(String[]::new)),
				"socket.servers.upper." + key, reason);
	}

	@Test
	void keyThatOneListenerUnderstandsIsForThatOne() {
		runner("socket.servers.upper.udp.evict=false", "socket.servers.upper.options.keep-alive=false",
				"socket.servers.upper.limits.allow=127.0.0.0/8", LISTENERS + "a.port=0", LISTENERS + "b.port=0",
				LISTENERS + "b.protocol=udp", LISTENERS + "c.domain-socket.path=" + this.directory.resolve("c"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void keyThatHasAnEffectOnOneListenerIsNotWarnedAbout(CapturedOutput output) {
		String timed = "socket.servers.timed.";
		String cut = "socket.servers.cut.";
		String kept = "socket.servers.kept.";
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(BytesConfiguration.class)
			.withPropertyValues(timed + "port=0", timed + "handler=bytes", timed + "framing=line",
					timed + "protocol=udp", timed + "timeouts.on-frame=discard", timed + "listeners.tcp.port=0",
					timed + "listeners.tcp.protocol=tcp")
			.withPropertyValues(cut + "port=0", cut + "handler=bytes", cut + "framing=raw", cut + "limits.frame=1000",
					cut + "timeouts.frame=20s", cut + "rate.messages=10/s", cut + "login.timeout=10s",
					cut + "login.frame=100", cut + "login.messages=5", cut + "read-buffer=100",
					cut + "rate.bytes-burst=100", cut + "listeners.lines.port=0", cut + "listeners.lines.framing=line")
			.withPropertyValues(kept + "port=0", kept + "handler=bytes", kept + "framing=line",
					kept + "options.keep-alive=false", kept + "options.keep-alive-idle=50s", kept + "read-buffer=100",
					kept + "listeners.raw.port=0", kept + "listeners.raw.framing=raw",
					kept + "listeners.raw.options.keep-alive=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("has no effect"))
			.singleElement()
			.asString()
			.contains(cut + "rate.bytes-burst has no effect: there is no rate.bytes");
	}

	@Configuration(proxyBeanMethods = false)
	static class BytesConfiguration {

		@Bean
		Function<byte[], byte[]> bytes() {
			return (bytes) -> bytes;
		}

	}

}
