package dev.socketserver.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LoadGenerator}, mostly with servers that do something wrong.
 */
@Timeout(120)
class LoadGeneratorTests {

	/** Sent one by one over one connection, after one that is not counted. */
	private static final int MESSAGES = 50;

	private static final Duration A_TENTH_SECOND = Duration.ofMillis(100);

	private static Program program;

	@TempDir
	Path directory;

	@BeforeAll
	static void compile(@TempDir Path directory) throws Exception {
		program = Program.compile("load", List.of(), directory);
	}

	@ParameterizedTest
	@EnumSource
	void countsRepliesThatAreRight(Waiting waiting) throws Exception {
		Measurement measurement = visit(program, waiting, listen(), "1x1", (number, line, out, all) -> out.write(line),
				30);

		assertThat(measurement.messages()).isEqualTo(MESSAGES);
		assertThat(measurement.elapsed()).isPositive();
		assertThat(measurement.cpu()).isPositive();
		assertThat(measurement.p50()).isPositive().isLessThanOrEqualTo(measurement.p99());
		assertThat(measurement.p99()).isLessThanOrEqualTo(measurement.elapsed());
	}

	@Test
	void takesRepliesInPieces() throws Exception {
		Measurement measurement = visit((number, line, out) -> {
			for (byte each : line) {
				out.write(each);
			}
		}, 30);

		assertThat(measurement.messages()).isEqualTo(MESSAGES);
	}

	@Test
	void linesCarryTheirNumberAndThatOfTheirConnection() throws Exception {
		StringBuilder lines = new StringBuilder();

		visit((number, line, out) -> {
			lines.append(new String(line, StandardCharsets.US_ASCII));
			out.write(line);
		}, 30);

		assertThat(lines.toString().lines()).hasSize(MESSAGES + 1)
			.startsWith("000000000000-0000-abcdefghijklm", "000000000001-0000-abcdefghijklm")
			.contains("000000000009-0000-abcdefghijklm", "000000000010-0000-abcdefghijklm")
			.endsWith("000000000050-0000-abcdefghijklm");
	}

	@Test
	void seesOneWrongByte() {
		assertFails((number, line, out) -> {
			if (number == 7) {
				line[20] = '?';
			}
			out.write(line);
		}, "connection 0, reply 7, byte 20: expected 0x63, got 0x3f");
	}

	@Test
	void seesAReplyThatComesAgain() {
		byte[] previous = new byte[32];
		assertFails((number, line, out) -> {
			out.write((number == 7) ? previous : line);
			System.arraycopy(line, 0, previous, 0, line.length);
		}, "connection 0, reply 7, byte 11: expected 0x37, got 0x36");
	}

	@Test
	void seesAReplyThatNothingWasSentFor() {
		assertFails((number, line, out) -> out.write((line(line) + ((number == 7) ? "x" : "")).getBytes()),
				"connection 0: a reply that nothing was sent for, after 8");
	}

	@Test
	void seesTheServerClose() {
		assertFails((number, line, out) -> {
			if (number == 7) {
				throw new IOException("enough");
			}
			out.write(line);
		}, "connection 0, after reply 7: closed by the server");
	}

