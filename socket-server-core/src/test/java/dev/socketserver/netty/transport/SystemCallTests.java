package dev.socketserver.netty.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests how many system calls a message costs that arrives alone: they are most of what
 * it costs, and strace tells them, whatever else the machine does. What is counted is
 * calls, not time, of servers in a process of their own, one after the other.
 */
@Tag("virtual-threads")
class SystemCallTests {

	private static final int MESSAGES = 500;

	/** What opening, closing and looking around cost, all in all. */
	private static final int BESIDES = 50;

	/** A call that begins: the thread, the time, and the name. */
	private static final Pattern CALL = Pattern.compile("\\d+ +(\\d+\\.\\d+) (\\w+)\\(.*");

	@TempDir
	static Path directory;

	/** Has the servers; its start costs more than all that they do. */
	private static @Nullable OtherJvm program;

	@BeforeAll
	static void startProgram() throws Exception {
		assumeTrue(Epoll.isAvailable(), "there is epoll");
		assumeTrue(canTrace(), "there is strace, and it may trace");
		program = new OtherJvm(strace(directory.resolve("calls")), List.of(), Echo.class);
	}

	@AfterAll
	static void endProgram() throws Exception {
		if (program != null) {
			program.command("end");
			program.await("ends");
			program.close();
		}
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
				Opened.closeAll(peers);
			}
		});

		int turns = sum(calls, "epoll_wait", "epoll_pwait", "epoll_pwait2");
		assertThat(sum(calls, "accept", "accept4")).as("accepts, %s", calls)
			.isBetween(sessions, 2 * sessions + 8 * turns + BESIDES);
	}

	private static int sum(Map<String, Integer> calls, String... names) {
		return Stream.of(names).mapToInt((name) -> calls.getOrDefault(name, 0)).sum();
	}

	private static Map<String, Integer> calls(ExecutionMode mode, int connections, int messages, String... options)
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

	private static Map<String, Integer> traced(ExecutionMode mode, String option, Peers peers) throws Exception {
		OtherJvm servers = Objects.requireNonNull(program);
		double before = System.currentTimeMillis() / 1000.0;
		servers.command(mode.name() + " " + option);
		peers.ask(Integer.parseInt(servers.next()));
		servers.command("stop");
		servers.await("stopped");
		return calls(before, System.currentTimeMillis() / 1000.0);
	}

	/** Stops the program at these calls only, not at each that its JVM starts with. */
	private static List<String> strace(Path calls) {
		return List.of("strace", "-f", "--seccomp-bpf", "-qq", "-ttt", "-e", "signal=none", "-e",
				"trace=accept,accept4,setsockopt,recvfrom,recvmsg,recvmmsg,sendto,sendmsg,sendmmsg,writev,epoll_wait,epoll_pwait,epoll_pwait2,epoll_ctl",
				"-o", calls.toString());
	}

	/** A container may forbid it, and an old one does not know each call. */
	private static boolean canTrace() throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(strace(directory.resolve("nothing")));
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

	/** Counts those that began between two times, in seconds. */
	private static Map<String, Integer> calls(double from, double to) throws IOException {
		Map<String, Integer> calls = new HashMap<>();
		for (String line : Files.readAllLines(directory.resolve("calls"))) {
			Matcher call = CALL.matcher(line);
			if (call.matches() && Double.parseDouble(call.group(1)) >= from
					&& Double.parseDouble(call.group(1)) <= to) {
				calls.merge(call.group(2), 1, Integer::sum);
			}
		}
		return calls;
	}

	/** Those that ask the server. */
	private interface Peers {

		void ask(int port) throws Exception;

	}

	/** Has one server after the other, as it is told. */
	static final class Echo {

		static final String LIMITED = "limited";

		static final String UDP = "udp";

		static final String LISTENERS = "listeners";

		private Echo() {
		}

		public static void main(String[] arguments) throws IOException {
			NettySocketServers servers = new NettySocketServers(List::of, 1);
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
			for (String command = commands.readLine(); !command.equals("end"); command = commands.readLine()) {
				SocketServer server = servers.register(spec(command.split(" ", 2)));
				server.start();
				OtherJvm.say(String.valueOf(Objects.requireNonNull(server.localAddress()).getPort()));
				commands.readLine();
				servers.remove("echo");
				OtherJvm.say("stopped");
			}
			OtherJvm.say("ends");
			Runtime.getRuntime().halt(0);
		}

		private static ServerSpec spec(String[] arguments) {
			ServerSpec.Builder spec = ServerSpec.builder("echo")
				.transport(SocketTransport.EPOLL)
				.execution((e) -> e.mode(ExecutionMode.valueOf(arguments[0])))
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line));
			switch (arguments[1]) {
				case LIMITED -> spec.rate((rate) -> rate.messages(Rate.messages("100000/s")).bytes(Rate.bytes("1GB/s")))
					.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(Integer.MAX_VALUE))
					.ban((ban) -> ban.offences(3).exempt(List.of()));
				case UDP -> spec.udp((udp) -> udp);
				case LISTENERS -> {
					for (int i = 0; i < 300; i++) {
						spec.listener("l" + i, (listener) -> listener.port(0));
					}
				}
				default -> {
				}
			}
			return spec.build();
		}

	}

}
