package dev.socketserver.netty;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Undeclared;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.netty.channel.SessionChannel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Framings of applications that throw what they must not, or have no decoder.
 */
@Tag("virtual-threads")
@SuppressWarnings("serial")
class HostileFramingTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SessionChannel.class);

	private ServerHandler handler(SessionHandler handler) {
		return ServerFixture.messages("hostile", handler);
	}

	@Test
	void converterThatThrowsCallsNoHandler() throws Exception {
		List<Object> got = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.start(ServerHandler.function("numbers", new Numbers(), (number) -> {
			got.add(String.valueOf(number));
			return String.valueOf(number);
		}), (spec) -> spec.framing(dev.socketserver.framing.Framing.line()));
		try (Peer peer = new Peer(server)) {
			peer.send("1\n2\nthree\n4\n");
			assertThat(peer.rest()).isEqualTo("1\n2\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.DECODE_ERROR);
		assertThat(got).containsExactly("1", "2");
	}

	/** Finds nothing, and fails at the end of the input. */
	private static final class FailsAtTheEnd implements Framing {

		@Override
		public String type() {
			return "hostile";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return new FrameDecoder() {

				@Override
				public boolean next(FrameInput in) {
					return false;
				}

				@Override
				public boolean last(FrameInput in) throws FramingException {
					throw new HostileCodeTests.Hostile();
				}

			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
		}

	}

	@Every.Way
	void framingThatFailsAtTheEndOfTheInputClosesTheSession(Way way) throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> way.spec().apply(spec).framing(new FailsAtTheEnd()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("half").endOutput().rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).isEqualTo("the framing failed");
	}

	/**
	 * Frames end with an exclamation mark, which the last may lack. At the end of the
	 * input a question is refused, and dropped with the next call.
	 */
	private static final class RefusesAtTheEnd implements Framing {

		@Override
		public String type() {
			return "refusing";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return new FrameDecoder() {

				private boolean refused;

				@Override
				public boolean next(FrameInput in) {
					if (this.refused) {
						this.refused = false;
						in.skip(find('?', in) + 1);
					}
					int mark = find('!', in);
					if (mark < in.limit()) {
						in.frame(in.position(), mark, mark + 1);
						return true;
					}
					return false;
				}

				@Override
				public boolean last(FrameInput in) throws FramingException {
					if (find('?', in) < in.limit()) {
						throw new FramingException("a question");
					}
					in.frame(in.position(), in.limit(), in.limit());
					return true;
				}

				@Override
				public boolean recover(FrameInput in) {
					this.refused = true;
					return true;
				}

				private int find(char mark, FrameInput in) {
					int index = in.position();
					while (index < in.limit() && in.array()[index] != mark) {
						index++;
					}
					return index;
				}

			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
			out.writeByte('!');
		}

	}

	@Every.Way
	void whatFollowsAFrameThatIsRefusedAtTheEndOfTheInputIsHandled(Way way) throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> way.spec().apply(spec).framing(new RefusesAtTheEnd()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("one!two?three?four").endOutput().rest()).isEqualTo("one!four!");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		assertThat(server.statistics().framesDropped()).containsEntry(DropReason.BAD, 2L);
	}

	/** Throws what it declares not to, in one of its methods. */
	private record Sneaking(String where) implements Framing {

		private void at(String method) {
			if (method.equals(this.where)) {
				Undeclared.sneak(new IOException(method));
			}
		}

		@Override
		public String type() {
			return "sneaking";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			at("decoder");
			FrameDecoder lines = Framing.line().decoder(maxFrameBytes);
			return new FrameDecoder() {

				@Override
				public boolean next(FrameInput in) throws FramingException {
					at("next");
					return lines.next(in);
				}

				@Override
				public boolean last(FrameInput in) throws FramingException {
					at("last");
					return lines.last(in);
				}

			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
			at("encode");
			out.writeByte('\n');
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "next", "last" })
	void framingThatSneaksACheckedExceptionClosesTheSession(String where) throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> spec.framing(new Sneaking(where)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("half").endOutput().rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).isEqualTo("the framing failed");
	}

	@Test
	void framingThatSneaksACheckedExceptionForItsDecoderHasNoSessionsAndIsLogged() throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> spec.framing(new Sneaking("decoder")));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		Awaitility.await().until(() -> ((ManagedServer) server).admission().sessions().taken() == 0);
		assertThat(server.statistics().opened()).isZero();
		assertThat(this.log.messages(Level.ERROR)).containsExactly("Server 'test': a session could not be created");
	}

	@Test
	void framingThatSneaksACheckedExceptionForTheFarewellKeepsNobodyFromStopping() throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> null),
				(spec) -> spec.framing(new Sneaking("encode")).farewell("bye"));

		try (Peer peer = new Peer(server)) {
			Awaitility.await().until(() -> server.sessions().count() == 1);
			assertThat(server.stop(Patience.limit())).isTrue();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Every.Way
	void framingWithoutADecoderFailsTheHandlerThatAsksForIt(Way way) throws Exception {
		Framing broken = new Framing() {

			@Override
			public String type() {
				return "hostile";
			}

			@Override
			public FrameDecoder decoder(int maxFrameBytes) {
				throw new IllegalStateException("no decoder");
			}

			@Override
			public void encode(byte[] payload, FrameOutput out) {
				out.write(payload);
			}

		};
		SocketServer server = this.fixture.start(handler((payload, session) -> {
			session.framing(broken);
			return payload;
		}), (spec) -> way.spec().apply(spec).framing(Framings.line().switchable(true).build()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a\nb\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

}
