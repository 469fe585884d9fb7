package dev.socketserver.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConversationHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Protocols whose framing changes on the way, as that of a mail does after its DATA. */
@Tag("virtual-threads")
class SwitchableFramingTests {

	private static final Framing LINES = Framings.line().switchable(true).build();

	private static final Framing BODY = Framing.delimiter("\r\n.\r\n");

	private static final int ROUNDS = Rounds.of("framing.rounds", 300, 50_000);

	private static final String MAIL = "HELO me\r\nDATA\r\nline 1\r\nline 2\r\n.\r\nSIZE 5\r\n12\r\n3QUIT\r\n";

	private static final String ANSWERS = "ok\ngo ahead\ngot 14\nsend 5\ngot 5\nbye\n";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Reads up to semicolons, and writes lines. */
	private static final class Semicolons implements Framing {

		@Override
		public String type() {
			return "semicolons";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return Framing.delimiter(";").decoder(maxFrameBytes);
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			LINES.encode(payload, out);
		}

	}

	/** Takes mails, and chunks whose size a line has. */
	private static final class Mail implements SessionHandler {

		private final boolean later;

		private boolean body;

		Mail(boolean later) {
			this.later = later;
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			return this.later ? CompletableFuture.supplyAsync(() -> answer((String) payload, session))
					: answer((String) payload, session);
		}

		private @Nullable String answer(String text, SocketSession session) {
			if (this.body) {
				this.body = false;
				session.framing(LINES);
				return "got " + text.length();
			}
			if (text.equals("DATA")) {
				this.body = true;
				session.framing(BODY);
				return "go ahead";
			}
			if (text.startsWith("SIZE ")) {
				this.body = true;
				session.framing(Framing.fixed(Integer.parseInt(text.substring(5))));
				return "send " + text.substring(5);
			}
			if (text.equals("QUIT")) {
				session.send("bye");
				session.close();
				return null;
			}
			return "ok";
		}

	}

	private SocketServer mail(boolean later, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.start(
				new ServerHandler.Messages("mail", PayloadConverter.text(UTF_8), false, (ignored) -> new Mail(later)),
				(builder) -> spec.apply(builder).framing(LINES));
	}

	private static void talks(SocketServer server) throws IOException {
		try (Peer peer = new Peer(server)) {
			// What follows a body answers in the framing of the body: its size is sent
			// without a line end.
			assertThat(peer.send(MAIL).rest()).isEqualTo(expected());
		}
		try (Peer peer = new Peer(server)) {
			assertThat(peer.sendByteByByte(MAIL).rest()).isEqualTo(expected());
		}
	}

	/** Each answer leaves in the framing of the frame it answers. */
	private static String expected() {
		return ANSWERS.replace("got 14\n", "got 14\r\n.\r\n").replace("got 5\n", "got 5");
	}

	@Every.Way
	void framingGovernsEverythingAfterTheFrame(Way way) throws Exception {
		talks(mail(false, way.spec()));
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	@Every.Way
	void laterRepliesMayChangeIt(Way way) throws Exception {
		talks(mail(true, way.spec()));
	}

	@Every.OffLoopMode
	void conversationHasDoneWithAFrameWhenItReceivesTheNext(ExecutionMode mode) throws Exception {
		ConversationHandler<String, String> handler = (conversation) -> {
			Mail mail = new Mail(false);
			String frame = conversation.receive();
			while (frame != null) {
				String answer = mail.answer(frame, conversation.session());
				if (!answer.isEmpty()) {
					conversation.send(answer);
				}
				frame = conversation.session().info().closed() != null ? null : conversation.receive();
			}
		};
		talks(this.fixture.start(ServerHandler.conversation("mail", PayloadConverter.text(UTF_8), handler),
				(spec) -> spec.execution((e) -> e.mode(mode)).framing(LINES)));
	}

	@Every.OffLoopMode
	void conversationThatHasNoFrameChangesTheNext(ExecutionMode mode) throws Exception {
		ConversationHandler<String, String> handler = (conversation) -> {
			conversation.send(conversation.receive());
			assertThatThrownBy(() -> conversation.receive(Duration.ofMillis(20))).isInstanceOf(TimeoutException.class);
			conversation.session().framing(new Semicolons());
			conversation.send("switched");
			conversation.send(conversation.receive());
			conversation.send(conversation.receive());
		};
		SocketServer server = this.fixture.start(
				ServerHandler.conversation("late", PayloadConverter.text(UTF_8), handler),
				(spec) -> spec.execution((e) -> e.mode(mode)).framing(LINES));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("a");
			assertThat(peer.line()).isEqualTo("switched");
			assertThat(peer.send("b;c;").line()).isEqualTo("b");
			assertThat(peer.line()).isEqualTo("c");
		}
	}

