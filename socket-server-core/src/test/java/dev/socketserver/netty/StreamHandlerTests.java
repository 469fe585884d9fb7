package dev.socketserver.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("virtual-threads")
class StreamHandlerTests {

	private static final StreamHandler ECHO = (in, out, session) -> in.transferTo(out);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** The example of the LispWorks manual: per line an answer, until the client ends. */
	private static void talk(InputStream in, OutputStream out, SocketSession session) throws IOException {
		BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			out.write(("You sent: '" + line + "'\n").getBytes(StandardCharsets.UTF_8));
		}
		out.write("Bye\n".getBytes(StandardCharsets.UTF_8));
	}

	@Every.OffLoopMode
	void answersLeaveBeforeTheHandlerBlocksAndOnReturn(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.streams(StreamHandlerTests::talk,
				(spec) -> spec.execution((e) -> e.mode(mode)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("You sent: 'one'");
			assertThat(peer.sendByteByByte("zwölf\r\n").line()).isEqualTo("You sent: 'zwÃ¶lf'");
			assertThat(peer.endOutput().rest()).isEqualTo("Bye\n");
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.DefaultTransport
	void megabytesComeBackUnharmed(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.streams(ECHO, (spec) -> spec.transport(transport));
		byte[] bytes = new byte[16 * 1024 * 1024];
		new Random(1).nextBytes(bytes);

		try (Peer peer = new Peer(server)) {
			Thread sender = new Thread(() -> {
				try {
					peer.send(bytes).endOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			sender.start();
			assertThat(Arrays.equals(peer.in().readAllBytes(), bytes)).isTrue();
			sender.join();
		}
	}

	@Test
	void peerThatDoesNotReadStopsTheHandlerAndIsNotReadFrom() throws Exception {
		SocketServer server = this.fixture.streams(ECHO, UnaryOperator.identity());
		int bytes = 64 * 1024 * 1024;

		try (Peer peer = new Peer(server)) {
			CountDownLatch sent = new CountDownLatch(1);
			Thread sender = new Thread(() -> {
				byte[] block = new byte[64 * 1024];
				try {
					for (int i = 0; i < bytes / block.length; i++) {
						peer.send(block);
					}
					peer.endOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
				sent.countDown();
			});
			sender.start();
			SocketSession session = ServerFixture.session(server);
			Patience.still(() -> session.info().bytesReceived());

			assertThat(sent.getCount()).isOne();
			assertThat(session.info().pendingBytes()).isLessThan(512 * 1024);
			assertThat(session.info().pendingInbound()).isLessThanOrEqualTo(64);
			long received = 0;
			byte[] buffer = new byte[64 * 1024];
			for (int read = peer.in().read(buffer); read > 0; read = peer.in().read(buffer)) {
				received += read;
			}
			assertThat(received).isEqualTo(bytes);
		}
	}

	@Test
	void returningClosesTheSessionAfterWhatWasWritten() throws Exception {
		byte[] reply = new byte[2 * 1024 * 1024];
		SocketServer server = this.fixture.streams((in, out, session) -> out.write(reply), UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send("unread, unwanted input");
			assertThat(peer.in().readAllBytes()).hasSize(reply.length);
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void throwingClosesTheSessionOnly() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			if (in.read() == 'x') {
				throw new IOException("provoked");
			}
			in.transferTo(out);
		}, UnaryOperator.identity());

		try (Peer bystander = new Peer(server)) {
			bystander.send("-");
			try (Peer peer = new Peer(server)) {
				assertThat(peer.send("x").rest()).isEmpty();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(bystander.ask("still here")).isEqualTo("still here");
		}
	}

	@Test
	void resetReachesTheHandlerAsAnException() throws Exception {
		BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			try {
				in.transferTo(out);
			}
			catch (IOException ex) {
				thrown.add(ex);
				throw ex;
			}
		}, UnaryOperator.identity());

		Peer peer = new Peer(server);
		assertThat(peer.ask("here")).isEqualTo("here");
		peer.reset();

		assertThat(Patience.next(thrown)).isInstanceOf(SessionClosedException.class);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
	}

	@Test
	void stopIsTheEndOfInputAndOutputStillLeaves() throws Exception {
		SocketServer server = this.fixture.streams(StreamHandlerTests::talk, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("You sent: 'one'");
			assertThat(ServerOperations.of(server).beginStop(Duration.ofHours(1))).isTrue();
			assertThat(peer.rest()).isEqualTo("Bye\n");
		}
		Patience.await(server.stopped());

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void everySessionHasAThreadOfItsOwnNamedAfterIt() throws Exception {
		BlockingQueue<String> names = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			names.add(Thread.currentThread().getName() + "|" + session.id());
			in.transferTo(out);
		}, UnaryOperator.identity());

		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			assertThat(List.of(Patience.next(names), Patience.next(names)))
				.containsExactlyInAnyOrder("test server test-1|test-1", "test server test-2|test-2");
			assertThat(first.ask("a") + second.ask("b")).isEqualTo("ab");
		}
	}

	@Test
	void bytesThatAreThereAreAvailable() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			out.write(("available " + in.available() + "\n").getBytes(StandardCharsets.UTF_8));
			out.flush();
			Awaitility.await().until(() -> in.available() == 4);
			in.transferTo(out);
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.line()).isEqualTo("available 0");
			assertThat(peer.send("four").endOutput().rest()).isEqualTo("four");
		}
	}

	@Every.BlockingWay
	void nothingIsReadWhileReadsArePausedAndNothingIsLost(Way way) throws Exception {
		BlockingQueue<String> results = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			// Paused within what was read already, and after the end of input.
			Awaitility.await().until(() -> in.available() == 3);
			results.add("first " + (char) in.read());
			session.pauseReads();
			results.add("available " + in.available());
			results.add("rest " + new String(in.readAllBytes(), StandardCharsets.UTF_8));
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("abc").endOutput();
			assertThat(Patience.next(results)).isEqualTo("first a");
			assertThat(Patience.next(results)).isEqualTo("available 0");
			assertThat(results.poll(100, TimeUnit.MILLISECONDS)).isNull();
			ServerFixture.session(server).resumeReads();
			assertThat(Patience.next(results)).isEqualTo("rest bc");
			assertThat(peer.rest()).isEmpty();
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.BlockingWay
	void stopIsTheEndOfInputAlsoWhileReadsArePaused(Way way) throws Exception {
		CountDownLatch paused = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			Awaitility.await().until(() -> in.available() == 3);
			out.write(in.read());
			session.pauseReads();
			paused.countDown();
			out.write(("rest '" + new String(in.readAllBytes(), StandardCharsets.UTF_8) + "'")
				.getBytes(StandardCharsets.UTF_8));
			session.resumeReads();
			out.write(("then " + in.read()).getBytes(StandardCharsets.UTF_8));
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("abc");
			paused.await();
			assertThat(ServerOperations.of(server).beginStop(Duration.ofHours(1))).isTrue();
			assertThat(peer.rest()).isEqualTo("arest ''then -1");
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void closingEndsReadingAtOnce() throws Exception {
		BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			Awaitility.await().until(() -> in.available() == 2);
			in.read();
			session.close();
			try {
				in.read();
			}
			catch (IOException ex) {
				thrown.add(ex);
			}
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("ab").rest()).isEmpty();
		}

		assertThat(Patience.next(thrown)).isInstanceOf(SessionClosedException.class);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void interruptedReaderIsNotifiedAndTheConnectionLives() throws Exception {
		BlockingQueue<Object> results = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			results.add(Thread.currentThread());
			try {
				in.read();
			}
			catch (InterruptedIOException ex) {
				results.add(Thread.interrupted());
			}
			in.transferTo(out);
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			((Thread) Patience.next(results)).interrupt();
			assertThat(Patience.next(results)).isEqualTo(true);
			assertThat(peer.ask("still here")).isEqualTo("still here");
		}
	}

	@Test
	void interruptedWriterLosesNothingOfWhatItWrote() throws Exception {
		BlockingQueue<Object> results = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			results.add(Thread.currentThread());
			int written = 0;
			try {
				for (; true; written++) {
					out.write('a' + written % 26);
				}
			}
			catch (InterruptedIOException ex) {
				results.add(Thread.interrupted());
			}
			results.add(written);
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = ServerFixture.session(server);
			ServerFixture.awaitFull(session);
			((Thread) Patience.next(results)).interrupt();
			assertThat(Patience.next(results)).isEqualTo(true);
			byte[] received = peer.in().readAllBytes();
			assertThat(received).hasSize((int) Patience.next(results));
			for (int i = 0; i < received.length; i++) {
				if (received[i] != 'a' + i % 26) {
					throw new AssertionError("wrong byte at " + i);
				}
			}
		}
	}

	@Test
	void moreThanMayWaitClosesTheSessionIfThatIsThePolicy() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			Awaitility.await().until(() -> session.info().state() == SessionInfo.State.CLOSING);
			in.read();
		}, (spec) -> spec.inbound((i) -> i.overflow(InboundOverflow.CLOSE).bytes(100)).readBuffer(80));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a".repeat(200)).rest()).isEmpty();
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.OVERFLOW);
	}

}
