package dev.socketserver.netty.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.operator.LoginOutcome;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Connections that are encrypted on request, and what peers try with that. */
@Tag("virtual-threads")
class StartTlsTests {

	private static final CloseStatus BEHIND = CloseStatus.of(CloseReason.PROTOCOL_ERROR, "data behind STARTTLS");

	/** More lines of 1,000 characters than the sockets of both ends keep. */
	private static final int FLOOD = 20_000;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final ServerFixture oneLoop = new ServerFixture(1);

	/** What handlers were called with. */
	private final List<String> seen = new CopyOnWriteArrayList<>();

	/** What became of the handshakes that were asked for. */
	private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

	private static UnaryOperator<ServerSpec.Builder> onRequest() {
		return (spec) -> spec.ssl((ssl) -> ssl.bundle(Certificates.TRUSTED.bundle("localhost"))
			.handshakeTimeout(Duration.ofHours(1))
			.mode(TlsMode.ON_REQUEST));
	}

	private static UnaryOperator<ServerSpec.Builder> onRequest(SocketTransport transport, ExecutionMode mode) {
		return (spec) -> onRequest().apply(spec.transport(transport).execution((block) -> block.mode(mode)));
	}

	static Stream<Arguments> ways() {
		return ServerFixture.everyTransport()
			.flatMap((transport) -> ServerFixture.modes().map((mode) -> Arguments.of(transport, mode)));
	}

	private CompletableFuture<@Nullable Void> startTls(SocketSession session) {
		CompletableFuture<@Nullable Void> secured = session.startTls();
		secured.whenComplete((done, failure) -> this.outcomes
			.add((failure != null) ? failure.getClass().getSimpleName() : "secure " + session.secure()));
		return secured;
	}

	/** A protocol with the command STARTTLS. */
	private SocketServer mail(UnaryOperator<ServerSpec.Builder> spec) {
		return messages((line, session) -> {
			if (line.equals("STARTTLS")) {
				startTls(session);
				return "go ahead";
			}
			return line.toLowerCase() + " " + session.secure();
		}, spec);
	}

	private SocketServer messages(LineHandler call, UnaryOperator<ServerSpec.Builder> spec) {
		SessionHandler handler = (payload, session) -> {
			this.seen.add((String) payload);
			return call.received((String) payload, session);
		};
		return this.fixture.start(ServerFixture.messages("mail", handler), spec);
	}

	private String nextOutcome() throws InterruptedException {
		return Patience.next(this.outcomes);
	}

