package dev.socketserver.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LoadGenerator}, mostly with servers that do something wrong.
 */
@Timeout(120)
class LoadGeneratorTests {

	/** Sent one by one over one connection, behind one that is not counted. */
	private static final int MESSAGES = 50;

	private static Program program;

	@BeforeAll
	static void compile(@TempDir Path directory) throws Exception {
		program = Program.compile("load", directory);
	}

	@Test
	void countsRepliesThatAreRight() throws Exception {
		Measurement measurement = visit((number, line, out) -> out.write(line), 30);

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

	@Test
	void doesNotWaitForEver() {
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> visit((number, line, out) -> {
			if (number < 7) {
				out.write(line);
			}
		}, 1)).withMessageContaining("6 of 50 replies came in time");
	}

	private static String line(byte[] line) {
		return new String(line, StandardCharsets.US_ASCII);
	}

	private static void assertFails(Replies replies, String message) {
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> visit(replies, 30))
			.withMessageContaining(message);
	}

	/** The server is a thread of this process. */
	private static Measurement visit(Replies replies, int limitSeconds) throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread server = new Thread(() -> serve(listener, replies), "server");
			server.setDaemon(true);
			server.start();
			return new LoadGenerator(program, Cores.parse("none"), limitSeconds).visit(listener.getLocalPort(),
					ProcessHandle.current().pid(), Workload.parse("1x1").get(0), MESSAGES);
		}
	}

	private static void serve(ServerSocket listener, Replies replies) {
		try (Socket socket = listener.accept()) {
			socket.setTcpNoDelay(true);
			InputStream in = socket.getInputStream();
			OutputStream out = socket.getOutputStream();
			int number = 0;
			for (byte[] line = in.readNBytes(32); line.length == 32; line = in.readNBytes(32)) {
				replies.reply(number++, line, out);
			}
		}
		catch (IOException ex) {
			// The load generator tells what it saw.
		}
	}

	private interface Replies {

		void reply(int number, byte[] line, OutputStream out) throws IOException;

	}

}
