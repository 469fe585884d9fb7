package dev.socketserver.netty.execution;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A system that gives no thread any more, in a JVM of its own. */
@Tag("virtual-threads")
@EnabledOnOs(OS.LINUX)
class ThreadLimitTests {

	/** Of addresses, of which each thread takes one for its stack. */
	private static final List<String> LIMITED = List.of("/usr/bin/prlimit", "--as=" + (40L << 30));

	private static final List<String> LARGE_STACKS = List.of("-XX:ThreadStackSize=" + (1 << 20));

	@ParameterizedTest
	@ValueSource(strings = { "stop", "closeListener" })
	void serverThatIsStoppedWithoutThreadsEndsWhenThereAreSome(String how) throws Exception {
		assumeTrue(Files.isExecutable(Path.of(LIMITED.get(0))), "there is prlimit");
		try (OtherJvm jvm = new OtherJvm(LIMITED, LARGE_STACKS, StopProgram.class, how)) {
			jvm.await("no thread left");
			jvm.command("stop");
			jvm.await("told to stop");
			jvm.command("give them back");
			jvm.await("stopped");
			jvm.await("listens again");
		}
	}

	@Test
	void serverThatCannotKeepTheJvmAliveLeavesItsPortAndMayBeStartedLater() throws Exception {
		assertSays(StartProgram.class, "could not start", "left its port", "is kept alive");
	}

	@Test
	void sessionsWhoseHandlersGetNoThreadEndWhenThereAreSome() throws Exception {
		assertSays(SessionsProgram.class, "no handler runs", "sessions have ended");
	}

	/** Runs a program where the system has few threads, until it has said all that. */
	private static void assertSays(Class<?> program, String... lines) throws Exception {
		assumeTrue(Files.isExecutable(Path.of(LIMITED.get(0))), "there is prlimit");
		try (OtherJvm jvm = new OtherJvm(LIMITED, LARGE_STACKS, program)) {
			for (String line : lines) {
				jvm.await(line);
			}
		}
	}

	/** Takes all threads that there are. */
	private static void take(CountDownLatch until) {
		try {
			while (true) {
				Thread thread = new Thread(() -> {
					Patience.hold(until);
				});
				thread.setDaemon(true);
				thread.start();
			}
		}
		catch (OutOfMemoryError ex) {
			// There is none left.
		}
	}

	/** A thread that ends gives its stack back a little later. */
	private static void startOnceThereAreThreads(SocketServer server) {
		Awaitility.await().pollInSameThread().ignoreExceptions().until(() -> {
			server.start();
			return true;
		});
	}

	private static ServerSpec.Builder echo(String name) {
		return ServerSpec.builder(name)
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line));
	}

	/**
	 * Starts a server where another one has a thread for everything but to stay alive.
	 */
	static final class StartProgram {

		private StartProgram() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			int port = Ports.free();
			NettySocketServers servers = new NettySocketServers(List::of, 1);
			servers.register(echo("other").threads((t) -> t.serverDaemon(true)).build()).start();
			SocketServer server = servers.register(echo("program").port(port).build());
			CountDownLatch taken = new CountDownLatch(1);
			take(taken);
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(server::start);
			assertThat(server.state()).isEqualTo(ServerState.FAILED);
			OtherJvm.say("could not start");
			Awaitility.await()
				.pollInSameThread()
				.untilAsserted(() -> assertThatExceptionOfType(ConnectException.class)
					.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close()));
			OtherJvm.say("left its port");
			taken.countDown();
			startOnceThereAreThreads(server);
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.contains("socket-server-keep-alive");
			OtherJvm.say("is kept alive");
			servers.close();
		}

	}

	/** Stops its server where there is no thread left. */
	static final class StopProgram {

		private StopProgram() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
			NettySocketServers servers = new NettySocketServers(List::of, 1);
			SocketServer server = servers.register(echo("program").build());
			server.start();
			CountDownLatch taken = new CountDownLatch(1);
			take(taken);
			OtherJvm.say("no thread left");
			orders.readLine();
			if (args[0].equals("stop")) {
				assertThatIllegalStateException().isThrownBy(() -> server.stop(Duration.ZERO))
					.withMessageContaining("'program' has not stopped");
			}
			else {
				server.closeListener();
			}
			OtherJvm.say("told to stop");
			orders.readLine();
			taken.countDown();
			Awaitility.await().pollInSameThread().until(() -> server.state() == ServerState.STOPPED);
			OtherJvm.say("stopped");
			startOnceThereAreThreads(server);
			OtherJvm.say("listens again");
			servers.close();
		}

	}

	/** Has peers connect where there is no thread for their handlers, nor elsewhere. */
	static final class SessionsProgram {

		private SessionsProgram() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			int peers = 8;
			NettySocketServers servers = new NettySocketServers(List::of, 1);
			SocketServer server = servers
				.register(echo("program").execution((e) -> e.mode(ExecutionMode.POOL)).build());
			server.start();
			CountDownLatch taken = new CountDownLatch(1);
			take(taken);
			for (int i = 0; i < peers; i++) {
				Peer unused = new Peer(server);
			}
			Awaitility.await().pollInSameThread().until(() -> server.statistics().opened() == peers);
			OtherJvm.say("no handler runs");
			// Longer than the first looks for a thread take.
			Awaitility.await().pollInSameThread().during(Duration.ofSeconds(3)).until(() -> true);
			taken.countDown();
			Awaitility.await().pollInSameThread().until(() -> server.sessions().findAny().isEmpty());
			assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.EXECUTOR_REJECTED);
			OtherJvm.say("sessions have ended");
			servers.close();
		}

	}

}
