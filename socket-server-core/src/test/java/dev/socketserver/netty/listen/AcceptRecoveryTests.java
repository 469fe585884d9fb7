package dev.socketserver.netty.listen;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileInputStream;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.log.ThrowingAppender;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What the system takes away from a server that listens, and gives back.
 */
@Tag("long")
class AcceptRecoveryTests {

	/** From the end of the cause until connections are accepted again. */
	private static final Duration MOST = Duration.ofSeconds(2);

	/** What the program may have. */
	private static final int DESCRIPTORS = 200;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(Listener.class);

	static Stream<SocketTransport> transports() {
		return ServerFixture.everyTransport();
	}

	static Stream<SocketTransport> nativeTransports() {
		return transports().filter((transport) -> transport != SocketTransport.NIO);
	}

	/**
	 * The logger is one as usual, or one that throws, which is no matter of the
	 * transport.
	 */
	static Stream<Way> ways() {
		return transports().flatMap((transport) -> (Rounds.SOAK || transport == SocketTransport.NIO)
				? Stream.of(new Way(transport, false), new Way(transport, true))
				: Stream.of(new Way(transport, false)));
	}

	public record Way(SocketTransport transport, boolean loggerThrows) {

	}

	@Test
	void loopThatDoesNotAnswerIsAFailureUntilItDoes() throws Exception {
		Semaphore kept = new Semaphore(0);
		try (NettySocketServers one = new NettySocketServers(List::of, 1)) {
			SocketServer server = one.register(ServerSpec.builder("kept")
				.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
				.handler(ServerHandler.function("keeps", PayloadConverter.text(UTF_8), (line) -> {
					kept.acquireUninterruptibly();
					return line;
				}))
				.build());
			server.start();
			try (Peer peer = new Peer(server)) {
				peer.send("x\n");
				Awaitility.await().until(() -> server.failure() != null);
				assertThat(server.failure()).hasMessageMatching(".* has not answered for \\d\\d s: .*");
				assertThat(server.state()).isEqualTo(ServerState.RUNNING);

				kept.release();
				assertThat(peer.line()).isEqualTo("x");
				Awaitility.await().until(() -> server.failure() == null);
			}
			finally {
				kept.release();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void listeningSocketThatIsDestroyedFromOutsideIsReplaced(SocketTransport transport) throws Exception {
		SocketServer server = linesOnPortOfItsOwn(transport);
		InetSocketAddress address = server.localAddress();
		try (Peer live = new Peer(server)) {
			assertThat(live.ask("before")).isEqualTo("BEFORE");
			destroyListener(address.getPort());
			assertThat(Patience
				.timed(() -> Awaitility.await().pollInterval(Duration.ofMillis(10)).ignoreExceptions().until(() -> {
					try (Peer next = new Peer(server)) {
						return next.ask("next");
					}
				}, "NEXT"::equals))).isLessThan(MOST);
			assertThat(live.ask("after")).isEqualTo("AFTER");
			assertThat(server.localAddress()).isEqualTo(address);
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			assertThat(server.failure()).isNull();
			assertThat(server.statistics().listenersReplaced()).isEqualTo(1);
			Awaitility.await().until(() -> this.fixture.alarms.size() == 2);
			assertThat(this.fixture.alarms).extracting(Alarm::kind)
				.containsExactly(Alarm.Kind.ACCEPT_FAILED, Alarm.Kind.ACCEPT_RESUMED);
			assertThat(this.fixture.alarms.get(0).cause()).isNotNull();
			assertThat(this.log.messages(Level.WARN)).last()
				.asString()
				.startsWith("Server 'test' has lost its listening socket");
			assertThat(this.log.messages(Level.INFO))
				.containsExactly("Server 'test' listens on 127.0.0.1:" + address.getPort() + " again");
		}
	}

	/** Nobody accepts from it, and finds out; one of the JDK's finds out then. */
	@ParameterizedTest(allowZeroInvocations = true)
	@MethodSource("nativeTransports")
	void listeningSocketOfAPausedServerIsReplacedToo(SocketTransport transport) throws Exception {
		SocketServer server = linesOnPortOfItsOwn(transport);
		assertThat(server.pause()).isTrue();
		destroyListener(server.localAddress().getPort());
		Awaitility.await().until(() -> server.statistics().listenersReplaced() == 1);
		assertThat(server.resume()).isTrue();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("X");
		}
	}

	/** Nothing else may get the port while nobody listens there. */
	private SocketServer linesOnPortOfItsOwn(SocketTransport transport) {
		return this.fixture.lines(String::toUpperCase, (spec) -> spec.transport(transport).port(Ports.free()));
	}

	private static void destroyListener(int port) throws Exception {
		assumeProgram("ss");
		assumeTrue("0".equals(run("id", "-u").strip()), "only root may destroy sockets");
		assumeTrue(run("ss", "-K", "-l", "-t", "-n", "-H", "sport = :" + port).contains(":" + port),
				"this kernel destroys sockets");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void serverWithoutDescriptorsWaitsForThemWithoutSpinning(Way way) throws Exception {
		assumeProgram("prlimit");
		List<Socket> waiting = new ArrayList<>();
		// From the start: a pending accept of io_uring keeps the limit that it began
		// with.
		List<String> command = new ArrayList<>(List.of("prlimit", "--nofile=" + DESCRIPTORS + ":"));
		command.addAll(OtherJvm.command(List.of("-XX:-MaxFDLimit"), Program.class, way.transport().name(),
				String.valueOf(way.loggerThrows())));
		Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
		List<String> said = new CopyOnWriteArrayList<>();
		Thread reader = new Thread(() -> new BufferedReader(new InputStreamReader(jvm.getInputStream(), UTF_8)).lines()
			.forEach(said::add));
		reader.start();
		try {
			int port = Awaitility.await().until(() -> port(said), (found) -> found > 0);
			try (Socket live = connect(port)) {
				assertThat(ask(live, "before")).isEqualTo("RUNNING, port " + port + ", alarms [], fine");
				ask(live, Program.EXHAUST);
				for (int i = 0; i < 20; i++) {
					waiting.add(connect(port));
				}
				String failed = "RUNNING, port " + port + ", alarms [ACCEPT_FAILED], failed";
				Awaitility.await().until(() -> ask(live, "during").equals(failed));
				Duration before = cpu(jvm);
				long start = System.nanoTime();
				Awaitility.await()
					.pollInterval(Duration.ofMillis(500))
					.until(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(2));
				Duration passed = Duration.ofNanos(System.nanoTime() - start);
				assertThat(cpu(jvm).minus(before)).as("CPU time within " + passed).isLessThan(passed.dividedBy(4));
				assertThat(ask(live, "during")).isEqualTo(failed);

				assertThat(run("prlimit", "--pid", "" + jvm.pid(), "--nofile=" + 10 * DESCRIPTORS + ":")).isEmpty();
				assertThat(Patience.timed(() -> {
					for (Socket socket : waiting) {
						assertThat(ask(socket, "after")).startsWith("RUNNING");
					}
					return null;
				})).isLessThan(MOST);
				Awaitility.await()
					.until(() -> ask(live, "after")
						.equals("RUNNING, port " + port + ", alarms [ACCEPT_FAILED, ACCEPT_RESUMED], fine"));
			}
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError("The program said " + said, ex);
		}
		finally {
			Opened.closeAll(waiting);
			jvm.destroyForcibly();
			reader.join();
		}
	}

	private static void assumeProgram(String name) {
		assumeTrue(Stream.of("/bin", "/sbin", "/usr/bin", "/usr/sbin")
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, name))), name + " is there");
	}

