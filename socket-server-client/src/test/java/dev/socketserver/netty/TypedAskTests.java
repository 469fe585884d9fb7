package dev.socketserver.netty;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.payload.FrameConverter;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for requests whose caller says what the reply is to be.
 */
class TypedAskTests {

	@RegisterExtension
	private final ClientFixture fixture = new ClientFixture();

	private SocketServer texts(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.servers.lines((line) -> "ok " + line, spec);
	}

	/** A server whose handler takes numbers only. */
	private SocketServer numbers(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.servers.start(ServerHandler.function("numbers", new Decimal(), (number) -> number),
				(builder) -> spec.apply(builder.converters(List.of(new Decimal()))));
	}

	private SocketSession open(Peer peer, String line) throws Exception {
		peer.ask(line);
		return this.fixture.servers.firstOpened();
	}

	@Test
	void aReplyIsReadAsTheTypeOfItsCaller() throws Exception {
		SocketServer server = texts((spec) -> spec.converters(List.of(new Decimal())));
		try (Peer peer = new Peer(server)) {
			SocketSession session = open(peer, "hello");
			CompletableFuture<Long> number = session.ask("one", Long.class, Patience.limit());
			CompletableFuture<Number> anyNumber = session.ask("two", Number.class, Patience.limit());
			CompletableFuture<byte[]> bytes = session.ask("three", byte[].class, Patience.limit());
			CompletableFuture<String> text = session.ask("four", String.class, Patience.limit());
			peer.send("1\n2\n3\n4\n");

			assertThat(number).succeedsWithin(Patience.limit()).isEqualTo(1L);
			assertThat(anyNumber).succeedsWithin(Patience.limit()).isEqualTo(2L);
			assertThat(bytes).succeedsWithin(Patience.limit()).isEqualTo(new byte[] { '3' });
			assertThat(text).succeedsWithin(Patience.limit()).isEqualTo("4");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theHandlerMayTakeAnotherType(boolean correlated) throws Exception {
		SocketServer server = numbers((spec) -> correlated ? spec.correlator((payload) -> "key") : spec);
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.servers.firstOpened();
			CompletableFuture<String> text = session.ask("one", String.class, Patience.limit());
			assertThat(peer.line()).isEqualTo("one");
			peer.send("17\n");
			assertThat(text).succeedsWithin(Patience.limit()).isEqualTo("17");
		}
	}

	@Test
	void inTheOrderOfRequestsItNeedNotEvenBeWhatTheHandlerTakes() throws Exception {
		SocketServer server = numbers(UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.servers.firstOpened();
			CompletableFuture<String> text = session.ask("one", String.class, Patience.limit());
			peer.line();
			peer.send("no number\n");
			assertThat(text).succeedsWithin(Patience.limit()).isEqualTo("no number");
			assertThat(peer.ask("5")).isEqualTo("5");
		}
	}

	@Test
	void theHandlerMayTakeFrames() throws Exception {
		SocketServer server = this.fixture.servers
			.start(new ServerHandler.Messages("frames", new FrameConverter(PayloadConverter.text(UTF_8), true, true),
					false, (spec) -> (frame, session) -> null), (spec) -> spec.converters(List.of(new Decimal())));
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.servers.firstOpened();
			CompletableFuture<Long> number = session.ask("one", Long.class, Patience.limit());
			CompletableFuture<Object> text = session.ask("two", Patience.limit());
			peer.send("1\n2\n");
			assertThat(number).succeedsWithin(Patience.limit()).isEqualTo(1L);
			assertThat(text).succeedsWithin(Patience.limit()).isEqualTo("2");
		}
	}

	@Test
	void aReplyThatCannotBeReadFailsTheRequestOnly() throws Exception {
		SocketServer server = texts((spec) -> spec.converters(List.of(new Decimal())));
		try (Peer peer = new Peer(server)) {
			SocketSession session = open(peer, "hello");
			CompletableFuture<Long> number = session.ask("one", Long.class, Patience.limit());
			peer.line();
			peer.send("none\n");
			assertThat(number).failsWithin(Patience.limit())
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(PayloadException.class);
			assertThat(peer.ask("still")).isEqualTo("ok still");
		}
	}

	@Test
	void aTypeThatNothingReadsIsRefusedBeforeAnythingIsSent() throws Exception {
		SocketServer server = texts(UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			SocketSession session = open(peer, "hello");
			assertThatIllegalArgumentException().isThrownBy(() -> session.ask("one", Thread.class, Patience.limit()))
				.withMessage("A reply cannot be read as java.lang.Thread: use String, byte[] or ByteBuffer, or give "
						+ "the server a PayloadConverter for it");
			assertThat(peer.ask("next")).isEqualTo("ok next");
		}
	}

	@Test
	void whoCancelsItLetsTheLateReplyBeDropped() throws Exception {
		SocketServer server = texts((spec) -> spec.converters(List.of(new Decimal())));
		try (Peer peer = new Peer(server)) {
			SocketSession session = open(peer, "hello");
			CompletableFuture<Long> cancelled = session.ask("one", Long.class, Patience.limit());
			peer.line();
			assertThat(RequestInTime.ask(Duration.ofMillis(20), peer::hasInput,
					(time) -> session.ask("late", Long.class, time)))
				.failsWithin(Patience.limit())
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(TimeoutException.class);
			cancelled.cancel(false);
			peer.line();
			peer.send("1\n2\nhello\n");
			assertThat(peer.line()).isEqualTo("ok hello");
			assertThat(session.info().requests()).isZero();
		}
	}

	@Test
	void clientsReadRepliesAsTheTypeOfTheCallerToo() {
		SocketServer server = this.fixture.servers.lines((line) -> String.valueOf(line.length()),
				UnaryOperator.identity());
		SocketClient client = this.fixture.start(server, (spec) -> spec.converters(List.of(new Decimal())));
		assertThat(client.ask("twelve chars", Long.class, Patience.limit())).succeedsWithin(Patience.limit())
			.isEqualTo(12L);
		assertThat(client.ask("four", byte[].class, Patience.limit())).succeedsWithin(Patience.limit())
			.isEqualTo(new byte[] { '4' });
		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("one", Thread.class, Patience.limit()));
	}

	/** Numbers as decimal text. */
	private static final class Decimal implements PayloadConverter<Long> {

		@Override
		public Class<Long> type() {
			return Long.class;
		}

		@Override
		public boolean text() {
			return true;
		}

		@Override
		public Long read(byte[] source, int offset, int length) {
			return Long.valueOf(new String(source, offset, length, UTF_8));
		}

		@Override
		public byte[] write(Long payload) {
			return payload.toString().getBytes(UTF_8);
		}

	}

}
