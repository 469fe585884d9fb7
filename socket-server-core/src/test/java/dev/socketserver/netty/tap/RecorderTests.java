package dev.socketserver.netty.tap;

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.TapMask;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.transcript.Transcript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The last frames of sessions that end with an error. */
class RecorderTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture((spec) -> spec.taps(4, 4, () -> this.masks));

	@RegisterExtension
	final ServerFixture silent = new ServerFixture((spec) -> spec.taps(4, 0, () -> this.masks));

	private final List<TapMask> masks = new ArrayList<>();

	private SocketServer lines(ServerFixture fixture, Way way) {
		return fixture.lines((text) -> {
			if (text.equals("fail")) {
				throw new IllegalStateException("as the peer wished");
			}
			return text;
		}, (way != null) ? way.spec() : UnaryOperator.identity());
	}

	private static Transcript recorded(SocketServer server) {
		EndedSession ended = await().until(() -> ServerOperations.of(server).endedSessions(), (all) -> !all.isEmpty())
			.get(0);
		return ended.recorded();
	}

	@Every.Way
	void theLastFramesOfAFailedSessionAreShown(Way way) throws Exception {
		SocketServer server = lines(this.fixture, way);
		try (Peer peer = new Peer(server)) {
			for (String line : List.of("one", "two", "three")) {
				peer.ask(line);
			}
			peer.send("fail\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
		assertThat(recorded(server))
			.hasToString("< \"two\\n\"\n> \"three\\n\"\n< \"three\\n\"\n> \"fail\\n\"\n! HANDLER_ERROR\n");
	}

	@Test
	void theBytesThatBrokeTheFramingAreShown() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text,
				(spec) -> spec.framing(Framing.lengthField().build()).limits((l) -> l.frame(16)));
		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { 0, 0, 0, 1, 'x' });
			peer.bytes(5);
			peer.send(new byte[] { 0, 0, 0, 17, 'y' });
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		}
		assertThat(recorded(server))
			.hasToString("> \"\\0\\0\\0\\x01x\"\n< \"\\0\\0\\0\\x01x\"\n> \"\\0\\0\\0\\x11y\"\n! FRAME_TOO_LARGE\n");
	}

	@Test
	void aSessionThatEndsInOrderIsForgotten() throws Exception {
		SocketServer server = lines(this.fixture, null);
		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			assertThat(this.fixture.servers.memoryUsed()).isPositive();
			peer.endOutput();
			this.fixture.nextClosed();
		}
		assertThat(recorded(server)).isNull();
		await().until(() -> this.fixture.servers.memoryUsed() == 0);
	}

	@Test
	void nothingIsRecordedUnlessAskedFor() throws Exception {
		SocketServer server = lines(this.silent, null);
		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			peer.send("fail\n");
			this.silent.nextClosed();
		}
		assertThat(recorded(server)).isNull();
	}

	@Test
	void whatIsMaskedIsNotShown() throws Exception {
		this.masks.add((name, received, frame) -> {
			String text = new String(frame, StandardCharsets.ISO_8859_1);
			if (text.startsWith("mask")) {
				throw new IllegalStateException(text);
			}
			return text.replaceAll("pin=\\d+", "pin=****").getBytes(StandardCharsets.ISO_8859_1);
		});
		SocketServer server = lines(this.fixture, null);
		try (Peer peer = new Peer(server)) {
			peer.ask("mask fails");
			peer.ask("pin=4711 open");
			peer.send("fail\npin=4712 no end");
			this.fixture.nextClosed();
		}
		await().until(() -> recorded(server) != null);
		assertThat(recorded(server))
			.hasToString("> \"pin=**** open\\n\"\n< \"pin=**** open\\n\"\n> \"fail\\n\"\n! HANDLER_ERROR\n");
	}

	/** It cannot be listed either. */
	@Test
	void ofASessionThatCannotBeCopiedNothingIsKept() throws Exception {
		AtomicBoolean nameless = new AtomicBoolean();
		Principal principal = () -> {
			if (nameless.get()) {
				throw new IllegalStateException("as the test wished");
			}
			return "a name";
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("lines", (line, session) -> {
			session.authenticate(principal);
			if (line.equals("fail")) {
				nameless.set(true);
				throw new IllegalStateException("as the peer wished");
			}
			return line;
		}), UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			assertThat(this.fixture.servers.memoryUsed()).isPositive();
			peer.send("fail\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
		await().until(() -> this.fixture.servers.memoryUsed() == 0);
	}

	@Test
	void itGivesWayWhereThereIsLittleMemory() throws Exception {
		EngineSpec spec = EngineSpec.defaults().eventLoopThreads(1).memoryLimit(40_000).taps(4, 1_000, List::of);
		try (NettySocketServers small = new NettySocketServers(List::of, spec, () -> null, List::of)) {
			SocketServer server = small.register(ServerSpec.builder("lines")
				.handler(ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> text))
				.build());
			server.start();
			try (Peer peer = new Peer(server)) {
				for (int i = 0; i < 1_000; i++) {
					peer.ask("a line");
				}
				assertThat(small.memoryUsed()).isBetween(5_000L, 10_000L);
			}
			await().until(() -> small.memoryUsed() == 0);
		}
	}

}
