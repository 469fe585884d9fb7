package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * What is said of a port that cannot be bound, where that is for the JVM to decide: what
 * addresses a name has, and what families there are.
 */
class BindFailuresTests {

	@Test
	void portInUseIsSaidWhereANameHasAnAddressOfAnotherMachineToo(@TempDir Path directory) throws Exception {
		// RFC 5737: an address for documentation belongs to no host.
		Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 several\n192.0.2.1 several\n");
		try (ServerSocket taken = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress());
				OtherJvm jvm = jvm("-Djdk.net.hosts.file=" + hosts)) {
			int port = taken.getLocalPort();
			for (SocketTransport transport : transports()) {
				assertThat(start(jvm, "several", port, transport)).as("%s", transport)
					.startsWith("PORT_IN_USE Server 'start' cannot listen on 127.0.0.1:" + port);
			}
		}
	}

	/**
	 * No program answers there, and a process that may use such ports must not be
	 * refused, also where the port is in use for UDP.
	 */
	@Test
	void portBelow1024IsInUseAlsoWhereNobodyAnswers() throws Exception {
		try (DatagramSocket ofUdp = privileged();
				ServerSocket taken = new ServerSocket(ofUdp.getLocalPort(), 1, InetAddress.getByName("127.0.0.9"));
				OtherJvm jvm = jvm("-Djava.net.preferIPv4Stack=true")) {
			int port = taken.getLocalPort();
			for (SocketTransport transport : transports()) {
				assertThat(start(jvm, "0.0.0.0", port, transport)).as("%s", transport)
					.contains(":" + port)
					.startsWith("PORT_IN_USE");
			}
		}
	}

	/** Uses a port for UDP that is free for TCP as well. */
	private static DatagramSocket privileged() throws IOException {
		InetAddress all = InetAddress.getByName("0.0.0.0");
		for (int port = 1023; port > 900; port--) {
			try (ServerSocket free = new ServerSocket(port, 1, all)) {
				return new DatagramSocket(free.getLocalPort(), all);
			}
			catch (BindException ex) {
				// Another one may be free, and may be used by us.
			}
		}
		return abort("this process may not use ports below 1024");
	}

	@Test
	void jvmWithoutIpv6HasNoSuchAddress() throws Exception {
		int port = Ports.free();
		try (OtherJvm jvm = jvm("-Djava.net.preferIPv4Stack=true")) {
			assertThat(start(jvm, "::1", port, SocketTransport.NIO))
				.startsWith("ADDRESS_NOT_AVAILABLE Server 'start' cannot listen on [::1]:" + port);
		}
	}

	private static List<SocketTransport> transports() {
		return ServerFixture.everyTransport().toList();
	}

	private static OtherJvm jvm(String option) throws IOException {
		return new OtherJvm(List.of(), List.of(option), Start.class);
	}

	private static String start(OtherJvm jvm, String host, int port, SocketTransport transport) throws Exception {
		jvm.command(host + " " + port + " " + transport.name());
		return jvm.next();
	}

	/** Starts a server for each line that it receives, and says how that ends. */
	static final class Start {

		private Start() {
		}

		public static void main(String[] args) {
			Scanner words = new Scanner(System.in, UTF_8);
			while (words.hasNext()) {
				start(words.next(), words.nextInt(), SocketTransport.valueOf(words.next()));
			}
		}

		private static void start(String host, int port, SocketTransport transport) {
			try (NettySocketServers servers = new NettySocketServers(List.of())) {
				SocketServer server = servers.register(ServerSpec.builder("start")
					.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
					.address(host)
					.port(port)
					.transport(transport)
					.build());
				try {
					server.start();
					OtherJvm.say("listens on " + server.localAddress());
				}
				catch (ServerStartException ex) {
					OtherJvm.say(ex.problem() + " " + ex.getMessage());
				}
			}
		}

	}

}
