package dev.socketserver.netty.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.gate.Rate;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests how many system calls a message costs that arrives alone: they are most of what
 * it costs, and strace counts them, whatever else the machine does. What is counted is
 * calls, not time, of a server in a process of its own.
 */
@Tag("virtual-threads")
class SystemCallTests {

	private static final int MESSAGES = 500;

	/** What opening, closing and looking around cost, all in all. */
	private static final int BESIDES = 50;

	@TempDir
	Path directory;

	@BeforeEach
	void needsStrace() throws Exception {
		assumeThat(Epoll.isAvailable()).as("there is epoll").isTrue();
		assumeThat(canTrace()).as("there is strace, and it may trace").isTrue();
	}

	@Every.Mode
	void loneMessageIsOneReadAndOneWrite(ExecutionMode mode) throws Exception {
		Map<String, Integer> calls = calls(mode, 1, MESSAGES);

		int reads = sum(calls, "recvfrom", "recvmsg");
		int writes = sum(calls, "sendto", "sendmsg", "writev");
		int waits = sum(calls, "epoll_wait", "epoll_pwait", "epoll_pwait2");
		assertThat(reads).as("reads, %s", calls).isBetween(MESSAGES, MESSAGES + BESIDES);
		assertThat(writes).as("writes, %s", calls).isBetween(MESSAGES, MESSAGES + BESIDES);
		// One for the message, one for the reply, where that is sent by another thread.
		assertThat(waits).as("waits, %s", calls)
			.isLessThanOrEqualTo(((mode == ExecutionMode.EVENT_LOOP) ? 1 : 2) * MESSAGES + BESIDES);
		// Changes to what epoll watches are made when a session opens, and when it ends.
		assertThat(sum(calls, "epoll_ctl")).as("changes, %s", calls).isLessThanOrEqualTo(BESIDES);
	}

	/** Rates that are not exceeded cost none, nor do logins and bans. */
	@Test
	void limitsOfPeersCostNoCallAMessage() throws Exception {
		Map<String, Integer> calls = calls(ExecutionMode.EVENT_LOOP, 1, MESSAGES, Echo.LIMITED);

		assertThat(sum(calls, "recvfrom", "recvmsg")).as("reads, %s", calls).isBetween(MESSAGES, MESSAGES + BESIDES);
		assertThat(sum(calls, "sendto", "sendmsg", "writev")).as("writes, %s", calls)
			.isBetween(MESSAGES, MESSAGES + BESIDES);
		assertThat(sum(calls, "epoll_wait", "epoll_pwait", "epoll_pwait2")).as("waits, %s", calls)
			.isLessThanOrEqualTo(MESSAGES + BESIDES);
		assertThat(sum(calls, "epoll_ctl")).as("changes, %s", calls).isLessThanOrEqualTo(BESIDES);
	}

	/** Most of what they need they have of the listening socket. */
	@Test
	void connectionsHaveAlmostNoOptionSet() throws Exception {
		int connections = 200;
		Map<String, Integer> calls = calls(ExecutionMode.EVENT_LOOP, connections, 1);

		assertThat(sum(calls, "recvfrom", "recvmsg")).as("reads, %s", calls).isGreaterThanOrEqualTo(connections);
		assertThat(sum(calls, "setsockopt")).as("options, %s", calls).isBetween(connections, connections + BESIDES);
	}

	/** Datagrams of several peers that arrive together are read and answered together. */
	@Every.Mode
	void severalDatagramsAreOneCall(ExecutionMode mode) throws Exception {
		int rounds = 10;
		int together = 64;
		Map<String, Integer> calls = traced(mode, Echo.UDP, (port) -> {
			List<DatagramSocket> peers = new ArrayList<>();
			try {
				for (int i = 0; i < together; i++) {
					peers.add(new DatagramSocket());
				}
				DatagramPacket packet = new DatagramPacket(new byte[32], 32, InetAddress.getLoopbackAddress(), port);
				for (int round = 0; round < rounds; round++) {
					for (DatagramSocket peer : peers) {
						peer.send(packet);
					}
					for (DatagramSocket peer : peers) {
						peer.setSoTimeout(Patience.millis());
						peer.receive(packet);
					}
				}
			}
			finally {
				peers.forEach(DatagramSocket::close);
			}
		});

		int messages = rounds * together;
		assertThat(sum(calls, "recvmmsg")).as("reads of several, %s", calls).isBetween(1, messages / 2);
		assertThat(sum(calls, "recvfrom", "recvmsg")).as("reads of one, %s", calls).isLessThanOrEqualTo(BESIDES);
		assertThat(sum(calls, "sendmmsg", "sendto", "sendmsg")).as("writes, %s", calls).isBetween(1, messages / 2);
		assertThat(sum(calls, "sendmmsg")).as("writes of several, %s", calls).isPositive();
	}