	private static String run(String... command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), UTF_8);
		process.waitFor();
		return output;
	}

	/** Returns what the program has said, or 0. */
	private static int port(List<String> said) {
		return said.stream()
			.filter((line) -> line.startsWith(Program.PORT))
			.mapToInt((line) -> Integer.parseInt(line.substring(Program.PORT.length())))
			.findFirst()
			.orElse(0);
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
		socket.setSoTimeout(Patience.millis());
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

	private static Duration cpu(Process jvm) {
		return jvm.info().totalCpuDuration().orElseThrow();
	}

	/** Tells how its own server is. */
	static final class Program {

		static final String PORT = "port ";

		/** The line that makes the program take all descriptors there are. */
		static final String EXHAUST = "exhaust";

		private final List<Closeable> taken = new ArrayList<>();

		private final List<Alarm.Kind> alarms = new CopyOnWriteArrayList<>();

		private final NettySocketServers servers;

		private Program(boolean throwing) {
			this.servers = new NettySocketServers(List.of(new SocketServerListener() {

				@Override
				public void alarm(SocketServer server, Alarm alarm) {
					Program.this.alarms.add(alarm.kind());
					if (throwing) {
						throw new IllegalStateException("This listener throws");
					}
				}

			}));
		}

		public static void main(String[] args) {
			Program program = new Program(Boolean.parseBoolean(args[1]));
			SocketServer server = program.servers.register(ServerSpec.builder("program")
				.transport(SocketTransport.valueOf(args[0]))
				.handler(ServerHandler.function("state", PayloadConverter.text(UTF_8), program::answer))
				.build());
			server.start();
			if (Boolean.parseBoolean(args[1])) {
				new ThrowingAppender(Logger.ROOT_LOGGER_NAME);
			}
			System.out.println(PORT + server.localAddress().getPort());
		}

		private String answer(String line) {
			return line.equals(EXHAUST) ? exhaust() : state();
		}

		private String exhaust() {
			while (true) {
				try {
					this.taken.add(new FileInputStream("/dev/null"));
				}
				catch (IOException ex) {
					return "taken";
				}
			}
		}

		private String state() {
			SocketServer server = this.servers.get("program");
			return server.state() + ", port " + server.localAddress().getPort() + ", alarms " + this.alarms
					+ ((server.failure() == null) ? ", fine" : ", failed");
		}

	}

}
