package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.IpFamily;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.uring.IoUring;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Where and how a server listens.
 */
class ListeningTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	static Stream<SocketTransport> transports() {
		return ServerFixture.everyTransport();
	}

	/** Those whose sockets have the options of Linux. */
	static Stream<SocketTransport> nativeTransports() {
		return transports().filter((transport) -> transport != SocketTransport.NIO);
	}

	/** Those with sockets of IPv4. */
	static Stream<SocketTransport> ipv4Transports() {
		return ServerFixture.transports();
	}

	@BeforeEach
	void machineHasBothFamilies() throws IOException {
		try (java.net.ServerSocket probe = new java.net.ServerSocket(0, 1, InetAddress.getByName("::1"))) {
			assumeTrue(probe.isBound());
		}
		catch (IOException ex) {
			abort("This machine has no IPv6");
		}
	}

	static int port(SocketServer server) {
		InetSocketAddress address = server.localAddress();
		assertThat(address).isNotNull();
		return address.getPort();
	}

	/** Who answers there, or nobody. */
	static String ask(String host, int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(host, port), Patience.millis());
			socket.setSoTimeout(Patience.millis());
			socket.getOutputStream().write("x\n".getBytes(UTF_8));
			socket.shutdownOutput();
			return new String(socket.getInputStream().readAllBytes(), UTF_8);
		}
		catch (IOException ex) {
			return "nobody";
		}
	}

	@ParameterizedTest
	@MethodSource("ipv4Transports")
	void ipv4RefusesIpv6OnEveryInterface(SocketTransport transport) {
		SocketServer server = this.fixture.echo("four",
				(spec) -> spec.transport(transport).address("any").port(Ports.free()).ipFamily(IpFamily.IPV4));
		assertThat(ask("127.0.0.1", port(server))).isEqualTo("four x\n");
		assertThat(ask("::1", port(server))).isEqualTo("nobody");
	}

	@ParameterizedTest
	@MethodSource("nativeTransports")
	void ipv6LeavesThePortOfIpv4ToOthers(SocketTransport transport) {
		// One that the system finds is free for IPv6 only.
		SocketServer six = this.fixture.echo("six",
				(spec) -> spec.transport(transport).address("any").port(Ports.free()).ipFamily(IpFamily.IPV6));
		assertThat(ask("::1", port(six))).isEqualTo("six x\n");
		assertThat(ask("127.0.0.1", port(six))).isEqualTo("nobody");
		SocketServer four = this.fixture.echo("four",
				(spec) -> spec.transport(SocketTransport.NIO).address("any").port(port(six)).ipFamily(IpFamily.IPV4));
		assertThat(ask("127.0.0.1", port(four))).isEqualTo("four x\n");
		assertThat(ask("::1", port(six))).isEqualTo("six x\n");
	}

	@Test
	void ipv6FailsTheStartOnATransportThatWouldAcceptIpv4() {
		assertUnsupported((spec) -> spec.transport(SocketTransport.NIO).address("any").ipFamily(IpFamily.IPV6),
				"ip-family is ipv6, but sockets of transport nio accept IPv4 too");
	}

	@Test
	void ipv4OnEveryInterfaceFailsTheStartOnATransportThatWouldAcceptIpv6() {
		assumeTrue(IoUring.isAvailable());
		assertUnsupported((spec) -> spec.transport(SocketTransport.IO_URING).address("any").ipFamily(IpFamily.IPV4),
				"ip-family cannot be ipv4 on every interface with transport io_uring");
		SocketServer one = this.fixture.echo("one",
				(spec) -> spec.transport(SocketTransport.IO_URING).port(Ports.free()).ipFamily(IpFamily.IPV4));
		assertThat(ask("127.0.0.1", port(one))).isEqualTo("one x\n");
		assertThat(ask("::1", port(one))).isEqualTo("nobody");
	}

	private void assertUnsupported(UnaryOperator<ServerSpec.Builder> spec, String message) {
		assertThatExceptionOfType(ServerStartException.class).isThrownBy(() -> this.fixture.echo("wrong", spec))
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.OPTION_UNSUPPORTED));
	}

	@ParameterizedTest
	@MethodSource("transports")
	void dualAcceptsBoth(SocketTransport transport) {
		SocketServer server = this.fixture.echo("both",
				(spec) -> spec.transport(transport).address("any").ipFamily(IpFamily.DUAL));
		assertThat(ask("127.0.0.1", port(server))).isEqualTo("both x\n");
		assertThat(ask("::1", port(server))).isEqualTo("both x\n");
		assertThat(this.fixture.opened).extracting((session) -> session.remoteAddress().getAddress().getHostAddress())
			.containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anyOnEveryInterfaceIsBothWhereBothCanBeHad(SocketTransport transport) {
		SocketServer server = this.fixture.echo("any", (spec) -> spec.transport(transport).address("any"));
		assertThat(ask("127.0.0.1", port(server))).isEqualTo("any x\n");
		assertThat(ask("::1", port(server))).isEqualTo("any x\n");
		assertThat(server.localAddress().getAddress().isAnyLocalAddress()).isTrue();
	}

	@Test
	void anyTakesIpv4WhereThePortIsTakenForIpv6() {
		assumeTrue(Epoll.isAvailable());
		SocketTransport transport = SocketTransport.EPOLL;
		SocketServer six = this.fixture.echo("six",
				(spec) -> spec.transport(transport).address("any").port(Ports.free()).ipFamily(IpFamily.IPV6));
		SocketServer any = this.fixture.echo("any", (spec) -> spec.transport(transport).address("any").port(port(six)));
		assertThat(ask("127.0.0.1", port(six))).isEqualTo("any x\n");
		assertThat(ask("::1", port(six))).isEqualTo("six x\n");
		assertThat(any.localAddress().getAddress().getHostAddress()).isEqualTo("0.0.0.0");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void listensOnTheLoopbackOfItsFamilyUnlessConfiguredOtherwise(SocketTransport transport) {
		SocketServer four = this.fixture.echo("four", (spec) -> spec.transport(transport));
		assertThat(four.localAddress().getAddress().getHostAddress()).isEqualTo("127.0.0.1");
		if (transport != SocketTransport.NIO) {
			SocketServer six = this.fixture.echo("six", (spec) -> spec.transport(transport).ipFamily(IpFamily.IPV6));
			assertThat(six.localAddress().getAddress().getHostAddress()).isEqualTo("0:0:0:0:0:0:0:1");
			assertThat(ask("::1", port(six))).isEqualTo("six x\n");
		}
	}

	@ParameterizedTest
	@MethodSource("ipv4Transports")
	void literalsAreOfTheirFamily(SocketTransport transport) {
		SocketServer four = this.fixture.echo("four",
				(spec) -> spec.transport(transport).address("0.0.0.0").port(Ports.free()));
		assertThat(ask("127.0.0.1", port(four))).isEqualTo("four x\n");
		assertThat(ask("::1", port(four))).isEqualTo("nobody");
		SocketServer both = this.fixture.echo("both", (spec) -> spec.transport(transport).address("::"));
		assertThat(ask("127.0.0.1", port(both))).isEqualTo("both x\n");
		assertThat(ask("::1", port(both))).isEqualTo("both x\n");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void nameIsLookedUpForTheFamily(SocketTransport transport) {
		SocketServer server = this.fixture.echo("named",
				(spec) -> spec.transport(transport).address("localhost").ipFamily(IpFamily.IPV4));
		assertThat(ask("127.0.0.1", port(server))).isEqualTo("named x\n");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void linkLocalAddressNeedsNoZoneIfItIsOneOfOurs(SocketTransport transport) throws Exception {
		InetAddress ours = NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> address instanceof Inet6Address && address.isLinkLocalAddress())
			.findFirst()
			.orElse(null);
		assumeTrue(ours != null, "a link-local address of this machine");
		String zoned = ours.getHostAddress();

		SocketServer server = this.fixture.echo("local",
				(spec) -> spec.transport(transport).address(zoned.substring(0, zoned.indexOf('%'))));

		assertThat(ask(zoned, port(server))).isEqualTo("local x\n");
	}

	@Test
	void addressOfTheOtherFamilyIsAMistake() {
		ServerSpec.Builder spec = ServerSpec.builder("wrong")
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line));
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> spec.address("::1").ipFamily(IpFamily.IPV4).build())
			.withMessage("ipFamily is IPV4, but does not fit the address ::1, which is an IPv6 address");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> spec.address("127.0.0.1").ipFamily(IpFamily.IPV6).build())
			.withMessage("ipFamily is IPV6, but does not fit the address 127.0.0.1, which is an IPv4 address");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void severalServersShareAPortThatAllWantToShare(SocketTransport transport) {
		SocketOptions shared = options(null, null, true, null, null);
		SocketServer first = this.fixture.echo("first", (spec) -> spec.transport(transport).options(shared));
		SocketServer second = this.fixture.echo("second",
				(spec) -> spec.transport(transport).options(shared).port(port(first)));
		assertThat(port(second)).isEqualTo(port(first));
		Awaitility.await().until(() -> {
			ask("127.0.0.1", port(first));
			return first.statistics().opened() > 0 && second.statistics().opened() > 0;
		});
		assertThatExceptionOfType(ServerStartException.class)
			.isThrownBy(() -> this.fixture.echo("third", (spec) -> spec.transport(transport).port(port(first))))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.PORT_IN_USE));
	}

	static SocketOptions options(Duration keepAliveIdle, Duration userTimeout, boolean reusePort, Integer receiveBuffer,
			Integer sendBuffer) {
		return SocketOptions.DEFAULT.keepAliveIdle(keepAliveIdle)
			.userTimeout(userTimeout)
			.reusePort(reusePort)
			.receiveBuffer(receiveBuffer)
			.sendBuffer(sendBuffer);
	}

	@Test
	void userTimeoutFailsTheStartOnATransportThatLacksIt() {
		assertUnsupported(
				(spec) -> spec.transport(SocketTransport.NIO)
					.options(options(null, Duration.ofSeconds(5), false, null, null)),
				"options.user-timeout cannot be set with transport nio");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void connectionsOfClientsHaveTheOptionsThatAreSetAndTheUsualOnesOtherwise(SocketTransport transport)
			throws Exception {
		TransportSupport.Options known = TransportSupport.of(transport).options();
		SocketServer server = this.fixture.echo("server", (spec) -> spec);
		BlockingQueue<Map<String, Object>> seen = new LinkedBlockingQueue<>();
		this.fixture.customizers.add((pipeline, spec) -> {
			if (spec.side() == SessionSpec.Side.CLIENT) {
				seen.add(options(pipeline.channel().config(), known));
			}
		});
		Duration timeout = (known.userTimeout() != null) ? Duration.ofMillis(7_500) : null;
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers, List::of)) {
			clients.register(ClientSpec.builder("usual").port(port(server)).transport(transport).build()).start();
			assertThat(Patience.next(seen)).containsEntry("noDelay", true)
				.containsEntry("keepAlive", true)
				.containsEntry("idle", 60)
				.containsEntry("interval", 15)
				.containsEntry("count", 4)
				.containsEntry("userTimeout", (timeout != null) ? 120_000 : "none");
			clients
				.register(ClientSpec.builder("patient")
					.port(port(server))
					.transport(transport)
					.timeouts((block) -> block.write(Duration.ofMinutes(5)))
					.build())
				.start();
			assertThat(Patience.next(seen)).containsEntry("userTimeout", (timeout != null) ? 300_000 : "none");
			clients
				.register(ClientSpec.builder("endless")
					.port(port(server))
					.transport(transport)
					.timeouts((block) -> block.write(null))
					.build())
				.start();
			assertThat(Patience.next(seen)).containsEntry("userTimeout", (timeout != null) ? 0 : "none");
			clients
				.register(ClientSpec.builder("other")
					.port(port(server))
					.transport(transport)
					.options(SocketOptions.DEFAULT.tcpNoDelay(false)
						.keepAliveIdle(Duration.ofSeconds(90))
						.keepAliveInterval(Duration.ofSeconds(7))
						.keepAliveCount(2)
						.userTimeout(timeout)
						.sendBuffer(16 * 1024))
					.build())
				.start();
			assertThat(Patience.next(seen)).containsEntry("noDelay", false)
				.containsEntry("keepAlive", true)
				.containsEntry("idle", 90)
				.containsEntry("interval", 7)
				.containsEntry("count", 2)
				.containsEntry("userTimeout", (timeout != null) ? 7_500 : "none")
				.hasEntrySatisfying("sendBuffer",
						(size) -> assertThat((Integer) size).isBetween(16 * 1024, 2 * 16 * 1024));
		}
	}

	static Map<String, Object> options(ChannelConfig config, TransportSupport.Options known) {
		TransportSupport.KeepAlive keepAlive = known.keepAlive();
		return Map.of("noDelay", config.getOption(ChannelOption.TCP_NODELAY), "keepAlive",
				config.getOption(ChannelOption.SO_KEEPALIVE), "idle", config.getOption(keepAlive.idle()), "interval",
				config.getOption(keepAlive.interval()), "count", config.getOption(keepAlive.count()), "userTimeout",
				(known.userTimeout() != null) ? config.getOption(known.userTimeout()) : "none", "unsentBytes",
				(known.unsentBytes() != null) ? config.getOption(known.unsentBytes()) : "none", "sendBuffer",
				config.getOption(ChannelOption.SO_SNDBUF));
	}

	@ParameterizedTest
	@MethodSource("transports")
	void transportIsTheOneAskedFor(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.echo("asked", (spec) -> spec.transport(transport));
		assertThat(server.transport()).isEqualTo(transport);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("here")).isEqualTo("asked here");
		}
	}

	@Test
	void autoDoesNotTakeWhatMustBeAskedFor() {
		assertThat(TransportSupport.resolve(SocketTransport.AUTO)).isIn(SocketTransport.EPOLL, SocketTransport.NIO);
	}

	@ParameterizedTest
	@EnumSource(value = SocketTransport.class, names = "KQUEUE")
	void transportWhoseLibraryIsMissingFailsTheStartNamingIt(SocketTransport transport) {
		assumeFalse(KQueue.isAvailable());
		assertThatExceptionOfType(ServerStartException.class)
			.isThrownBy(() -> this.fixture.echo("missing", (spec) -> spec.transport(transport)))
			.withMessageContaining("kqueue needs macOS or BSD, and the library io.netty:netty-transport-native-kqueue")
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.TRANSPORT_UNAVAILABLE));
	}

	/** As where files for a time cannot be written, or not be executed. */
	@Test
	void transportWhoseLibraryCannotBeLoadedFailsTheStartSayingWhy() throws Exception {
		assumeTrue(Epoll.isAvailable());
		try (OtherJvm other = new OtherJvm(List.of(), List.of("-Dio.netty.native.workdir=/proc"), AsksForEpoll.class)) {
			assertThat(other.next()).contains("epoll needs Linux", "netty-transport-native-epoll",
					"here it failed with", "/proc/libnetty_transport_native_epoll");
		}
	}

	@Test
	void autoSaysOnceWhyItIsNotEpoll() throws Exception {
		assumeTrue(Epoll.isAvailable());
		try (OtherJvm other = new OtherJvm(List.of(), List.of("-Dio.netty.native.workdir=/proc"), AsksFor.class,
				"AUTO")) {
			assertThat(other.next()).startsWith("INFO transport: auto is nio, since epoll cannot be used here: ")
				.contains("/proc/libnetty_transport_native_epoll");
			assertThat(other.next()).isEqualTo("NIO");
			assertThat(other.next()).isEqualTo("NIO");
		}
	}

	@Test
	void fastestIsUringWhereTheKernelPermitsIt() throws Exception {
		assumeTrue(IoUring.isAvailable());
		SocketServer server = this.fixture.echo("fastest", (spec) -> spec.transport(SocketTransport.FASTEST));
		assertThat(server.transport()).isEqualTo(SocketTransport.IO_URING);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("here")).isEqualTo("fastest here");
		}
	}

	/** As on a host of containers that does not permit io_uring. */
	@Test
	void fastestSaysOnceWhyItIsNotUring() throws Exception {
		assumeTrue(Epoll.isAvailable());
		try (OtherJvm other = new OtherJvm(List.of(), List.of(), AsksFor.class, "FASTEST", "io_uring")) {
			assertThat(other.next()).isEqualTo("io_uring false");
			assertThat(other.next())
				.startsWith("INFO transport: fastest is epoll, since io_uring cannot be used here: ");
			assertThat(other.next()).isEqualTo("EPOLL");
			assertThat(other.next()).isEqualTo("EPOLL");
		}
	}

	@Test
	void fastestIsNioWhereNothingElseCanBeUsed() throws Exception {
		try (OtherJvm other = new OtherJvm(List.of(), List.of("-Dio.netty.transport.noNative=true"), AsksFor.class,
				"FASTEST")) {
			assertThat(other.next()).startsWith("INFO transport: fastest is nio, since io_uring cannot be used here: ");
			assertThat(other.next()).isEqualTo("NIO");
		}
	}

	/** With a second argument, as where the kernel does not permit io_uring. */
	static final class AsksFor {

		private static final String NOTHING_NATIVE = "io.netty.transport.noNative";

		private AsksFor() {
		}

		public static void main(String[] args) {
			if (args.length > 1) {
				System.setProperty(NOTHING_NATIVE, "true");
				OtherJvm.say(args[1] + " " + IoUring.isAvailable());
				System.clearProperty(NOTHING_NATIVE);
			}
			ask(SocketTransport.valueOf(args[0]));
		}

		private static void ask(SocketTransport transport) {
			AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

				@Override
				protected void append(ILoggingEvent event) {
					OtherJvm.say(event.getLevel() + " " + event.getFormattedMessage());
				}

			};
			appender.start();
			((Logger) LoggerFactory.getLogger(TransportSupport.class)).addAppender(appender);
			OtherJvm.say(TransportSupport.resolve(transport).name());
			OtherJvm.say(TransportSupport.resolve(transport).name());
		}

	}

	static final class AsksForEpoll {

		private AsksForEpoll() {
		}

		public static void main(String[] args) {
			try {
				TransportSupport.resolve(SocketTransport.EPOLL);
				OtherJvm.say("there is epoll");
			}
			catch (UnsupportedOperationException ex) {
				OtherJvm.say(String.valueOf(ex.getMessage()));
			}
		}

	}

}
