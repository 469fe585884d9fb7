package dev.socketserver.autoconfigure.spec;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServerDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketSessionsEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.metrics.SocketServerMetricsAutoConfiguration;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.metrics.SocketServerMetrics;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.MulticastGroup;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.spec.listen.Udp;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static dev.socketserver.autoconfigure.properties.FailedStart.assertNames;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers whose properties say UDP.
 */
@ExtendWith(OutputCaptureExtension.class)
class UdpServerPropertiesTests {

	private static ApplicationContextRunner runner(String... properties) {
		return UpperApplication.with(SocketServersEndpointAutoConfiguration.class)
			.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.protocol=udp")
			.withPropertyValues(properties);
	}

	private static SocketServer server(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	private static String ask(SocketServer server, String text) throws Exception {
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.setSoTimeout(Patience.millis());
			byte[] bytes = text.getBytes(UTF_8);
			peer.send(new DatagramPacket(bytes, bytes.length, server.localAddress()));
			DatagramPacket answer = new DatagramPacket(new byte[1_000], 1_000);
			peer.receive(answer);
			return new String(answer.getData(), 0, answer.getLength(), UTF_8);
		}
	}

	@Test
	void receivesDatagramsAndIsShown() {
		runner("socket.servers.upper.udp.session-timeout=5m", "socket.servers.upper.udp.amplification=7",
				"socket.servers.upper.udp.evict=false", "socket.servers.upper.limits.frame=10B")
			.run((context) -> {
				SocketServer server = server(context);
				Udp udp = (Udp) server.spec().listenOn();
				assertThat(udp.sessionTimeout()).isEqualTo(Duration.ofMinutes(5));
				assertThat(udp.amplification()).isEqualTo(7);
				assertThat(udp.evict()).isFalse();
				assertThat(ask(server, "hello\n")).isEqualTo("HELLO\n");
				Awaitility.await().until(() -> server.statistics().datagrams().sent() == 1);
				try (DatagramSocket peer = new DatagramSocket()) {
					peer.send(new DatagramPacket(new byte[11], 11, server.localAddress()));
				}
				// It is counted last, for several datagrams at once.
				Awaitility.await().until(() -> server.statistics().datagrams().received() == 2);
				SocketServerDescriptor shown = context.getBean(SocketServersEndpoint.class).socketServer("upper");
				assertThat(shown.protocol()).isEqualTo("udp");
				assertThat(shown.port()).isEqualTo(server.localAddress().getPort());
				assertThat(shown.datagrams().received()).isEqualTo(2);
				assertThat(shown.datagrams().dropped()).containsOnlyKeys(DatagramDrop.TOO_LARGE);
			});
	}

