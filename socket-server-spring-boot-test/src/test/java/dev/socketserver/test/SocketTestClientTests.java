package dev.socketserver.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SocketTestClient} against a peer of plain sockets.
 */
@Tag("virtual-threads")
class SocketTestClientTests {

	private ServerSocket listener;

	private Socket peer;

	private SocketTestClient client;

	@BeforeEach
	void listen() throws IOException {
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		connect(Framing.line());
	}

	@AfterEach
	void close() throws IOException {
		this.client.close();
		this.peer.close();
		this.listener.close();
	}

	@Test
	void sendsAndReceivesLines() throws IOException {
		this.client.send("one").send("").send("zwölf 🎈");
		peerSends("eins\nzwei\r\n\n🎈\n");

		assertThat(peerReceives(17)).isEqualTo("one\n\nzwölf 🎈\n");
		this.client.expect("eins").expect("zwei").expect("").expect("🎈");
	}

	@Test
	void asks() throws IOException {
		peerSends("pong\n");

		assertThat(this.client.ask("ping")).isEqualTo("pong");
		assertThat(peerReceives(5)).isEqualTo("ping\n");
	}

	@Test
	void sendsAndReceivesFramesWithALength() throws IOException {
		connect(Framing.lengthField().build());

		this.client.send("abc").send(new byte[0]);
		peerSends("\0\0\0\2de\0\0\0\0\0\0\0\1f");

		assertThat(peerReceives(11)).isEqualTo("\0\0\0\3abc\0\0\0\0");
		this.client.expect("de").expect("").expect("f");
	}

	@Test
	void speaksAnyOtherFramingAsTheServerDoes() throws IOException {
		connect(FramingPreset.SLIP.framing());

		this.client.send("a\u0001");
		assertThat(peerReceives(3)).isEqualTo("a\u0001\ufffd");
		this.peer.getOutputStream().write(new byte[] { (byte) 0xC0, 'b', (byte) 0xDB, (byte) 0xDD });
		this.peer.getOutputStream().write(new byte[] { (byte) 0xC0, 'c', (byte) 0xC0, 'd', (byte) 0xC0 });
		this.client.expect(new byte[] { 'b', (byte) 0xDB }).expectBytes((byte) 'c', (byte) 0xC0).expect("d");
	}

	@Test
	void speaksLinesOfTheServersEnding() throws IOException {
		connect(Framing.line("crlf"));

		this.client.send("abc");
		assertThat(peerReceives(5)).isEqualTo("abc\r\n");
		peerSends("de\r\nf");
		this.client.expect("de");
		assertFails(() -> this.client.timeout(Duration.ofMillis(50)).receive(), "Expected a line from %s, but received "
				+ "\"f\", which is not a whole frame of line framing, and the connection is still open after 50 ms");
	}

	@Test
	void saysWhatIsNoFrameOfTheServersFraming() throws IOException {
		connect(Framing.lengthField().width(1).terminator("hex:03").build());
		peerSends("\2ab");

		assertFails(this.client::receive, "Expected a frame, but received \"\\x02ab\", which is none: a frame must end "
				+ "with hex:03, but byte 2 of 3 is 0x62");
	}

	@Test
	void sendsAndReceivesRawBytes() throws IOException {
		connect(Framing.raw());

		this.client.send("abc");
		peerSends("defghi");

		assertThat(peerReceives(3)).isEqualTo("abc");
		this.client.expect("de").expectBytes("f".getBytes(StandardCharsets.UTF_8)).expectBytes("g");
		assertThat(this.client.receive()).isEqualTo("hi");
	}

	@Test
	void sendsBytesAsTheyAre() throws IOException {
		this.client.sendRaw("a\r").sendRaw((byte) '\n', (byte) 'b');
		peerSends("x\r\ny\n");

		assertThat(peerReceives(4)).isEqualTo("a\r\nb");
		this.client.expectBytes("x\r\n").expect("y");
	}

