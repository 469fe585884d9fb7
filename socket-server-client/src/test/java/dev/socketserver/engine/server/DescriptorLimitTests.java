package dev.socketserver.engine.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DescriptorLimitTests {

	@ParameterizedTest
	@CsvSource({ "1024, 100, 796", "1048576, 200, 1047352", "64, 20, 28", "64, 60, 1", "10, 0, 1", "-1, 7, 2147483647",
			"9223372036854775807, 100, 2147483647", "1024, -1, 896" })
	void leavesTheApplicationAReserve(long max, long open, int connections) {
		assertThat(DescriptorLimit.connections(max, open)).isEqualTo(connections);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void linuxAndTheBeanSayTheSame() {
		assertThat(DescriptorLimit.limitOfProc(Path.of("/proc/self"))).isNotNull()
			.isCloseTo(DescriptorLimit.limitOfBean(), within(64));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			Max open files            1024                 524288               files, 894
			Max open files            unlimited            unlimited            files, 2147483647
			Max open files            lots                 of                   files,
			Max processes             95976                95976                processes,
			""")
	void readsWhatLinuxSays(String line, @Nullable Integer connections, @TempDir Path process) throws IOException {
		Files.createDirectory(process.resolve("fd"));
		Files.createFile(process.resolve("fd/0"));
		Files.createFile(process.resolve("fd/1"));
		Files.writeString(process.resolve("limits"), "Limit   Soft Limit   Hard Limit   Units\n" + line + "\n");
		assertThat(DescriptorLimit.limitOfProc(process)).isEqualTo(connections);
	}

	@Test
	void elsewhereNothingIsRead(@TempDir Path process) throws IOException {
		assertThat(DescriptorLimit.limitOfProc(process)).isNull();
		Files.createDirectory(process.resolve("fd"));
		assertThat(DescriptorLimit.limitOfProc(process)).isNull();
	}

	@Test
	void theLimitIsAsItWasSaidWhereThereAreDescriptors() {
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			SocketServer server = servers.register(ServerSpec.builder("few")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.limits((l) -> l.sessions(7))
				.build());
			assertThat(server.statistics().maxSessions()).isZero();
			server.start();
			assertThat(server.statistics().maxSessions()).isEqualTo(7);
		}
	}

	/** Another process, whose limit can be set. */
	@Test
	@EnabledOnOs(OS.LINUX)
	void sessionsAreAsManyAsThereCanBe(@TempDir Path directory) throws Exception {
		assertThat(run(directory, 500, Limited.class))
			.containsPattern("WARN .* 'few' can have at most [0-9]+ sessions, not the 5000 of limits.sessions")
			.containsPattern("INFO .* 'usual' can have at most [0-9]+ sessions, not the 10000 of limits.sessions")
			.containsPattern("INFO .* 'talk' can have at most [0-9]+ sessions, not the 500 of limits.sessions")
			.contains("LIMIT true", "SPEC 5000", "DEFAULT false", "KEPT true", "KEPT STILL true");
	}

	/** A start that fails like this is one that the policy of starts decides about. */
	@Test
	@EnabledOnOs(OS.LINUX)
	void eventLoopsAreNoMoreThanThereCanBe(@TempDir Path directory) throws Exception {
		assertThat(run(directory, 500, Loops.class)).contains("NO_EVENT_LOOPS", "FAILED")
			.containsPattern("many.* 1000 event loops of (epoll|nio) cannot be created: .*[Tt]oo many open files")
			.containsPattern(
					"alone is STOPPED: 1000 event loops of (epoll|nio) cannot be created: .*[Tt]oo many open files");
	}

	private static String run(Path directory, int descriptors, Class<?> program)
			throws IOException, InterruptedException {
		Path output = directory.resolve("output-" + descriptors);
		List<String> command = new ArrayList<>(
				List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\""));
		command.addAll(OtherJvm.command(List.of(), program));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectInput(new File("/dev/null"))
			.redirectOutput(output.toFile())
			.start();
		try {
			Patience.await(process);
		}
		finally {
			process.destroyForcibly();
		}
		String printed = Files.readString(output);
		assertThat(process.exitValue()).as(printed).isZero();
		return printed;
	}

	/** Starts two servers and prints what has become of their limits. */
	static final class Limited {

		private Limited() {
		}

		public static void main(String[] args) {
			try (NettySocketServers servers = new NettySocketServers(List.of())) {
				ServerHandler echo = ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line);
				SocketServer few = servers
					.register(ServerSpec.builder("few").handler(echo).limits((l) -> l.sessions(5_000)).build());
				few.start();
				SocketServer usual = servers.register(ServerSpec.builder("usual").handler(echo).build());
				usual.start();
				servers
					.register(ServerSpec.builder("talk")
						.handler(ServerHandler.stream("talk", (in, out, session) -> in.transferTo(out)))
						.execution((e) -> e.mode(ExecutionMode.POOL))
						.build())
					.start();
				System.out.println("LIMIT " + (few.statistics().maxSessions() < 500));
				System.out.println("SPEC " + few.spec().limits().sessions());
				System.out.println("DEFAULT " + (usual.statistics().maxSessions() == 10_000));
				keep(servers, ServerSpec.builder("kept").handler(echo).limits((l) -> l.sessions(21)));
			}
		}

		/** The sessions of an earlier run have their descriptors, too. */
		private static void keep(NettySocketServers servers, ServerSpec.Builder spec) {
			SocketServer kept = servers.register(spec.build());
			kept.start();
			List<Socket> peers = new ArrayList<>();
			try {
				peers.add(asked(kept));
				kept.closeListener();
				kept.start();
				while (peers.size() < 21) {
					peers.add(asked(kept));
				}
				ServerOperations operations = ServerOperations.of(kept);
				operations.reconfigure(spec.limits((l) -> l.sessions(5_000)).build(), 2);
				long most = kept.statistics().maxSessions();
				System.out.println("KEPT " + (Math.abs(most - 21 - DescriptorLimit.connections()) < 10));
				operations.reconfigure(spec.farewell("bye").build(), 3);
				System.out.println("KEPT STILL " + (kept.statistics().maxSessions() == most));
				for (Socket peer : peers) {
					peer.close();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private static Socket asked(SocketServer server) throws IOException {
			Socket peer = new Socket("127.0.0.1", server.port());
			peer.getOutputStream().write("x\n".getBytes(UTF_8));
			if (peer.getInputStream().read() != 'x') {
				throw new IOException("No reply");
			}
			return peer;
		}

	}

	/**
	 * Starts a server with more event loops than there can be, and prints how that ends.
	 */
	static final class Loops {

		private Loops() {
		}

		public static void main(String[] args) {
			try (NettySocketServers servers = new NettySocketServers(List::of, 1_000)) {
				SocketServer server = servers.register(ServerSpec.builder("many")
					.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
					.build());
				try {
					server.start();
				}
				catch (ServerStartException ex) {
					System.out.println(ex.problem() + " " + server.state() + " " + ex.getMessage());
				}
				try (NettySocketClients clients = new NettySocketClients(servers, List::of)) {
					SocketClient client = clients.register(ClientSpec.builder("alone").port(1).build());
					try {
						client.start();
					}
					catch (UncheckedIOException ex) {
						System.out.println("alone is " + client.state() + ": " + ex.getMessage());
					}
				}
			}
		}

	}

}