	/** Who has shown a certificate does not make room for strangers. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aCertificateOfThePeerIsALogin(boolean paused) throws Exception {
		SocketServer server = messages((line, session) -> {
			if (line.equals("STARTTLS")) {
				startTls(session);
				if (paused) {
					session.pauseReads();
				}
			}
			return line.toLowerCase();
		}, (spec) -> onRequest().apply(spec)
			.ssl((ssl) -> ssl.clientAuth(ClientAuth.NEED))
			.login((login) -> login.timeout(Duration.ofHours(1)).sessions(1)));

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("STARTTLS")).isEqualTo("starttls");
			peer.secure(Certificates.TRUSTED.client("meter"));
			assertThat(nextOutcome()).isEqualTo("secure true");
			assertThat(ServerOperations.of(server).unauthenticated()).isZero();
			try (Mailer stranger = new Mailer(server)) {
				assertThat(stranger.ask("A")).isEqualTo("a");
				this.fixture.opened.get(0).resumeReads();
				assertThat(peer.ask("B")).isEqualTo("b");
			}
		}
		assertThat(((CounterSource) server.statistics()).sum(Counter.LOGINS, LoginOutcome.SUCCESS)).isOne();
	}

	/** What is read for the handshake in a pause is no more than that. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aPauseHoldsBehindTheHandshake(boolean opening) throws Exception {
		SessionHandler handler = TestHandler.of((payload, session) -> secureInPause((String) payload, session))
			.opened((session) -> {
				if (opening) {
					session.send(secureInPause("STARTTLS", session));
				}
			});
		SocketServer server = this.fixture.start(ServerFixture.messages("mail", handler), onRequest());

		try (Mailer peer = new Mailer(server)) {
			if (!opening) {
				peer.send("STARTTLS\n");
			}
			assertThat(peer.lines(1)).containsExactly("starttls");
			peer.secure();
			assertThat(nextOutcome()).isEqualTo("secure true");
			Session session = (Session) this.fixture.firstOpened();
			Awaitility.await().until(() -> !session.input().isReading());
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendFlood(peer));
			Patience.still(() -> session.info().bytesReceived());
			assertThat(sent).isNotDone();
			assertThat(session.info().bytesReceived()).isLessThan(1_000_000);

			session.resumeReads();
			assertThat(peer.lines(FLOOD)).hasSize(FLOOD).containsOnly("x".repeat(1_000));
			Patience.await(sent.thenApply((done) -> "sent"));
		}
	}

	private String secureInPause(String line, SocketSession session) {
		if (line.equals("STARTTLS")) {
			startTls(session);
			session.pauseReads();
		}
		return line.toLowerCase();
	}

	private static void sendFlood(Mailer peer) {
		try {
			for (int i = 0; i < FLOOD; i++) {
				peer.send("x".repeat(1_000) + "\n");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("ways")
	void encryptsWhatFollowsTheReply(SocketTransport transport, ExecutionMode mode) throws Exception {
		SocketServer server = mail(onRequest(transport, mode));

		try (Mailer peer = new Mailer(server)) {
			peer.send("A\nB\nSTARTTLS\n");
			assertThat(peer.lines(3)).containsExactly("a false", "b false", "go ahead");
			peer.secure();
			assertThat(nextOutcome()).isEqualTo("secure true");
			peer.send("C\nD\n");
			assertThat(peer.lines(2)).containsExactly("c true", "d true");
		}

		// With a close_notify, or it would be PEER_RESET.
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		assertThat(server.statistics().handshakes().toString()).contains("SUCCESS");
	}

	/** Although its server does not listen any more. */
	@Test
	void aKeptSessionShowsTheCertificateInForce() throws Exception {
		TlsBundle bundle = Certificates.TRUSTED.bundle("old");
		SocketServer server = mail((spec) -> onRequest().apply(spec).ssl((ssl) -> ssl.bundle(bundle)));

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("A")).isEqualTo("a false");
			server.closeListener();
			bundle.replace(Certificates.TRUSTED.server("new"));
			assertThat(peer.ask("STARTTLS")).isEqualTo("go ahead");
			assertThat(peer.secure(Certificates.TRUSTED.client())).isEqualTo("CN=new");
		}
	}

	/** Of a frame that changes the framing, too. */
	@Every.Mode
	void theReplyIsFramedAsItsFrameIs(ExecutionMode mode) throws Exception {
		SocketServer server = messages((line, session) -> {
			if (line.equals("STARTTLS")) {
				session.framing(Framing.delimiter(";"));
				startTls(session);
			}
			return line;
		}, (spec) -> onRequest()
			.apply(spec.framing(Framings.line().switchable(true).build()).execution((block) -> block.mode(mode))));

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("STARTTLS")).isEqualTo("STARTTLS");
			peer.secure();
			peer.send("a\nb;\n;");
			assertThat(peer.lines(2)).containsExactly("a", "b;");
		}
	}

	@ParameterizedTest
	@MethodSource("ways")
	void clearBytesBehindTheCommandAreNeverHandled(SocketTransport transport, ExecutionMode mode) throws Exception {
		SocketServer server = mail(onRequest(transport, mode));

		try (Mailer peer = new Mailer(server)) {
			peer.send("A\nSTARTTLS\nEVIL\nEVI");
			assertThat(peer.rest()).isEqualTo("a false\ngo ahead\n");
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(BEHIND);
		assertThat(this.seen).containsExactly("A", "STARTTLS");
		assertThat(nextOutcome()).isEqualTo(SessionClosedException.class.getSimpleName());
	}

	@ParameterizedTest
	@MethodSource("ways")
	void aHandshakeBeforeTheReplyIsDataBehind(SocketTransport transport, ExecutionMode mode) throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		SocketServer server = messages((line, session) -> {
			startTls(session);
			Patience.hold(sent);
			return "go ahead";
		}, onRequest(transport, mode));

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			Awaitility.await().until(() -> this.seen.size() == 1);
			peer.send(clientHello());
			sent.countDown();
			assertThat(peer.rest()).isEqualTo("go ahead\n");
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(BEHIND);
	}

	/** Each is read before the next is sent, as the loop answers another peer between. */
	@Test
	void manySegmentsBehindTheCommandAreDataBehind() throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
		SocketServer server = this.oneLoop.start(ServerFixture.messages("mail", (line, session) -> {
			if (line.equals("STARTTLS")) {
				startTls(session);
				session.closed().thenAccept(closed::complete);
				this.seen.add((String) line);
				Patience.hold(sent);
			}
			return "go ahead";
		}), onRequest());

		try (Mailer peer = new Mailer(server); Mailer other = new Mailer(server)) {
			peer.send("STARTTLS\n");
			Awaitility.await().until(() -> this.seen.size() == 1);
			for (int i = 0; i < 6_000; i++) {
				peer.send("x");
				other.ask("A");
			}
			sent.countDown();
			assertThat(peer.rest()).isEqualTo("go ahead\n");
		}

		assertThat(Patience.await(closed)).isEqualTo(BEHIND);
	}

	@ParameterizedTest
	@MethodSource("ways")
	void aHandshakeInTheSegmentOfTheCommandIsDataBehind(SocketTransport transport, ExecutionMode mode)
			throws Exception {
		SocketServer server = mail(onRequest(transport, mode));

		try (Mailer peer = new Mailer(server)) {
			byte[] hello = clientHello();
			peer.send(ByteBuffer.allocate(9 + hello.length).put("STARTTLS\n".getBytes(UTF_8)).put(hello).array());
			assertThat(peer.rest()).isEqualTo("go ahead\n");
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(BEHIND);
	}

	@ParameterizedTest
	@MethodSource("ways")
	void textInPlaceOfAHandshakeIsDataBehind(SocketTransport transport, ExecutionMode mode) throws Exception {
		SocketServer server = mail(onRequest(transport, mode));

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			assertThat(peer.lines(1)).containsExactly("go ahead");
			peer.send("EVIL\n");
			assertThat(peer.rest()).isEmpty();
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(BEHIND);
		assertThat(this.seen).containsExactly("STARTTLS");
	}

	/** However the bytes come: in one segment, or one at a time. */
	@Test
	void eachCommandInFrontIsAnsweredInOrder() throws Exception {
		SocketServer server = messages((line, session) -> {
			if (line.equals("STARTTLS")) {
				startTls(session);
			}
			return CompletableFuture.supplyAsync(() -> line.toLowerCase(),
					CompletableFuture.delayedExecutor(line.equals("1") ? 50 : 1, TimeUnit.MILLISECONDS));
		}, onRequest());

		for (boolean together : new boolean[] { true, false }) {
			try (Mailer peer = new Mailer(server)) {
				String commands = "1\n2\n3\nSTARTTLS\n";
				if (together) {
					peer.send(commands);
				}
				else {
					for (byte value : commands.getBytes(UTF_8)) {
						peer.send(new byte[] { value });
					}
				}
				assertThat(peer.lines(4)).containsExactly("1", "2", "3", "starttls");
				peer.secure();
				peer.send("4\n5\n");
				assertThat(peer.lines(2)).containsExactly("4", "5");
			}
		}
	}

	@Test
	void whatOthersSendMeanwhileIsEncrypted() throws Exception {
		CompletableFuture<String> reply = new CompletableFuture<>();
		SocketServer server = messages((line, session) -> {
			startTls(session);
			return reply;
		}, onRequest());

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			SocketSession session = this.fixture.firstOpened();
			Awaitility.await().until(() -> this.seen.size() == 1);
			CompletableFuture<?> early = session.send("early");
			Patience.await(early);
			reply.complete("go ahead");
			assertThat(peer.lines(2)).containsExactly("early", "go ahead");
			CompletableFuture<?> later = session.send("secret");
			peer.secure();
			assertThat(peer.lines(1)).containsExactly("secret");
			Patience.await(later);
		}
	}

	/** A handler of the pipeline may not care what becomes of what it writes. */
	@Test
	void whatIsWrittenWithoutAPromiseLeavesBeforeTheHandshakeToo() throws Exception {
		CompletableFuture<EventLoop> loop = new CompletableFuture<>();
		CountDownLatch handled = new CountDownLatch(1);
		this.fixture.customizers.add((pipeline, spec) -> {
			loop.complete(pipeline.channel().eventLoop());
			pipeline.addLast(new Careless());
		});
		SocketServer server = messages((line, session) -> {
			startTls(session);
			session.send("go ahead");
			Patience.hold(handled);
			return null;
		}, onRequest());

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			assertThat(peer.lines(2)).containsExactly("careless", "go ahead");
			peer.send(clientHello());
			for (int turn = 0; turn < 3; turn++) {
				Patience.await(loop).schedule(() -> {
				}, 0, TimeUnit.NANOSECONDS).sync();
			}
			handled.countDown();
			assertThat(peer.next()).as("a record of the handshake").isEqualTo(22);
		}
		finally {
			handled.countDown();
		}
	}

	/** Writes a line of its own in front of the first that is written. */
	private static final class Careless extends ChannelOutboundHandlerAdapter {

		private boolean done;

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (!this.done) {
				this.done = true;
				context.write(Unpooled.copiedBuffer("careless\n", UTF_8), context.voidPromise());
			}
			context.write(message, promise);
		}

	}

	/** However many send at the same time, nothing leaves between the reply and TLS. */
	@ParameterizedTest
	@MethodSource("ways")
	void nothingThatOthersSendLeavesBehindTheReplyInTheClear(SocketTransport transport, ExecutionMode mode)
			throws Exception {
		SocketServer server = mail(onRequest(transport, mode));
		for (int i = 0; i < 50; i++) {
			try (Mailer peer = new Mailer(server)) {
				AtomicBoolean over = new AtomicBoolean();
				Thread others = new Thread(() -> {
					while (!over.get()) {
						server.broadcast("news");
						Thread.yield();
					}
				});
				others.start();
				try {
					peer.send("STARTTLS\n");
					while (!"go ahead".equals(peer.lines(1).get(0))) {
						// News that was sent before.
					}
					peer.secure();
					assertThat(peer.lines(1)).containsExactly("news");
				}
				finally {
					over.set(true);
					others.join();
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Order.class)
	void conversationsCallItBetweenReads(Order order) throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			assertThat(conversation.receive()).isEqualTo("STARTTLS");
			SocketSession session = conversation.session();
			if (order == Order.REPLY_SECOND) {
				startTls(session);
				conversation.send("go ahead");
			}
			else {
				conversation.send("go ahead");
				CompletableFuture<?> secured = startTls(session);
				if (order == Order.WAIT) {
					Patience.await(secured.thenApply((done) -> "x"));
					conversation.send("secure " + session.secure());
				}
			}
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				conversation.send(line + " " + session.secure());
			}
		}, onRequest());

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			assertThat(peer.lines(1)).containsExactly("go ahead");
			peer.secure();
			if (order == Order.WAIT) {
				assertThat(peer.lines(1)).containsExactly("secure true");
			}
			peer.send("a\nb\n");
			assertThat(peer.lines(2)).containsExactly("a true", "b true");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@ParameterizedTest
	@EnumSource(Order.class)
	void streamsCallItBetweenReads(Order order) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			assertThat(Mailer.line(in)).isEqualTo("STARTTLS");
			if (order == Order.REPLY_SECOND) {
				startTls(session);
				out.write("go ahead\n".getBytes(UTF_8));
			}
			else {
				out.write("go ahead\n".getBytes(UTF_8));
				if (order == Order.WAIT) {
					out.flush();
				}
				CompletableFuture<?> secured = startTls(session);
				if (order == Order.WAIT) {
					Patience.await(secured);
				}
			}
			for (String line = Mailer.line(in); line != null; line = Mailer.line(in)) {
				out.write((line + " " + session.secure() + "\n").getBytes(UTF_8));
			}
		}, (spec) -> onRequest().apply(spec.framing(Framing.raw())));

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			assertThat(peer.lines(1)).containsExactly("go ahead");
			peer.secure();
			peer.send("a\nb\n");
			assertThat(peer.lines(2)).containsExactly("a true", "b true");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	private void assertRefusesDataBehind(SocketServer server) throws Exception {
		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\nEVIL\n");
			assertThat(peer.rest()).isEqualTo("go ahead\n");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(BEHIND);
	}

	@Test
	void whatAStreamHasNotReadIsDataBehind() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			this.seen.add(String.valueOf(Mailer.line(in)));
			out.write("go ahead\n".getBytes(UTF_8));
			out.flush();
			startTls(session);
			this.seen.add(String.valueOf(Mailer.line(in)));
		}, (spec) -> onRequest().apply(spec.framing(Framing.raw())));
		assertRefusesDataBehind(server);
		assertThat(this.seen).containsExactly("STARTTLS");
	}

	@Test
	void framesBehindTheCommandOfAConversationAreDataBehind() throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			this.seen.add(String.valueOf(conversation.receive()));
			startTls(conversation.session());
			conversation.send("go ahead");
			this.seen.add(String.valueOf(conversation.receive()));
		}, onRequest());
		assertRefusesDataBehind(server);
		assertThat(this.seen).containsExactly("STARTTLS");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whatAConnectionHandlerLeavesUnreadIsDataBehind(SocketTransport transport, ExecutionMode mode)
			throws Exception {
		SocketServer server = this.fixture.connections((Void state, ByteBuffer data, SocketSession session) -> {
			byte[] command = new byte["STARTTLS\n".length()];

			data.get(command);
			this.seen.add(new String(command, UTF_8));
			startTls(session);
			session.send("go ahead\n");
			return null;
		}, (spec) -> onRequest(transport, mode).apply(spec.framing(Framing.raw())));
		assertRefusesDataBehind(server);
		assertThat(this.seen).containsExactly("STARTTLS\n");
	}

	@Test
	void theOpeningMayAskForIt() throws Exception {
		SessionHandler handler = TestHandler.of((payload, session) -> payload + " " + session.secure())
			.opened((session) -> {
				// In this order: the peer may begin as soon as it has read what is sent.
				startTls(session);
				session.send("hello");
			});
		SocketServer server = this.fixture.start(ServerFixture.messages("mail", handler), onRequest());

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.lines(1)).containsExactly("hello");
			peer.secure();
			peer.send("a\n");
			assertThat(peer.lines(1)).containsExactly("a true");
		}
	}

	@Test
	void aHandshakeThatDoesNotBeginEndsTheSession() throws Exception {
		SocketServer server = mail(
				(spec) -> onRequest().apply(spec).ssl((ssl) -> ssl.handshakeTimeout(Duration.ofMillis(50))));

		long begun = System.nanoTime();
		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			assertThat(peer.rest()).isEqualTo("go ahead\n");
		}

		assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
		assertThat(this.fixture.nextClosed())
			.isEqualTo(CloseStatus.of(CloseReason.TLS_FAILED, "the TLS handshake did not begin within 300 ms"));
		assertThat(nextOutcome()).isEqualTo(SessionClosedException.class.getSimpleName());
		assertThat(server.statistics().handshakes().toString()).contains("TIMEOUT");
	}

	@Test
	void aHandshakeThatDoesNotEndEndsTheSession() throws Exception {
		SocketServer server = mail(
				(spec) -> onRequest().apply(spec).ssl((ssl) -> ssl.handshakeTimeout(Duration.ofMillis(200))));

		// Where it has begun in time.
		this.fixture.undisturbed(server, Duration.ofMillis(100), () -> {
			try (Mailer peer = new Mailer(server)) {
				peer.send("STARTTLS\n");
				peer.lines(1);
				peer.send(new byte[] { 22, 3, 1 });
				peer.rest();
			}
			assertThat(this.fixture.nextClosed())
				.isEqualTo(CloseStatus.of(CloseReason.TLS_FAILED, "the TLS handshake was not complete after 200 ms"));
		});
	}

	@Every.Transport
	void aHandshakeThatFailsEndsTheSession(SocketTransport transport) throws Exception {
		SocketServer server = mail((spec) -> onRequest().apply(spec.transport(transport)));

		try (Mailer peer = new Mailer(server)) {
			peer.send("STARTTLS\n");
			peer.lines(1);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> peer.secure(Certificates.OTHER.client()));
		}

		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.TLS_FAILED);
		assertThat(status.detail()).startsWith("the TLS handshake failed: ");
		assertThat(nextOutcome()).isEqualTo(SessionClosedException.class.getSimpleName());
	}

	@Test
	void certificatesOfPeersArePrincipals() throws Exception {
		SocketServer server = messages((line, session) -> {
			if (line.equals("STARTTLS")) {
				startTls(session);
				return "go ahead";
			}
			Principal principal = session.principal();
			return (principal != null) ? principal.getName() : "nobody";
		}, (spec) -> spec.ssl((ssl) -> ssl.bundle(Certificates.TRUSTED.bundle("localhost"))
			.clientAuth(ClientAuth.WANT)
			.mode(TlsMode.ON_REQUEST)));

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("who")).isEqualTo("nobody");
			peer.ask("STARTTLS");
			peer.secure(Certificates.TRUSTED.client("alice"));
			assertThat(peer.ask("who")).isEqualTo("CN=alice");
		}
	}

	@Test
	void isPossibleOnceInACallWhereItIsConfigured() throws Exception {
		SocketServer server = messages((line, session) -> {
			startTls(session);
			assertThatIllegalStateException().isThrownBy(session::startTls)
				.withMessage("startTls() was called before on this session");
			return "go ahead";
		}, onRequest());
		try (Mailer peer = new Mailer(server)) {
			SocketSession session = this.fixture.firstOpened();
			assertThatIllegalStateException().isThrownBy(session::startTls).withMessageContaining("one of its calls");
			peer.ask("STARTTLS");
			peer.secure();
		}
	}

	@Test
	void isNotPossibleWhereItIsNotConfigured() throws Exception {
		SocketServer plain = messages((line, session) -> {
			assertThatIllegalStateException().isThrownBy(session::startTls)
				.withMessageContaining("ssl.mode: on-request");
			return "not here";
		}, (spec) -> spec);
		try (Mailer peer = new Mailer(plain)) {
			assertThat(peer.ask("STARTTLS")).isEqualTo("not here");
		}
	}

	@Test
	void aHandlerOfMessagesCannotWaitForIt() throws Exception {
		SocketServer server = messages((line, session) -> {
			CompletableFuture<?> secured = startTls(session);
			assertThatIllegalStateException().isThrownBy(secured::join);
			return "go ahead";
		}, onRequest());

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("STARTTLS")).isEqualTo("go ahead");
			peer.secure();
		}
	}

	@Test
	void aSessionThatClosesDoesNotWaitForTheHandshake() throws Exception {
		SocketServer server = mail(onRequest());

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("STARTTLS")).isEqualTo("go ahead");
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<?> secret = session.send("secret");
			session.close();
			assertThat(peer.rest()).isEmpty();
			assertThat(secret).failsWithin(Patience.limit());
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		assertThat(nextOutcome()).isEqualTo(SessionClosedException.class.getSimpleName());
	}

	@Test
	void aPeerThatLeavesInsteadEndsTheSession() throws Exception {
		SocketServer server = mail(onRequest());

		try (Mailer peer = new Mailer(server)) {
			assertThat(peer.ask("STARTTLS")).isEqualTo("go ahead");
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void aPlainSessionGoesOnWithoutIt() throws Exception {
		SocketServer server = mail(onRequest());

		try (Mailer peer = new Mailer(server)) {
			peer.send("A\nB\nC\n");
			assertThat(peer.lines(3)).containsExactly("a false", "b false", "c false");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		assertThat(server.statistics().rejected()).isEqualTo(Map.of());
	}

	@Test
	void nothingMayBeDroppedBeforeThereIsTls() {
		assertThatThrownBy(() -> mail(
				(spec) -> onRequest().apply(spec).inbound((inbound) -> inbound.overflow(InboundOverflow.DROP_OLDEST))))
			.isInstanceOf(InvalidSpecException.class)
			.hasMessageContaining("on-request");
	}

	/** The first message of a handshake. */
	private static byte[] clientHello() throws Exception {
		var engine = Certificates.TRUSTED.client().createSSLEngine("localhost", 1);
		engine.setUseClientMode(true);
		ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		engine.wrap(ByteBuffer.allocate(0), hello);
		byte[] bytes = new byte[hello.flip().remaining()];
		hello.get(bytes);
		return bytes;
	}

	private interface LineHandler {

		@Nullable Object received(String line, SocketSession session) throws Exception;

	}

	/** When a handler that blocks replies to the command. */
	private enum Order {

		REPLY_FIRST, REPLY_SECOND, WAIT

	}

}
