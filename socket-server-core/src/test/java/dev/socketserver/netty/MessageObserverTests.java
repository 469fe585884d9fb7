package dev.socketserver.netty;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what a {@link MessageObserver} is notified of.
 */
@Tag("virtual-threads")
class MessageObserverTests {

	private final Watching observer = new Watching();

	private final NettySocketServers servers = new NettySocketServers(List::of,
			EngineSpec.defaults().eventLoopThreads(1), () -> this.observer, List::of);

	@AfterEach
	void stop() {
		this.servers.close();
	}

	@Every.Way
	void isNotifiedOfEachCallAndItsFailure(ServerFixture.Way way) throws Exception {
		SocketServer server = lines((line) -> {
			this.observer.note("handling " + line);
			if (line.equals("wrong")) {
				throw new IllegalStateException("no");
			}
			return line;
		}, way.spec());

		assertObservesACallAndAFailure(server);
	}

	private void assertObservesACallAndAFailure(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			peer.send("one\nwrong\n").rest();
		}
		assertThat(this.observer.events(8)).containsExactly("begin one", "handling one", "returned one",
				"ended one null", "begin wrong", "handling wrong", "returned wrong",
				"ended wrong IllegalStateException");
		assertThat(this.observer.strayed).isEmpty();
	}

	@Test
	void aMessageEndsWithItsLaterReply() throws Exception {
		CompletableFuture<String> later = new CompletableFuture<>();
		SocketServer server = lines((line) -> later, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send("one\ntwo\n");
			assertThat(this.observer.events(2)).containsExactly("begin one", "returned one");

			later.complete("done");
			assertThat(peer.line()).isEqualTo("done");
			assertThat(this.observer.events(4)).containsExactly("ended one null", "begin two", "returned two",
					"ended two null");
		}
	}

	@Test
	void aLaterReplyThatFailsIsTheFailureOfItsMessage() throws Exception {
		SocketServer server = lines((line) -> CompletableFuture.failedFuture(new IllegalStateException("late")),
				UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send("one\n").rest();
		}

		assertThat(this.observer.events(3)).containsExactly("begin one", "returned one",
				"ended one IllegalStateException");
	}

	@Test
	void aMessageWhoseReplyNeverComesEndsWithItsSession() throws Exception {
		SocketServer server = lines((line) -> new CompletableFuture<>(), UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send("one\n");
			assertThat(this.observer.events(2)).containsExactly("begin one", "returned one");
			server.sessions().forEach(SocketSession::abort);
		}

		assertThat(this.observer.events(1))
			.containsExactly("ended one " + SessionClosedException.class.getSimpleName());
	}

	@Every.BlockingWay
	void aFrameOfAConversationIsHandledUntilTheNextOneIsAskedFor(ServerFixture.Way way) throws Exception {
		SocketServer server = start(
				ServerHandler.conversation("conversations", PayloadConverter.text(UTF_8), (conversation) -> {
					for (Object frame = conversation.receive(); frame != null; frame = conversation.receive()) {
						this.observer.note("handling " + frame);
						if (frame.equals("wrong")) {
							throw new IllegalStateException("no");
						}
					}
				}), way.spec());

		assertObservesACallAndAFailure(server);
	}

	@Test
	void piecesOfAConnectionAreMessages() throws Exception {
		SocketServer server = start(ServerHandler.connection("connections", (state, data, session) -> {
			data.position(data.limit());
			session.close();
			return "";
		}), (spec) -> spec.framing(Framing.raw()));

		try (Peer peer = new Peer(server)) {
			peer.send("one").rest();
		}

		assertThat(this.observer.events(3)).hasSize(3).last().asString().endsWith("null");
	}

	@Every.Way
	void aMessageThatIsMoreThanAReadBufferEndsAfterItsLastPiece(ServerFixture.Way way) throws Exception {
		SocketServer server = start(leavingUnread((session) -> {
		}), (spec) -> way.spec().apply(spec).readBuffer(4));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abcd").bytes(4)).asString().isEqualTo("more");
			peer.send("efgh").rest();
		}

		assertThat(this.observer.events(9)).containsExactly("begin", "handling abcd", "returned", "ended null", "begin",
				"handling bcde", "returned", "handling fgh", "ended IllegalStateException");
		assertThat(this.observer.strayed).isEmpty();
	}

	@Every.Way
	void aMessageWhosePiecesAreHeldEndsWithItsSession(ServerFixture.Way way) throws Exception {
		SocketServer server = start(leavingUnread(SocketSession::pauseReads),
				(spec) -> way.spec().apply(spec).readBuffer(4));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abcd").bytes(4)).asString().isEqualTo("more");
			peer.send("efgh");
			assertThat(this.observer.events(7)).endsWith("begin", "handling bcde", "returned");
			server.sessions().forEach(SocketSession::abort);
		}

		assertThat(this.observer.events(1)).containsExactly("ended SessionClosedException");
	}

	/**
	 * Leaves all but a byte unread at first, so that more than a read buffer is there
	 * then; of that it takes two pieces, and throws with the second.
	 */
	private ServerHandler leavingUnread(Consumer<SocketSession> afterFirstPiece) {
		return ServerHandler.connection("connections",
				(@Nullable Integer state, ByteBuffer data, SocketSession session) -> {
					this.observer.note("handling " + US_ASCII.decode(data.duplicate()));
					if (state == null) {
						data.position(data.position() + 1);
						session.send("more");
						return 0;
					}
					data.position(data.limit());
					if (state == 1) {
						throw new IllegalStateException("no");
					}
					afterFirstPiece.accept(session);
					return state + 1;
				});
	}

	@Test
	void anObserverThatThrowsHarmsNobody() throws Exception {
		NettySocketServers others = new NettySocketServers(List::of,
				EngineSpec.defaults().eventLoopThreads(1).logContext(false), () -> (session, message) -> {
					if (message.equals("begin")) {
						throw new IllegalStateException("no");
					}
					return new MessageObserver.Handling() {

						@Override
						public void returned() {
							throw new IllegalStateException("no");
						}

						@Override
						public void ended(@Nullable Throwable failure) {
							throw new IllegalStateException("no");
						}

					};
				}, List::of);
		try {
			SocketServer server = others.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> line))
				.build());
			server.start();
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("begin")).isEqualTo("begin");
				assertThat(peer.ask("end")).isEqualTo("end");
			}
		}
		finally {
			others.close();
		}
	}

	private SocketServer lines(Function<String, Object> function, UnaryOperator<ServerSpec.Builder> spec) {
		return start(ServerHandler.function("lines", PayloadConverter.text(UTF_8), function), spec);
	}

	private SocketServer start(ServerHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		SocketServer server = this.servers.register(spec.apply(ServerSpec.builder("test").handler(handler)).build());
		server.start();
		return server;
	}

	/** Records its notifications, and those on another thread than they should be on. */
	private static final class Watching implements MessageObserver {

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> strayed = new LinkedBlockingQueue<>();

		void note(String what) {
			this.events.add(what);
		}

		List<String> events(int count) throws InterruptedException {
			List<String> some = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				String next = this.events.poll(Patience.seconds(), TimeUnit.SECONDS);
				assertThat(next).as("behind %s", some).isNotNull();
				some.add(next);
			}
			return some;
		}

		@Override
		public Handling begin(SocketSession session, Object message) {
			Thread thread = Thread.currentThread();
			// The text of a buffer has how much of it was read, which changes.
			String name = (message instanceof ByteBuffer) ? "" : " " + message;
			note("begin" + name);
			return new Handling() {

				@Override
				public void returned() {
					note("returned" + name);
					if (Thread.currentThread() != thread) {
						Watching.this.strayed.add(message.toString());
					}
				}

				@Override
				public void ended(@Nullable Throwable failure) {
					note("ended" + name + " " + ((failure != null) ? failure.getClass().getSimpleName() : "null"));
				}

			};
		}

	}

}