	/** Those that have something to do lose little to many places to listen. */
	@Test
	void busyLoopAsksFewOfManyListeners() throws Exception {
		int sessions = 300;
		int rounds = 20;
		Map<String, Integer> calls = traced(ExecutionMode.EVENT_LOOP, Echo.LISTENERS, (port) -> {
			List<Peer> peers = new ArrayList<>();
			try {
				for (int i = 0; i < sessions; i++) {
					peers.add(new Peer(port, 64 * 1024));
				}
				for (int round = 0; round < rounds; round++) {
					for (Peer peer : peers) {
						peer.send("line\n");
					}
					for (Peer peer : peers) {
						assertThat(peer.line()).isEqualTo("line");
					}
				}
			}
			finally {
				for (Peer peer : peers) {
					peer.close();
				}
			}
		});

		int turns = sum(calls, "epoll_wait", "epoll_pwait", "epoll_pwait2");
		assertThat(sum(calls, "accept", "accept4")).as("accepts, %s", calls)
			.isBetween(sessions, 2 * sessions + 8 * turns + BESIDES);
	}

	private static int sum(Map<String, Integer> calls, String... names) {
		return Stream.of(names).mapToInt((name) -> calls.getOrDefault(name, 0)).sum();
	}

	private Map<String, Integer> calls(ExecutionMode mode, int connections, int messages, String... options)
			throws Exception {
		return traced(mode, String.join(" ", options), (port) -> {
			for (int connection = 0; connection < connections; connection++) {
				try (Peer peer = new Peer(port, 64 * 1024)) {
					for (int i = 0; i < messages; i++) {
						assertThat(peer.ask("line " + i)).isEqualTo("line " + i);
					}
				}
			}
		});
	}

	private Map<String, Integer> traced(ExecutionMode mode, String option, Peers peers) throws Exception {
		Path counts = this.directory.resolve("counts");
		List<String> command = new ArrayList<>(strace(counts));
		command.addAll(OtherJvm.command(List.of(), Echo.class, mode.name(), option));
		Process process = new ProcessBuilder(command).redirectError(this.directory.resolve("log").toFile()).start();
		try (BufferedReader out = process.inputReader()) {
			String line = out.readLine();
			while (line != null && !line.startsWith("port ")) {
				line = out.readLine();
			}
			peers.ask(Integer.parseInt(Objects.requireNonNull(line, "The server has not started").substring(5)));
			process.getOutputStream().close();
			assertThat(process.waitFor(Patience.seconds(), TimeUnit.SECONDS)).as("the server has ended").isTrue();
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
		return parse(counts);
	}

	/** Stops the program at these calls only, not at each that its JVM starts with. */
	private static List<String> strace(Path counts) {
		return List.of("strace", "-f", "--seccomp-bpf", "-qq", "-c", "-e",
				"trace=accept,accept4,setsockopt,recvfrom,recvmsg,recvmmsg,sendto,sendmsg,sendmmsg,writev,epoll_wait,epoll_pwait,epoll_pwait2,epoll_ctl",
				"-o", counts.toString());
	}

	/** A container may forbid it, and an old one does not know each call. */
	private boolean canTrace() throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(strace(this.directory.resolve("nothing")));
		command.add("true");
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			process.getInputStream().readAllBytes();
			return process.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Reads strace's table: part, seconds, time of each, calls, errors if any, name. */
	private static Map<String, Integer> parse(Path counts) throws IOException {
		Map<String, Integer> calls = new HashMap<>();
		for (String line : Files.readAllLines(counts)) {
			String[] cells = line.strip().split(" +");
			if (cells.length >= 5 && cells[0].matches("[\\d.]+") && !cells[cells.length - 1].equals("total")) {
				calls.put(cells[cells.length - 1], Integer.valueOf(cells[3]));
			}
		}
		return calls;
	}

	/** Those that ask the server. */
	private interface Peers {

		void ask(int port) throws Exception;

	}

	/** The server that is traced; ends with its standard input. */
	static final class Echo {

		static final String LIMITED = "limited";

		static final String UDP = "udp";

		static final String LISTENERS = "listeners";

		private Echo() {
		}

		public static void main(String[] arguments) throws IOException {
			NettySocketServers servers = new NettySocketServers(List::of, 1);
			ServerSpec.Builder spec = ServerSpec.builder("echo")
				.transport(SocketTransport.EPOLL)
				.execution((e) -> e.mode(ExecutionMode.valueOf(arguments[0])))
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line));
			if (arguments[1].equals(LIMITED)) {
				spec.rate((rate) -> rate.messages(Rate.messages("100000/s")).bytes(Rate.bytes("1GB/s")))
					.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(Integer.MAX_VALUE))
					.ban((ban) -> ban.offences(3).exempt(List.of()));
			}
			if (arguments[1].equals(UDP)) {
				spec.udp((udp) -> udp);
			}
			if (arguments[1].equals(LISTENERS)) {
				for (int i = 0; i < 300; i++) {
					spec.listener("l" + i, (listener) -> listener.port(0));
				}
			}
			SocketServer server = servers.register(spec.build());
			server.start();
			System.out.println("port " + Objects.requireNonNull(server.localAddress()).getPort());
			while (System.in.read() >= 0) {
				// Nothing is said.
			}
			Runtime.getRuntime().halt(0);
		}

	}

}
