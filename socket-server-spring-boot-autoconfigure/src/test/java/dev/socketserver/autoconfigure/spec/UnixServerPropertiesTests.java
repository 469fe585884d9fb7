package dev.socketserver.autoconfigure.spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServerDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketSessionsEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.listen.DomainSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

import static dev.socketserver.autoconfigure.properties.FailedStart.assertNames;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers whose properties have a Unix socket.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnixServerPropertiesTests {

	@TempDir
	Path directory;

	private Path path() {
		return this.directory.resolve("upper.sock");
	}

	private ApplicationContextRunner runner(String... properties) {
		return UpperApplication
			.with(SocketServersEndpointAutoConfiguration.class, SocketSessionsEndpointAutoConfiguration.class)
			.withPropertyValues("socket.servers.upper.domain-socket.path=" + path())
			.withPropertyValues(properties);
	}

	private static SocketServer server(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	@Test
	void listensAndIsShown() {
		runner("socket.servers.upper.domain-socket.mode=0660").run((context) -> {
			SocketServer server = server(context);
			assertThat(((DomainSocket) server.spec().listenOn()).mode()).isEqualTo("0660");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo("rw-rw----");
			assertThat(context.getEnvironment().getProperty("local.socket.upper.path")).isEqualTo(path().toString());
			assertThat(context.getEnvironment().getProperty("local.socket.upper.port")).isNull();
			SocketServerDescriptor shown = context.getBean(SocketServersEndpoint.class).socketServer("upper");
			assertThat(shown.protocol()).isEqualTo("unix");
			assertThat(shown.address()).isEqualTo("unix:" + path());
			assertThat(shown.port()).isNull();
			try (UnixPeer peer = UnixPeer.connect(path())) {
				assertThat(peer.ask("hello")).isEqualTo("HELLO");
				SocketSessionsEndpoint.SocketSessionDescriptor session = Awaitility.await()
					.until(() -> context.getBean(SocketSessionsEndpoint.class).socketSession("upper-1"),
							(found) -> found != null);
				assertThat(session.remoteAddress()).isEqualTo("unix:");
				assertThat(session.peer().user()).isEqualTo(System.getProperty("user.name"));
				assertThat(session.principal()).isEqualTo(session.peer().user());
			}
		});
		assertThat(path()).doesNotExist();
	}

	/** As the actuator writes JSON: without nulls, unless a type says otherwise. */
	@Test
	void aUserWithoutANameIsShown() {
		JsonMapper json = JsonMapper.builder()
			.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
			.build();
		JsonNode peer = json.valueToTree(new SocketSessionsEndpoint.PeerDescriptor(-1, 12345, 12345, null));
		assertThat(peer).isEqualTo(json.readTree("""
				{ "pid": -1, "uid": 12345, "gid": 12345, "user": null }
				"""));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			port=7000                       | a Unix socket has a path, which is domain-socket.path
			address=any                     | a Unix socket has a path, which is domain-socket.path
			ip-family=ipv4                  | a Unix socket has a path, which is domain-socket.path
			options.tcp-no-delay=true       | a Unix socket does not have this option of TCP
			options.keep-alive=true         | a Unix socket does not have this option of TCP
			options.keep-alive-idle=60s     | a Unix socket does not have this option of TCP
			options.keep-alive-interval=60s | a Unix socket does not have this option of TCP
			options.keep-alive-count=3      | a Unix socket does not have this option of TCP
			options.user-timeout=60s        | a Unix socket does not have this option of TCP
			options.reuse-address=true      | a Unix socket does not have this option of TCP
			options.reuse-port=true         | a Unix socket does not have this option of TCP
			limits.allow=10.0.0.0/8         | unless there is proxy-protocol.mode
			limits.deny=10.0.0.0/8          | unless there is proxy-protocol.mode
			limits.sessions-per-address=3   | unless there is proxy-protocol.mode
			udp.evict=true                  | it needs protocol: udp
			domain-socket.mode=432          | quote it
			transport=io_uring              | use epoll, kqueue or nio
			""")
	void whatHasNoMeaningFailsTheStart(String property, String reason) {
		assertNames(runner("socket.servers.upper." + property), "socket.servers.upper." + property, reason);
	}

	@Test
	void whateverAllServersAreAFileIsOfStreams() {
		runner("socket.server-defaults.protocol=udp", "socket.server-defaults.udp.evict=false").run((context) -> {
			assertThat(server(context).spec().listenOn()).isInstanceOf(DomainSocket.class);
			try (UnixPeer peer = UnixPeer.connect(path())) {
				assertThat(peer.ask("hello")).isEqualTo("HELLO");
			}
		});
		assertNames(runner("socket.servers.upper.protocol=udp"), "socket.servers.upper.domain-socket.path",
				"UDP has ports, and no file");
	}

	@Test
	void nobodyIsBannedUnlessAProxySaysAddresses(CapturedOutput output) {
		runner("socket.servers.upper.ban.offences=1", "socket.servers.upper.ban.exempt=").run((context) -> {
			try (UnixPeer peer = UnixPeer.connect(path()); UnixPeer other = UnixPeer.connect(path())) {
				assertThat(peer.ask("hello")).isEqualTo("HELLO");
				server(context).sessions().forEach((session) -> session.offence("a wrong check sum"));
				assertThat(ServerOperations.of(server(context)).bans().list()).isEmpty();
				assertThat(other.ask("again")).isEqualTo("AGAIN");
			}
		});
		assertThat(output).containsOnlyOnce("Property socket.servers.upper.ban.offences has no effect: "
				+ "peers that connect by a Unix socket have no address, unless there is proxy-protocol.mode");
	}

	@Test
	void limitsByAddressesHoldBehindAProxy() {
		runner("socket.servers.upper.proxy-protocol.mode=required", "socket.servers.upper.limits.deny=192.0.2.7",
				"socket.servers.upper.limits.sessions-per-address=1", "socket.servers.upper.limits.allow=192.0.2.0/24")
			.run((context) -> {
				try (UnixPeer peer = UnixPeer.connect(path()); UnixPeer denied = UnixPeer.connect(path())) {
					peer.send("PROXY TCP4 192.0.2.8 198.51.100.1 1111 25\r\n");
					assertThat(peer.ask("hello")).isEqualTo("HELLO");
					denied.send("PROXY TCP4 192.0.2.7 198.51.100.1 1111 25\r\n");
					Awaitility.await()
						.until(() -> server(context).statistics().rejected().containsKey(RejectReason.DENIED));
				}
			});
	}

	@Test
	void inheritedKeysHaveNoEffectOnAServerWithNothingButListeners() {
		UpperApplication.with()
			.withPropertyValues("socket.server-defaults.limits.sessions-per-address=5",
					"socket.server-defaults.limits.allow=10.0.0.0/8",
					"socket.servers.upper.listeners.local.domain-socket.path=" + path())
			.run((context) -> {
				assertThat(server(context).spec().limits().sessionsPerAddress()).isZero();
				try (UnixPeer peer = UnixPeer.connect(path())) {
					assertThat(peer.ask("hello")).isEqualTo("HELLO");
				}
			});
	}

	@Test
	void inheritedKeysHaveNoEffect() {
		runner("socket.server-defaults.address=any", "socket.server-defaults.limits.allow=10.0.0.0/8",
				"socket.server-defaults.limits.sessions-per-address=1",
				"socket.server-defaults.options.keep-alive=true", "socket.server-defaults.ip-family=ipv4")
			.run((context) -> {
				try (UnixPeer peer = UnixPeer.connect(path()); UnixPeer another = UnixPeer.connect(path())) {
					assertThat(peer.ask("one")).isEqualTo("ONE");
					assertThat(another.ask("two")).isEqualTo("TWO");
				}
			});
	}

	@Test
	void inheritedKeysAreForItsOtherListeners() {
		runner("socket.server-defaults.limits.allow=10.0.0.0/8", "socket.server-defaults.limits.deny=10.0.0.7",
				"socket.server-defaults.limits.sessions-per-address=1", "socket.servers.upper.listeners.tcp.port=0")
			.run((context) -> {
				assertThat(server(context).spec().listener("main").allow()).isEmpty();
				assertThat(server(context).spec().listener("main").deny()).isEmpty();
				assertThat(server(context).spec().listener("tcp").allow()).hasToString("[10.0.0.0/8]");
				assertThat(server(context).spec().listener("tcp").deny()).hasToString("[10.0.0.7/32]");
				try (UnixPeer peer = UnixPeer.connect(path()); UnixPeer another = UnixPeer.connect(path())) {
					assertThat(peer.ask("one")).isEqualTo("ONE");
					assertThat(another.ask("two")).isEqualTo("TWO");
				}
			});
	}

	@Test
	void documentationIsRight() throws Exception {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("unix",
				new ClassPathResource("unix.yml"));
		MutablePropertySources properties = new MutablePropertySources();
		sources.forEach(properties::addLast);
		ServerProperties.DomainSocket socket = new Binder(ConfigurationPropertySources.from(properties))
			.bind("socket.servers.orders.domain-socket", ServerProperties.DomainSocket.class)
			.get();
		assertThat(socket.mode()).isEqualTo("0660");
		assertThat(socket.group()).isEqualTo("shop");
	}

	@Test
	void domainSocketNeedsAPath() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.domain-socket.mode=0600")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("a Unix socket has a path, which is domain-socket.path"));
	}

}