	@Test
	void whatIsDroppedIsAMeter() {
		runner("socket.servers.upper.limits.frame=10B")
			.withConfiguration(AutoConfigurations.of(SocketServerMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.run((context) -> {
				try (DatagramSocket peer = new DatagramSocket()) {
					for (int i = 0; i < 3; i++) {
						peer.send(new DatagramPacket(new byte[11], 11, server(context).localAddress()));
					}
				}
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				context.getBean(SocketServerMetrics.class).bindTo(meters);
				Awaitility.await()
					.untilAsserted(() -> assertThat(meters.get("socket.server.datagrams.dropped")
						.tags("server", "upper", "reason", "TOO_LARGE")
						.functionCounter()
						.count()).isEqualTo(3));
			});
	}

	@Test
	@EnabledOnOs(OS.LINUX) // has the interface
	void joinsGroups() {
		runner("socket.servers.upper.address=any", "socket.servers.upper.udp.groups=239.1.2.3@lo,239.1.2.4@lo",
				"socket.servers.upper.udp.broadcast=true")
			.withConfiguration(AutoConfigurations.of(SocketSessionsEndpointAutoConfiguration.class))
			.run((context) -> {
				SocketServer server = server(context);
				Udp udp = (Udp) server.spec().listenOn();
				assertThat(udp.groups()).containsExactly(MulticastGroup.of("239.1.2.3@lo"),
						MulticastGroup.of("239.1.2.4@lo"));
				assertThat(udp.broadcast()).isTrue();
				try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
					peer.setSoTimeout(Patience.millis());
					peer.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName("lo"));
					peer.send(new DatagramPacket("hello".getBytes(UTF_8), 5, InetAddress.getByName("239.1.2.4"),
							server.localAddress().getPort()));
					DatagramPacket answer = new DatagramPacket(new byte[1_000], 1_000);
					peer.receive(answer);
					assertThat(new String(answer.getData(), 0, answer.getLength(), UTF_8)).isEqualTo("HELLO");
					assertThat(answer.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
				}
				SocketSession session = server.sessions().findAny().orElseThrow();
				assertThat(session.group()).isEqualTo(InetAddress.getByName("239.1.2.4"));
				assertThat(context.getBean(SocketSessionsEndpoint.class).socketSession(session.id()).group())
					.isEqualTo("239.1.2.4");
			});
	}

	@Test
	void aPortIsOneAlsoWithoutConnections() {
		runner("socket.servers.upper.address=any", "socket.servers.upper.ip-family=ipv4").run((context) -> {
			ServerSpec spec = server(context).spec();
			assertThat(spec.host()).isEqualTo("any");
			assertThat(spec.anyHost()).isTrue();
			assertThat(spec.ipFamily()).isEqualTo(IpFamily.IPV4);
		});
	}

	@Test
	void thereAreDefaults() {
		runner().run((context) -> {
			Udp udp = (Udp) server(context).spec().listenOn();
			assertThat(udp.sessionTimeout()).isEqualTo(Duration.ofSeconds(60));
			assertThat(udp.amplification()).isEqualTo(3);
			assertThat(udp.evict()).isTrue();
			assertThat(server(context).spec().host()).isEqualTo("127.0.0.1");
			assertThat(server(context).spec().anyHost()).isFalse();
			assertThat(server(context).spec().session().inbound().overflow()).isEqualTo(InboundOverflow.DROP_NEWEST);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ssl.bundle=own                    | it needs a stream, and UDP has none
			ssl.mode=on-request               | it needs a stream, and UDP has none
			ssl.client-auth=need              | it needs a stream, and UDP has none
			ssl.handshake-timeout=5s          | it needs a stream, and UDP has none
			timeouts.first-frame=5s           | it needs a stream, and UDP has none
			timeouts.frame=5s                 | it needs a stream, and UDP has none
			proxy-protocol.mode=required      | it is for connections of TCP, and UDP has none
			proxy-protocol.trusted=10.0.0.0/8 | it is for connections of TCP, and UDP has none
			limits.pending=5                  | it is for connections of TCP, and UDP has none
			limits.on-full=wait               | datagrams do not wait
			one-shot=true                     | it is for connections of TCP, and UDP has none
			backlog=5                         | it is for connections of TCP, and UDP has none
			options.tcp-no-delay=true         | it is for connections of TCP, and UDP has none
			options.keep-alive=true           | it is for connections of TCP, and UDP has none
			options.keep-alive-idle=60s       | it is for connections of TCP, and UDP has none
			options.keep-alive-interval=60s   | it is for connections of TCP, and UDP has none
			options.keep-alive-count=3        | it is for connections of TCP, and UDP has none
			options.user-timeout=60s          | it is for connections of TCP, and UDP has none
			options.reuse-address=true        | it is for connections of TCP, and UDP has none
			options.reuse-port=true           | it is for connections of TCP, and UDP has none
			timeouts.idle=5s                  | udp.session-timeout takes its place
			inbound.overflow=block            | datagrams for which there is no room are dropped
			inbound.overflow=close            | datagrams for which there is no room are dropped
			domain-socket.path=/tmp/x         | UDP has ports, and no file
			udp.amplification=-1              | it must be a positive whole number, or off
			udp.amplification=0               | it must be a positive whole number, or off
			udp.amplification=many            | it must be a positive whole number, or off
			udp.session-timeout=0             | must be at least a millisecond
			udp.session-timeout=off           | duration
			transport=io_uring                | use epoll or nio
			""")
	void whatHasNoMeaningFailsTheStart(String property, String reason) {
		assertNames(runner("socket.servers.upper." + property), "socket.servers.upper." + property, reason);
	}

	@Test
	void nobodyIsBanned(CapturedOutput output) {
		runner("socket.servers.upper.ban.offences=1", "socket.servers.upper.ban.exempt=").run((context) -> {
			SocketServer server = server(context);
			assertThat(ask(server, "hello\n")).isEqualTo("HELLO\n");
			server.sessions().forEach((session) -> session.offence("a wrong check sum"));

			assertThat(ServerOperations.of(server).bans().list()).isEmpty();
			assertThat(ask(server, "again\n")).isEqualTo("AGAIN\n");
		});
		assertThat(output).containsOnlyOnce("Property socket.servers.upper.ban.offences has no effect: "
				+ "anybody can write the address of another into a datagram");
	}

	@Test
	void noLimitNeedsAllowedPeers() {
		assertNames(runner("socket.servers.upper.udp.amplification=off", "socket.servers.upper.address=any"),
				"socket.servers.upper.udp.amplification", "limits.allow");
		runner("socket.servers.upper.udp.amplification=off").run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void inheritedFramingDoesNotChange() {
		UpperApplication.with()
			.withPropertyValues("socket.server-defaults.framing.type=line",
					"socket.server-defaults.framing.switchable=true", "socket.servers.one.handler=upper",
					"socket.servers.tcp.handler=upper", "socket.servers.udp.handler=upper",
					"socket.servers.upper.port=0", "socket.servers.upper.protocol=udp",
					"socket.servers.one.listeners.only.port=0", "socket.servers.one.listeners.only.protocol=udp",
					"socket.servers.tcp.port=0", "socket.servers.tcp.listeners.datagrams.port=0",
					"socket.servers.tcp.listeners.datagrams.protocol=udp", "socket.servers.udp.port=0",
					"socket.servers.udp.protocol=udp", "socket.servers.udp.listeners.streams.port=0",
					"socket.servers.udp.listeners.streams.protocol=tcp")
			.run((context) -> {
				assertThat(ask(server(context), "hello")).isEqualTo("HELLO\n");
				SocketServers servers = context.getBean(SocketServers.class);
				assertThat(servers.get("one").spec().session().framing().switchable()).isFalse();
				assertThat(switchable(servers.get("tcp").spec())).isEqualTo(List.of(true, false));
				assertThat(switchable(servers.get("udp").spec())).isEqualTo(List.of(false, true));
				assertThat(Objects.requireNonNull(servers.get("udp").spec().listener("streams")).session().datagrams())
					.isFalse();
			});
	}

	private static List<Boolean> switchable(ServerSpec spec) {
		return spec.listeners().stream().map((listener) -> listener.session().framing().switchable()).toList();
	}

	@Test
	void framingsThatMayChangeNeedAStream() {
		assertNames(
				runner("socket.servers.upper.protocol=tcp", "socket.servers.upper.listeners.datagrams.port=0",
						"socket.servers.upper.listeners.datagrams.protocol=udp",
						"socket.servers.upper.listeners.datagrams.framing.type=line",
						"socket.servers.upper.listeners.datagrams.framing.switchable=true"),
				"socket.servers.upper.listeners.datagrams.framing.type", "it must not be switchable for UDP");
		assertNames(runner("socket.servers.upper.framing.type=line", "socket.servers.upper.framing.switchable=true",
				"socket.servers.upper.listeners.more.port=0", "socket.servers.upper.listeners.more.protocol=udp"),
				"socket.servers.upper.framing.type", "it must not be switchable for UDP");
		assertNames(runner("socket.servers.upper.framing.type=line", "socket.servers.upper.framing.switchable=true"),
				"socket.servers.upper.framing.type", "it must not be switchable for UDP");
	}

	@ParameterizedTest
	@ValueSource(strings = { "udp.evict=false", "udp.amplification=5", "udp.session-timeout=5s", "udp.groups=239.1.2.3",
			"udp.broadcast=true" })
	void keysOfUdpNeedUdp(String property) {
		assertNames(runner("socket.servers.upper.protocol=tcp", "socket.servers.upper." + property),
				"socket.servers.upper." + property, "it needs protocol: udp");
	}

	@Test
	void allServersMayBeOfUdp() {
		UpperApplication.with(SocketServersEndpointAutoConfiguration.class)
			.withPropertyValues("socket.server-defaults.protocol=udp", "socket.server-defaults.udp.session-timeout=5m",
					"socket.server-defaults.udp.evict=false", "socket.servers.upper.port=0",
					"socket.servers.upper.udp.evict=true")
			.run((context) -> {
				Udp udp = (Udp) server(context).spec().listenOn();
				assertThat(udp.sessionTimeout()).isEqualTo(Duration.ofMinutes(5));
				assertThat(udp.evict()).isTrue();
				assertThat(ask(server(context), "hello")).isEqualTo("HELLO");
			});
	}

	@Test
	void whatServersOfUdpInheritMeansNothingForOthers(CapturedOutput output) {
		runner("socket.servers.upper.protocol=", "socket.server-defaults.udp.session-timeout=5m",
				"socket.server-defaults.udp.groups=239.1.2.3")
			.run((context) -> assertThat(server(context).spec().listenOn()).isInstanceOf(Tcp.class));
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void inheritedKeysHaveNoEffect() {
		runner("socket.server-defaults.proxy-protocol.mode=required",
				"socket.server-defaults.proxy-protocol.trusted=10.0.0.0/8",
				"socket.server-defaults.inbound.overflow=close", "socket.server-defaults.limits.on-full=wait",
				"socket.server-defaults.timeouts.idle=5s", "socket.server-defaults.one-shot=true",
				"socket.server-defaults.backlog=5", "socket.server-defaults.options.keep-alive=true")
			.run((context) -> {
				assertThat(ask(server(context), "one")).isEqualTo("ONE");
				assertThat(server(context).spec().session().timeouts().idle()).isNull();
				assertThat(ask(server(context), "two")).isEqualTo("TWO");
			});
	}

	@Test
	void inheritedKeysHaveNoEffectOnAServerWithNothingButListeners() {
		UpperApplication.with()
			.withPropertyValues("socket.server-defaults.inbound.overflow=close",
					"socket.server-defaults.limits.on-full=wait", "socket.server-defaults.one-shot=true",
					"socket.servers.upper.listeners.one.port=0", "socket.servers.upper.listeners.one.protocol=udp",
					"socket.servers.upper.listeners.two.port=0", "socket.servers.upper.listeners.two.protocol=udp")
			.run((context) -> {
				ServerSpec spec = server(context).spec();
				assertThat(spec.oneShot()).isFalse();
				assertThat(spec.limits().onFull()).isEqualTo(OnFull.REJECT);
				assertThat(spec.session().inbound().overflow()).isEqualTo(InboundOverflow.DROP_NEWEST);
			});
	}

}
