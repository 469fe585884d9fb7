package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.network.OwnNetwork;
import dev.socketserver.fixtures.network.RawSockets;
import dev.socketserver.fixtures.process.LiveHeap;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A server of UDP that is flooded from forged sources, in a network of its own.
 */
@Timeout(value = 1_800, unit = TimeUnit.SECONDS)
class ForgedSourcesTests {

	private static final int SESSIONS = 1_000;

	private static final int SOURCES = Rounds.of("socketserver.forged-sources", 20_000, 1_000_000);

	/** What a session with its peer may cost, the lane and the queues included. */
	private static final long BYTES_A_SESSION = 8 * 1024;

	private static final String LOOPBACK = "ip link set lo up";

	@Test
	void memoryIsBoundedAndThoseWhoAreBoundGoOn() throws Exception {
		assumeTrue(OwnNetwork.problem(LOOPBACK).isEmpty(), "A network of its own is needed");
		assumeTrue(RawSockets.permitted(), "python3 with raw sockets is needed");
		List<String> command = new ArrayList<>(OwnNetwork.made(LOOPBACK));
		command.addAll(OtherJvm.command(List.of("-Xmx128m"), Server.class, "" + SOURCES));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String printed;
		try {
			printed = new String(process.getInputStream().readAllBytes(), UTF_8);
			assertThat(process.waitFor()).as(printed).isZero();
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
		System.out.println(printed.lines().filter((line) -> line.startsWith("report ")).findFirst().orElse(printed));
		assertThat(printed).contains("asked 30", "report ");
	}

	/** The server that is flooded, which starts the flood and looks at itself. */
	static final class Server {

		private Server() {
		}

		public static void main(String[] arguments) throws Exception {
			NettySocketServers servers = new NettySocketServers(List::of, 1);
			Set<String> bound = ConcurrentHashMap.newKeySet();
			SessionHandler handler = (payload, session) -> {
				String text = (String) payload;
				if (text.startsWith("bind")) {
					session.bind("peer", text, BindPolicy.REPLACE);
					bound.add(session.id());
				}
				return bound.contains(session.id()) ? text + " in " + session.id() : null;
			};
			SocketServer server = servers.register(ServerSpec.builder("flooded")
				.handler(new ServerHandler.Messages("bound", PayloadConverter.text(UTF_8), true, (ignored) -> handler))
				.limits((limits) -> limits.sessions(SESSIONS))
				.udp((udp) -> udp)
				.build());
			server.start();
			long before = LiveHeap.bytes();
			int port = Objects.requireNonNull(server.localAddress()).getPort();
			Path script = Files.createTempFile("forged-sources", ".py");
			try (var in = Objects.requireNonNull(ForgedSourcesTests.class.getResourceAsStream("/forged-sources.py"))) {
				Files.write(script, in.readAllBytes());
			}
			long began = System.nanoTime();
			Process flood = new ProcessBuilder("python3", script.toString(), "" + port, arguments[0]).inheritIO()
				.start();
			long most = 0;
			while (!flood.waitFor(5, TimeUnit.MILLISECONDS)) {
				most = Math.max(most, server.statistics().active());
			}
			Files.delete(script);
			long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
			check(flood.exitValue() == 0, "the flood has ended with " + flood.exitValue());
			long kept = LiveHeap.bytes() - before;
			ServerStatistics figures = server.statistics();
			System.out.println("report " + arguments[0] + " sources in " + seconds + " s, received "
					+ figures.datagrams().received() + ", dropped " + figures.datagrams().dropped() + ", opened "
					+ figures.opened() + ", most at once " + most + ", rejected " + figures.rejected() + ", heap of "
					+ SESSIONS + " sessions " + kept / 1024 + " KB, resident " + status("VmHWM:"));
			check(most <= SESSIONS, "there were " + most + " sessions");
			check(kept <= SESSIONS * BYTES_A_SESSION, "they keep " + kept + " bytes");
			check(figures.opened() > SESSIONS, "nobody was displaced");
			check(figures.closed().keySet().stream().allMatch(Predicate.isEqual(CloseReason.IDLE_TIMEOUT)),
					"ended for another reason: " + figures.closed());
			Runtime.getRuntime().halt(0);
		}

		private static void check(boolean right, String problem) {
			if (!right) {
				System.out.println(problem);
				Runtime.getRuntime().halt(1);
			}
		}

		private static String status(String key) throws IOException {
			return Files.readAllLines(Path.of("/proc/self/status"))
				.stream()
				.filter((line) -> line.startsWith(key))
				.map((line) -> line.substring(key.length()).strip())
				.findFirst()
				.orElse("unknown");
		}

	}

}