	@ParameterizedTest
	@EnumSource
	void doesNotWaitForEver(Waiting waiting) {
		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> visit(program, waiting, listen(), "1x1", (number, line, out, all) -> {
				if (number < 7) {
					out.write(line);
				}
			}, 1))
			.withMessageContaining("6 of 50 replies came in time");
	}

	@ParameterizedTest
	@EnumSource
	void waitsAsItIsAsked(Waiting waiting) throws Exception {
		AtomicBoolean seen = new AtomicBoolean();

		visit(program, waiting, listen(), "1x1", (number, line, out, all) -> {
			if (number == 7) {
				seen.set((waiting == Waiting.BUSY) ? usesTime(load()) : sleeps(load()));
			}
			out.write(line);
		}, 30);

		assertThat(seen).isTrue();
	}

	/** The load generator, which waits for a reply. */
	private static ProcessHandle load() {
		return ProcessHandle.current()
			.children()
			.filter((child) -> child.info().command().orElse("").equals(program.file().toString()))
			.findFirst()
			.orElseThrow();
	}

	private static boolean usesTime(ProcessHandle process) {
		Duration before = process.info().totalCpuDuration().orElseThrow();
		return becomes(
				() -> process.info().totalCpuDuration().orElseThrow().compareTo(before.plus(A_TENTH_SECOND)) > 0);
	}

	private static boolean sleeps(ProcessHandle process) {
		// After the name, which is in brackets: the state.
		Path status = Path.of("/proc", String.valueOf(process.pid()), "stat");
		return becomes(() -> Files.readString(status).contains(") S "));
	}

	private static boolean becomes(Callable<Boolean> condition) {
		try {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(condition);
			return true;
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	@Test
	void whatOneConnectionSendsComesOnAll() throws Exception {
		List<String> lines = new CopyOnWriteArrayList<>();

		Measurement measurement = broadcast((number, line, receiver) -> {
			if (receiver == 0) {
				lines.add(line(line));
			}
			return true;
		});

		// Each of 17 lines three times; before them one or more to see that all are
		// there.
		assertThat(measurement.messages()).isEqualTo(51);
		assertThat(lines).hasSizeGreaterThanOrEqualTo(18)
			.startsWith("000000000000-0000-abcdefghijklm\n", "000000000001-0000-abcdefghijklm\n")
			.doesNotHaveDuplicates()
			.allMatch((line) -> line.endsWith("-0000-abcdefghijklm\n"));
	}

	@Test
	void waitsUntilAllConnectionsGetWhatOneSends() throws Exception {
		Measurement measurement = broadcast((number, line, receiver) -> number >= 3 || receiver < 2);

		assertThat(measurement.messages()).isEqualTo(51);
	}

	@Test
	void seesALineThatDoesNotComeOnAll() {
		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> broadcast((number, line, receiver) -> number != 12 || receiver != 1))
			.withMessageContaining("connection 1, reply 12, byte 11: expected 0x32, got 0x33");
	}

	@Test
	void sendsBackAsManyLinesAsItCounts() throws Exception {
		List<String> lines = new CopyOnWriteArrayList<>();
		ByteArrayOutputStream together = new ByteArrayOutputStream();

		Measurement measurement = visit("ask:1x3", (number, line, out, all) -> {
			lines.add(line(line));
			together.write(line);
			if (number % 3 == 2 || number == MESSAGES + 2) {
				out.write(together.toByteArray());
				together.reset();
			}
		});

		// Those that are sent first come back once before anything is counted.
		assertThat(measurement.messages()).isEqualTo(MESSAGES);
		assertThat(lines).hasSize(MESSAGES + 3);
		assertThat(lines.subList(0, 3)).isEqualTo(lines.subList(3, 6)).doesNotHaveDuplicates();
	}

	@Test
	void seesALineTooMany() {
		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> visit("ask:1x1",
					(number, line, out, all) -> out.write(line(line).repeat((number == 7) ? 2 : 1).getBytes())))
			.withMessageContaining("connection 0, after line 7: a line that nothing was sent for");
	}

	@Test
	void speaksTls13() throws Exception {
		Program tls = compileWithTls();
		List<String> protocols = new CopyOnWriteArrayList<>();

		Measurement measurement = visit(tls, Waiting.ASLEEP, listenWithTls("TLSv1.3", protocols), "tls:1x1",
				(number, line, out, all) -> out.write(line), 30);

		assertThat(measurement.messages()).isEqualTo(MESSAGES);
		assertThat(protocols).containsExactly("TLSv1.3");
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> visit(tls, Waiting.ASLEEP,
				listenWithTls("TLSv1.3", protocols), "tls:1x1", (number, line, out, all) -> {
					if (number == 7) {
						line[20] = '?';
					}
					out.write(line);
				}, 30))
			.withMessageContaining("connection 0, reply 7, byte 20: expected 0x63, got 0x3f");
	}

	@Test
	void speaksNoOlderTls() throws Exception {
		Program tls = compileWithTls();

		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> visit(tls, Waiting.ASLEEP, listenWithTls("TLSv1.2", new ArrayList<>()), "tls:1x1",
					(number, line, out, all) -> out.write(line), 30))
			.withMessageContaining("connection 0: no TLS: ");
	}

	@Test
	void saysThatItWasCompiledWithoutTls() {
		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> visit("tls:1x1", (number, line, out, all) -> out.write(line)))
			.withMessageContaining("compiled without TLS");
	}

	private Program compileWithTls() throws Exception {
		try {
			return Program.compile("load", LoadGenerator.WITH_TLS, this.directory);
		}
		catch (BenchmarkException ex) {
			return Assumptions.abort("There is no OpenSSL to compile with: " + ex.getMessage());
		}
	}

	private static ServerSocket listenWithTls(String protocol, List<String> protocols) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(SelfSigned.keys().getKeyManagers(), null, null);
		return new ServerSocket(0, 1, InetAddress.getLoopbackAddress()) {

			@Override
			public Socket accept() throws IOException {
				SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(super.accept(), null, true);
				socket.setUseClientMode(false);
				socket.setEnabledProtocols(new String[] { protocol });
				socket.startHandshake();
				protocols.add(socket.getSession().getProtocol());
				return socket;
			}

		};
	}

	private static String line(byte[] line) {
		return new String(line, StandardCharsets.US_ASCII);
	}

	private static void assertFails(Replies replies, String message) {
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> visit(replies, 30))
			.withMessageContaining(message);
	}

	private static Measurement visit(Replies replies, int limitSeconds) throws Exception {
		return visit(program, Waiting.ASLEEP, listen(), "1x1",
				(number, line, out, all) -> replies.reply(number, line, out), limitSeconds);
	}

	private static Measurement visit(String workload, Server server) throws Exception {
		return visit(program, Waiting.ASLEEP, listen(), workload, server, 30);
	}

	/** With three connections, in the order in which they were accepted. */
	private static Measurement broadcast(Delivery delivery) throws Exception {
		return visit("broadcast:3x2", (number, line, out, all) -> {
			for (int receiver = 0; receiver < all.size(); receiver++) {
				if (delivery.comes(number, line, receiver)) {
					all.get(receiver).write(line);
				}
			}
		});
	}

	private static ServerSocket listen() throws IOException {
		return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

	/**
	 * The server is a thread of this process for each connection. It answers when all
	 * connections are there.
	 */
	private static Measurement visit(Program load, Waiting waiting, ServerSocket listener, String workload,
			Server server, int limitSeconds) throws Exception {
		try (listener) {
			Workload parsed = Workload.parse(workload).get(0);
			start(() -> accept(listener, parsed.connections(), server));
			return new LoadGenerator(load, Cores.parse("none"), waiting, limitSeconds).visit(listener.getLocalPort(),
					ProcessHandle.current().pid(), parsed, MESSAGES);
		}
	}

	private static void start(Runnable run) {
		Thread thread = new Thread(run, "server");
		thread.setDaemon(true);
		thread.start();
	}

	private static void accept(ServerSocket listener, int connections, Server server) {
		List<Socket> sockets = new ArrayList<>();
		List<OutputStream> all = new ArrayList<>();
		try {
			while (all.size() < connections) {
				Socket socket = listener.accept();
				sockets.add(socket);
				all.add(socket.getOutputStream());
			}
			sockets.forEach((socket) -> start(() -> serve(socket, all, server)));
		}
		catch (IOException ex) {
			// The end, or the load generator tells what it saw.
		}
	}

	private static void serve(Socket accepted, List<OutputStream> all, Server server) {
		try (Socket socket = accepted) {
			socket.setTcpNoDelay(true);
			InputStream in = socket.getInputStream();
			OutputStream out = socket.getOutputStream();
			int number = 0;
			for (byte[] line = in.readNBytes(32); line.length == 32; line = in.readNBytes(32)) {
				server.reply(number++, line, out, all);
			}
		}
		catch (IOException ex) {
			// The load generator tells what it saw.
		}
	}

	private interface Replies {

		void reply(int number, byte[] line, OutputStream out) throws IOException;

	}

	private interface Delivery {

		boolean comes(int number, byte[] line, int receiver);

	}

	private interface Server {

		void reply(int number, byte[] line, OutputStream out, List<OutputStream> all) throws IOException;

	}

}