	@Test
	void receivesMoreThanFitsIntoOneRead() throws IOException {
		String line = "0123456789".repeat(5000);
		peerSends("short\n" + line + "\n" + line + "\nend\n");

		this.client.expect("short").expect(line).expect(line).expect("end");
	}

	@Test
	void writesSegmentsOneByOne() throws IOException {
		this.client.inSegmentsOf(1).sendRaw("abc");

		// Nothing on the way joins what is read before the next is written.
		assertThat(peerReceives(3)).isEqualTo("abc");
		this.client.inSegmentsOf(2).sendRaw("defgh").inSegmentsOf(Integer.MAX_VALUE).sendRaw("ijk");
		assertThat(peerReceives(8)).isEqualTo("defghijk");
	}

	@Test
	void endsItsOutputAndStillReceives() throws IOException {
		this.client.send("bye").endOutput();

		assertThat(new String(this.peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("bye\n");
		peerSends("bye\n");
		this.peer.close();
		this.client.expect("bye").expectClosed().expectClosed();
	}

	@Test
	void resetsTheConnection() {
		this.client.reset();

		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.peer.getInputStream().read());
	}

	@Test
	void closesInGoodOrderWithUnreadInput() throws IOException {
		peerSends("unread\n");
		this.client.close();
		this.client.close();

		assertThat(this.peer.getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void noticesAReset() throws IOException {
		peerSends("ignored");
		peerResets();

		this.client.expectReset().expectReset();
	}

	@Test
	void knowsItsAddress() {
		assertThat(this.client.localAddress()).isEqualTo(this.peer.getRemoteSocketAddress());
		assertThat(this.client).hasToString("SocketTestClient[127.0.0.1:" + this.peer.getPort() + " to 127.0.0.1:"
				+ this.peer.getLocalPort() + "]");
	}

	@Test
	void connectsByHostName() throws IOException {
		try (SocketTestClient other = SocketTestClient.connect("localhost", this.listener.getLocalPort());
				Socket otherPeer = this.listener.accept()) {
			other.send("x");
			assertThat(otherPeer.getInputStream().read()).isEqualTo('x');
		}
	}

	@Test
	void expectsARefusal() throws IOException {
		int port = this.listener.getLocalPort();
		assertFails(() -> SocketTestClient.expectRefused(port),
				"Expected 127.0.0.1:" + port + " to refuse connections, but it accepted one");

		// A port that is closed may be another program's at once.
		try (DeafPort deaf = new DeafPort()) {
			SocketTestClient.expectRefused(deaf.number());
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> SocketTestClient.connect(deaf.number()))
				.withMessageStartingWith("Could not connect to 127.0.0.1:" + deaf.number() + ": ")
				.withCauseInstanceOf(IOException.class);
		}
	}

	@Test
	void whoDoesNotAnswerDoesNotRefuse() throws IOException {
		List<Socket> waiting = new ArrayList<>();
		try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			fillBacklog(busy, waiting);
			withTimeout("50ms",
					() -> assertFails(() -> SocketTestClient.expectRefused(busy.getLocalPort()), "Expected 127.0.0.1:"
							+ busy.getLocalPort() + " to refuse connections, but it did not answer within 50 ms"));
		}
		finally {
			Opened.closeAll(waiting);
		}
	}

	@Test
	void waitsAsLongAsTheJvmSays() {
		assertThat(this.client.timeout()).isGreaterThan(Duration.ofSeconds(5));
		withTimeout("", () -> {
			System.clearProperty("socketserver.test.timeout");
			assertThat(connected().timeout()).isEqualTo(Duration.ofSeconds(5));
		});
		withTimeout("2m", () -> assertThat(connected().timeout()).isEqualTo(Duration.ofMinutes(2)));
		for (String wrong : List.of("soon", "0s", "-1s")) {
			withTimeout(wrong,
					() -> assertThatIllegalArgumentException().isThrownBy(this::connected)
						.withMessage("System property socketserver.test.timeout is '" + wrong
								+ "', but must be a positive duration such as 30s"));
		}
	}

	private SocketTestClient connected() {
		try (SocketTestClient client = SocketTestClient.connect(this.listener.getLocalPort())) {
			return client;
		}
	}

	/** Does something while the JVM says how long clients wait. */
	private static void withTimeout(String timeout, Runnable action) {
		String before = System.setProperty("socketserver.test.timeout", timeout);
		try {
			action.run();
		}
		finally {
			System.setProperty("socketserver.test.timeout", before);
		}
	}

	private static void fillBacklog(ServerSocket busy, List<Socket> waiting) throws IOException {
		while (true) {
			Socket socket = new Socket();
			waiting.add(socket);
			try {
				socket.connect(busy.getLocalSocketAddress(), 200);
			}
			catch (SocketTimeoutException ex) {
				return;
			}
		}
	}

	@Test
	void saysThatAHostIsUnknown() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> SocketTestClient.connect("no-such-host.invalid", 80))
			.withMessage("Could not connect to no-such-host.invalid:80: unknown host");
	}

	@Test
	void saysWhatArrivedInsteadOfALine() throws IOException {
		peerSends("tab\t \"quoted\" \\ \0 🎈\r\nmore");

		assertFails(() -> this.client.expect("other"), "Expected the line \"other\" from %s, but received the line "
				+ "\"tab\\t \\\"quoted\\\" \\\\ \\x00 🎈\", and behind it \"more\"");
	}

	@Test
	void saysWhichByteDiffers() throws IOException {
		peerSends("HELP");

		assertFails(() -> this.client.expectBytes("HELLO\n"),
				"Expected the bytes \"HELLO\\n\" from %s, but received \"HELP\", which differs at byte 3");
	}

	@Test
	void showsBytesThatAreNotText() throws IOException {
		connect(Framing.lengthField().build());
		this.peer.getOutputStream().write(new byte[] { 0, 0, 0, 2, (byte) 0xC3, 'A' });

		assertFails(() -> this.client.expect("ä"),
				"Expected the frame \"ä\" from %s, but received the frame \"\\xC3A\"");
	}

	@Test
	void cutsLongMessages() throws IOException {
		peerSends("x".repeat(2000) + "\n");

		assertFails(() -> this.client.expect("y"),
				"Expected the line \"y\" from %s, but received the line \"" + "x".repeat(1024) + "\"… (2000 bytes)");
	}

	@Test
	void cutsLongMessagesBetweenCharacters() throws IOException {
		peerSends("x".repeat(1022) + "🎈".repeat(10) + "\n");

		assertFails(() -> this.client.expect("y"),
				"Expected the line \"y\" from %s, but received the line \"" + "x".repeat(1022) + "\"… (1062 bytes)");
	}

	@Test
	void saysThatNothingArrived() {
		assertFails(() -> this.client.timeout(Duration.ofMillis(50)).receive(),
				"Expected a line from %s, but nothing arrived, and the connection is still open after 50 ms");
	}

	@Test
	void receivesWhatHasArrivedWhenTheTimeIsOver() throws IOException {
		peerSends("here\n");

		this.client.timeout(Duration.ofMillis(1)).expect("here");
	}

	@Test
	void saysThatHalfALineArrived() throws IOException {
		peerSends("half");

		assertFails(() -> this.client.timeout(Duration.ofMillis(50)).expect("half"), "Expected the line \"half\" from "
				+ "%s, but received \"half\" without a line end, and the connection is still open after 50 ms");
	}

	@Test
	void saysThatHalfAFrameArrived() throws IOException {
		connect(Framing.lengthField().build());
		peerSends("\0\0");
		assertFails(() -> this.client.timeout(Duration.ofMillis(50)).receive(),
				"Expected a frame from %s, but received "
						+ "\"\\x00\\x00\" (a length has 4 bytes), and the connection is still open after 50 ms");

		peerSends("\0\5abc");
		this.peer.close();
		assertFails(() -> this.client.timeout(Patience.limit()).receive(), "Expected a frame from %s, but received "
				+ "\"\\x00\\x00\\x00\\x05abc\" (the length says 5 bytes), and the peer ended the stream");
	}

	@Test
	void saysThatThePeerClosed() throws IOException {
		this.peer.close();

		assertFails(() -> this.client.expect("x"),
				"Expected the line \"x\" from %s, but nothing arrived, and the peer ended the stream");
		assertFails(this.client::expectReset,
				"Expected a reset from %s, but nothing arrived, and the peer ended the stream");
	}

	@Test
	void saysThatThePeerReset() throws IOException {
		peerResets();

		assertFailsLike(() -> this.client.expectBytes("x"),
				"Expected the bytes \"x\" from %s, but nothing arrived, and the peer reset the connection (");
		assertFailsLike(this.client::expectClosed,
				"Expected the end of the stream from %s, but nothing arrived, and the peer reset the connection (");
		assertFailsLike(() -> this.client.send("x").send("y"), "Could not send \"x\\n\" to %s: ");
	}

	@Test
	void saysThatThePeerSentMoreBeforeItClosed() throws IOException {
		peerSends("one more\n");
		this.peer.close();

		assertFailsLike(this.client::expectClosed,
				"Expected the end of the stream from %s, but received \"one more\\n\"");
	}

	@Test
	void saysThatThePeerDidNotClose() {
		this.client.timeout(Duration.ofMillis(50));

		assertFails(this.client::expectClosed, "Expected the end of the stream from %s, but nothing arrived, and the "
				+ "connection is still open after 50 ms");
		assertFails(this.client::expectReset,
				"Expected a reset from %s, but nothing arrived, and the connection is still open after 50 ms");
	}

	@Test
	void saysThatThePeerDoesNotRead() {
		byte[] large = new byte[64 * 1024 * 1024];
		large[0] = 'L';

		assertFailsLike(() -> this.client.timeout(Duration.ofMillis(200)).sendRaw(large), "Could not send \"L\\x00");
		assertFails(() -> this.client.receive(),
				"Expected a line from %s, but nothing arrived, and this client gave up sending");
	}

	@Test
	void saysThatItIsClosedItself() {
		this.client.endOutput();
		assertFails(() -> this.client.send("x"), "Could not send \"x\\n\" to %s: this client has ended its output");

		this.client.close();
		assertFails(() -> this.client.send("x"),
				"Could not send \"x\\n\" to %s: this client has closed the connection");
		assertFails(this.client::endOutput, "Could not end the output to %s: this client has closed the connection");
		assertFails(() -> this.client.receive(),
				"Expected a line from %s, but nothing arrived, and this client has closed the connection");
		assertFails(this.client::expectClosed,
				"Expected the end of the stream from %s, but nothing arrived, and this client has closed the connection");
	}

	@Test
	void refusesWhatMakesNoSense() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.timeout(Duration.ZERO))
			.withMessage("timeout is PT0S, but must be positive");
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.inSegmentsOf(0))
			.withMessage("a segment of 0 bytes cannot be sent");
	}

	private void connect(Framing framing) throws IOException {
		if (this.client != null) {
			this.client.close();
			this.peer.close();
		}
		this.client = SocketTestClient.connect(this.listener.getLocalPort(), framing);
		this.peer = this.listener.accept();
		this.peer.setSoTimeout(Patience.millis());
	}

	private void peerSends(String text) throws IOException {
		this.peer.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private String peerReceives(int count) throws IOException {
		return new String(this.peer.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
	}

	private void peerResets() throws IOException {
		this.peer.setSoLinger(true, 0);
		this.peer.close();
	}

	private void assertFails(ThrowingCallable action, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(action)
			.withMessage(message.replace("%s", "127.0.0.1:" + this.listener.getLocalPort()));
	}

	private void assertFailsLike(ThrowingCallable action, String start) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(action)
			.withMessageStartingWith(start.replace("%s", "127.0.0.1:" + this.listener.getLocalPort()));
	}

}
