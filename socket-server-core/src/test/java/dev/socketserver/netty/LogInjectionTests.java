package dev.socketserver.netty;

import java.util.List;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A peer sends what would forge lines in a log, or move a terminal's cursor, at every
 * place from where text of a peer can get into the log.
 */
class LogInjectionTests {

	/** CR, LF, escape, DEL, a control of C1, NEL, line separator, right-to-left. */
	private static final String HOSTILE = "x\r\nERROR forged \u001b[2J\u007f\u009b1m\u0085forged\u2028forged\u202e";

	private static final Framing HOSTILE_FRAMING = new Framing() {

		@Override
		public String type() {
			return "hostile";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return (in) -> {
				String text = new String(in.array(), in.position(), in.remaining(), UTF_8);
				if (text.startsWith("refuse")) {
					throw new FramingException("no frame: " + text);
				}
				if (text.startsWith("fail")) {
					throw new IllegalStateException("failed at " + text);
				}
				return false;
			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
		}

	};

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines("dev.socketserver");

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.socketserver");

	@BeforeEach
	void listen() {
		this.logger.setLevel(Level.DEBUG);
	}

	@AfterEach
	void closeListener() {
		this.logger.setLevel(null);
	}

	/**
	 * Sends, and waits for the end of the session, which is logged before it is reported.
	 */
	private CloseStatus send(SocketServer server, String text) throws Exception {
		try (Peer peer = new Peer(server)) {
			peer.send(text);
			return this.fixture.nextClosed();
		}
	}

	/** Whoever logs would have one line for each event, and those of a stack trace. */
	private void assertHarmless(String text) {
		String everything = this.log.events()
			.stream()
			.map((event) -> event.getFormattedMessage() + "\n"
					+ ((event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy())
							: ""))
			.collect(Collectors.joining("\n"));
		assertThat(everything).contains(text);
		assertThat(everything.lines())
			.noneMatch((line) -> line.startsWith("ERROR forged") || line.startsWith("forged"));
		assertThat(everything.replace("\t", "").replace("\n", "")).doesNotContainPattern("[\\p{Cc}\u2028\u2029\u202e]");
		assertThat(this.log.events()).allSatisfy((event) -> assertThat(event.getFormattedMessage())
			.doesNotContainPattern("[\\p{Cc}\u2028\u2029\u202e]"));
	}

	@Test
	void inTheMessageOfAListenersFailure() throws Exception {
		NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				throw new IllegalStateException("does not like " + session.attributes().get("said"));
			}

		}));
		try {
			SocketServer server = servers.register(ServerSpec.builder("listened")
				.handler(new ServerHandler.Messages("noting", PayloadConverter.text(UTF_8), false,
						(spec) -> (payload, session) -> {
							session.attributes().put("said", HOSTILE);
							return payload;
						}))
				.build());
			server.start();
			for (int i = 0; i < 50; i++) {
				try (Peer peer = new Peer(server)) {
					assertThat(peer.ask("x")).isEqualTo("x");
				}
			}
			await().until(() -> server.statistics().closed().values().stream().mapToLong(Long::longValue).sum() == 50);
			server.stop();
		}
		finally {
			servers.close();
		}

		assertHarmless("does not like x");
		List<String> about = this.log.events()
			.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((line) -> line.startsWith("Listener "))
			.toList();
		assertThat(about).as("a flood of failures is a few lines").hasSizeBetween(11, 30);
		assertThat(about).anyMatch((line) -> line.contains(" times more, in 10 s or less"));
	}

	@Test
	void inTheMessageOfAHandlersFailure() throws Exception {
		SocketServer server = this.fixture.start(ServerHandler.function("bytes", PayloadConverter.bytes(), (bytes) -> {
			String text = new String(bytes, UTF_8);
			IllegalStateException failure = new IllegalStateException("did not like " + text,
					new NumberFormatException("For input string: " + text));
			failure.addSuppressed(new IllegalArgumentException(text));
			throw failure;
		}), (spec) -> spec.framing(Framing.raw()));

		CloseStatus status = send(server, HOSTILE);

		assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(status.cause()).as("whoever handles it has it as it was").isInstanceOf(IllegalStateException.class);
		assertHarmless("java.lang.IllegalStateException: did not like x\\u000d\\u000aERROR forged \\u001b[2J");
	}

	@Test
	void inWhatTheApplicationSaysAboutTheEnd() throws Exception {
		SocketServer server = this.fixture.connections((state, data, session) -> {
			session.close(CloseStatus.of(CloseReason.HANDLER_CLOSED, UTF_8.decode(data).toString()));
			return null;
		}, (spec) -> spec);

		assertThat(send(server, HOSTILE).detail()).startsWith("x\r\n");
		assertHarmless("closed: HANDLER_CLOSED, x\\u000d\\u000aERROR forged");
	}

	@Test
	void inWhatAFramingRefuses() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.framing(HOSTILE_FRAMING));

		assertThat(send(server, "refuse " + HOSTILE).reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertHarmless("no frame: refuse x\\u000d\\u000a");
	}

	@Test
	void inWhatAFramingFailsWith() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.framing(HOSTILE_FRAMING));

		assertThat(send(server, "fail " + HOSTILE).reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertHarmless("java.lang.IllegalStateException: failed at fail x\\u000d\\u000a");
	}

	@Test
	void inWhatAConverterThrows() throws Exception {
		SocketServer server = this.fixture.start(ServerHandler.function("numbers", new Numbers() {

			@Override
			public boolean text() {
				// Else it would need frames.
				return false;
			}

		}, (number) -> number), (spec) -> spec.framing(Framing.raw()));

		assertThat(send(server, HOSTILE).reason()).isEqualTo(CloseReason.DECODE_ERROR);
		assertHarmless("the converter threw java.lang.NumberFormatException");
	}

	@Test
	void failureWithoutSuchCharactersIsLoggedAsItIs() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			throw new IllegalStateException("did not like " + line + ", " + "y".repeat(1000));
		}, (spec) -> spec);

		send(server, "x\n");

		assertThat(this.log.events(Level.ERROR, "test")).filteredOn((event) -> event.getThrowableProxy() != null)
			.singleElement()
			.satisfies((event) -> assertThat(event.getThrowableProxy().getClassName())
				.isEqualTo(IllegalStateException.class.getName()));
	}

}
