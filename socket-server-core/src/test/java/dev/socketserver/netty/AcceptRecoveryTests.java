package dev.socketserver.netty;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What the system takes away from a server that listens, and gives back.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class AcceptRecoveryTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	static Stream<Transport> transports() {
		return ServerFixture.everyTransport();
	}

	/**
	 * Not io_uring, whose Netty logs, on its loop, what fails there for want of
	 * descriptors: with a logger that throws it cannot be saved from outside.
	 */
	static Stream<Transport> usualTransports() {
		return ServerFixture.transports();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void listeningSocketThatIsDestroyedFromOutsideIsReplaced(Transport transport) throws Exception {
		assumeThat(Files.isExecutable(Path.of("/usr/bin/ss"))).as("ss is there").isTrue();
		assumeThat(run("id", "-u").strip()).as("only root may destroy sockets").isEqualTo("0");
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.transport(transport));
		InetSocketAddress address = server.localAddress();
		try (Peer live = new Peer(server)) {
			assertThat(live.ask("before")).isEqualTo("BEFORE");
			run("ss", "-K", "-l", "-t", "-n", "sport = :" + address.getPort());
			if (!run("ss", "-l", "-t", "-n", "-H", "sport = :" + address.getPort()).isEmpty()
					&& connects(address, 200)) {
				// Replaced already, or never destroyed: that cannot be told from outside.
				assumeThat(server.failure()).as("this kernel destroys sockets").isNull();
			}
			Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
				try (Peer next = new Peer(server)) {
					return next.ask("next").equals("NEXT");
				}
			});
			assertThat(live.ask("after")).isEqualTo("AFTER");
			assertThat(server.localAddress()).isEqualTo(address);
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			Awaitility.await().until(() -> server.failure() == null);
		}
	}

	private static boolean connects(InetSocketAddress address, int millis) {
		try (Socket socket = new Socket()) {
			socket.connect(address, millis);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String run(String... command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), UTF_8);
		process.waitFor();
		return output;
	}

	@ParameterizedTest
	@MethodSource("usualTransports")
	void serverWithoutDescriptorsWaitsForThemWithoutSpinning(Transport transport) throws Exception {
		assumeThat(Files.isExecutable(Path.of("/usr/bin/prlimit"))).as("prlimit is there").isTrue();
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Process jvm = new ProcessBuilder(java, "-cp",
				System.getProperty("java.class.path").replace(':', File.pathSeparatorChar), Program.class.getName(),
				transport.name())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		List<Socket> waiting = new ArrayList<>();
		try (BufferedReader lines = new BufferedReader(new InputStreamReader(jvm.getInputStream(), UTF_8))) {
			int port = port(lines);
			try (Socket live = connect(port)) {
				assertThat(ask(live, "before")).isEqualTo("RUNNING fine");
				String limit = run("prlimit", "--pid", "" + jvm.pid(), "--nofile", "--noheadings", "--output",
						"SOFT,HARD")
					.strip()
					.replaceAll("\\s+", ":");
				limit(jvm, "10:" + limit.substring(limit.indexOf(':') + 1));
				for (int i = 0; i < 20; i++) {
					waiting.add(connect(port));
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> ask(live, "during").startsWith("RUNNING failed"));
				long before = cpuMillis(jvm);
				long start = System.nanoTime();
				Awaitility.await()
					.atMost(Duration.ofSeconds(60))
					.pollInterval(Duration.ofMillis(500))
					.until(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(4));
				assertThat(cpuMillis(jvm) - before).as("CPU time within four seconds").isLessThan(2_000);
				assertThat(ask(live, "during")).startsWith("RUNNING failed");

				limit(jvm, limit);
				for (Socket socket : waiting) {
					assertThat(ask(socket, "after")).startsWith("RUNNING");
				}
				assertThat(ask(live, "after")).isEqualTo("RUNNING fine");
			}
		}
		finally {
			for (Socket socket : waiting) {
				socket.close();
			}
			jvm.destroyForcibly();
		}
	}

	private static int port(BufferedReader lines) throws IOException {
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			if (line.startsWith("port ")) {
				return Integer.parseInt(line.substring("port ".length()));
			}
		}
		throw new IOException("The program ended");
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 10_000);
		socket.setSoTimeout(20_000);
		return socket;
	}

	private static String ask(Socket socket, String line) throws IOException {
		socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
		StringBuilder reply = new StringBuilder();
		for (int next = socket.getInputStream().read(); next != '\n'; next = socket.getInputStream().read()) {
			if (next < 0) {
				throw new IOException("The stream ended");
			}
			reply.append((char) next);
		}
		return reply.toString();
	}

	private static void limit(Process jvm, String limits) throws Exception {
		assertThat(run("prlimit", "--pid", "" + jvm.pid(), "--nofile=" + limits)).isEmpty();
	}

	private static long cpuMillis(Process jvm) {
		return jvm.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
	}

	/** Tells how its own server is, with loggers that throw when it goes wrong. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) {
			List<SocketServer> self = new ArrayList<>();
			NettySocketServers servers = new NettySocketServers(List.of());
			self.add(servers.register(ServerSpec.builder("program")
				.transport(Transport.valueOf(args[0]))
				.handler(ServerHandler.function("state", PayloadConverter.text(UTF_8), (line) -> {
					SocketServer server = self.get(0);
					return server.state() + " " + ((server.failure() == null) ? "fine" : "failed");
				}))
				.build()));
			self.get(0).start();
			((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(new Throwing());
			System.out.println("port " + self.get(0).localAddress().getPort());
		}

	}

	private static final class Throwing extends TurboFilter {

		@Override
		public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object @Nullable [] values,
				Throwable cause) {
			if (level.isGreaterOrEqual(Level.WARN)) {
				throw new IllegalStateException("This logger throws " + format, cause);
			}
			return FilterReply.NEUTRAL;
		}

	}

}