	@Every.OffLoopMode
	void anotherThreadChangesItForAConversationThatWaits(ExecutionMode mode) throws Exception {
		ConversationHandler<String, String> handler = (conversation) -> conversation.send(conversation.receive());
		SocketServer server = this.fixture.start(
				ServerHandler.conversation("waits", PayloadConverter.text(UTF_8), handler),
				(spec) -> spec.execution((e) -> e.mode(mode)).framing(LINES));
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			session.framing(new Semicolons());
			assertThat(peer.send("b;").rest()).isEqualTo("b\n");
		}
	}

	@Test
	void halfAFrameIsNotWaitedForAfterRawBytes() throws Exception {
		SessionHandler handler = (payload, session) -> {
			session.framing(Framing.line());
			return "lines now\n".getBytes(UTF_8);
		};
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("raw", PayloadConverter.bytes(), false, (ignored) -> handler),
				(spec) -> spec.framing(Framings.extending(Framing.raw()).switchable(true).build())
					.timeouts((t) -> t.frame(Duration.ofMillis(200))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("anything").line()).isEqualTo("lines now");
			peer.send("half");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
		}
	}

	@Test
	void streamsHaveNoFramingThatCouldChange() {
		ServerHandler streams = ServerHandler.stream("streams", (in, out, session) -> {
		});
		Framing raw = Framings.extending(Framing.raw()).switchable(true).build();
		assertThatThrownBy(() -> ServerSpec.builder("x").handler(streams).framing(raw).build())
			.isInstanceOf(InvalidSpecException.class)
			.hasMessageContaining("must not be switchable for a stream handler");
	}

	@Every.Way
	void openedMayChooseIt(Way way) throws Exception {
		List<Object> received = new CopyOnWriteArrayList<>();
		SessionHandler handler = TestHandler.of((payload, session) -> {
			received.add(payload);
			return payload;
		}).opened((session) -> {
			session.framing(Framing.delimiter(";"));
		});
		SocketServer server = this.fixture.start(ServerFixture.messages("chooser", handler),
				(spec) -> way.spec().apply(spec).framing(LINES));

		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			// Early: there may be data before the handler has been notified of the
			// session.
			peers.add(new Peer(server).send("a\nb;c;"));
		}
		for (Peer peer : peers) {
			assertThat(peer.endOutput().rest()).isEqualTo("a\nb;c;");
			peer.close();
		}
	}

	@Test
	void broadcastReachesAllWhoseFramingCarriesIt() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.framing(LINES));
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			peers.add(new Peer(server));
			peers.get(i).ask("hello");
			if (i % 2 == 0) {
				this.fixture.opened.get(i).framing(Framing.fixed(3));
			}
		}
		// They answer in the framing that was asked for.
		for (int i = 0; i < peers.size(); i += 2) {
			assertThat(peers.get(i).send("abc").bytes(3)).asString(UTF_8).isEqualTo("abc");
		}

		assertThat(server.broadcast("news")).isEqualTo(3);

		for (int i = 1; i < peers.size(); i += 2) {
			assertThat(peers.get(i).line()).isEqualTo("news");
			peers.get(i).endOutput().rest();
		}
		Awaitility.await().until(() -> server.sessions().count() == 3);
		assertThatIllegalArgumentException().isThrownBy(() -> server.broadcast("news"))
			.withMessageContaining("a frame has 3");
		assertThat(server.broadcast("end")).isEqualTo(3);
		Opened.closeAll(peers);
	}

	@Every.Way
	void lastFramingThatWasAskedForStays(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> way.spec().apply(spec).framing(LINES));

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			for (int i = 0; i < ROUNDS; i++) {
				for (int change = i % 40; change >= 0; change--) {
					session.framing(new Semicolons());
					for (int spin = (i * 7 + change) % 64; spin > 0; spin--) {
						Thread.onSpinWait();
					}
					session.framing(LINES);
				}
				assertThat(peer.ask("line " + i)).as("in round %s", i).isEqualTo("line " + i);
			}
		}
	}

	@Test
	void framingThatIsNotSwitchableStays() throws Exception {
		SocketServer server = this.fixture.start(ServerFixture.messages("fixed", (payload, session) -> {
			session.framing(BODY);
			return payload;
		}), UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("x\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().cause()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("not switchable");
	}

	@Test
	void nothingIsDroppedWhereFramesAreAbortedOneAtATime() {
		ServerSpec.Builder spec = ServerSpec.builder("test")
			.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
			.framing(LINES)
			.inbound((i) -> i.overflow(InboundOverflow.DROP_OLDEST));
		assertThatThrownBy(spec::build).isInstanceOf(InvalidSpecException.class);
	}

}
