package dev.socketserver.netty;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for payloads with a delimiter in them, which the framing is to reject.
 */
class EmbeddedDelimiterTests {

	private static final Duration LONG = Duration.ofHours(1);

	private static final Framing REJECTING = Framings.line().rejectEmbedded(true).build();

	@RegisterExtension
	private final ClientFixture clients = new ClientFixture();

	private final ServerFixture fixture = this.clients.servers;

	private SocketServer server(Way way) {
		return this.fixture.lines((line) -> line.equals("break") ? "two\nlines" : "ok " + line,
				(spec) -> way.spec().apply(spec).framing(REJECTING));
	}

	@Every.Way
	void nothingOfThemLeaves(Way way) throws Exception {
		SocketServer server = server(way);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("ok before");
			SocketSession session = this.fixture.firstOpened();
			assertThatThrownBy(() -> Patience.await(session.send("a\nb"))).hasCauseInstanceOf(PayloadException.class);
			assertThatThrownBy(() -> Patience.await(session.trySend("a\nb")))
				.hasCauseInstanceOf(PayloadException.class);
			assertThatThrownBy(() -> Patience.await(session.ask("a\nb", LONG)))
				.hasCauseInstanceOf(PayloadException.class);
			assertThatIllegalArgumentException().isThrownBy(() -> server.broadcast("a\nb"));
			assertThat(session.info().requests()).isZero();
			assertThat(peer.ask("after")).isEqualTo("ok after");
		}
	}

	@Every.Way
	void aReplyFailsTheCall(Way way) throws Exception {
		try (Peer peer = new Peer(server(way))) {
			peer.send("break\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
	}

	@Every.BlockingWay
	void aConversationMayDealWithThem(Way way) throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			try {
				conversation.send(conversation.receive() + "\nlines");
			}
			catch (PayloadException ex) {
				conversation.send("refused");
			}
		}, (spec) -> way.spec().apply(spec).framing(REJECTING));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("two")).isEqualTo("refused");
		}
	}

	@Test
	void aClientSendsNothingOfThem() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.lines((line) -> {
			seen.add(line);
			return line;
		}, (spec) -> spec);
		SocketClient client = this.clients.start(server, (spec) -> spec.framing(REJECTING));
		assertThatThrownBy(() -> Patience.await(client.send("a\nb"))).hasCauseInstanceOf(PayloadException.class);
		assertThatThrownBy(() -> Patience.await(client.ask("a\nb", LONG))).hasCauseInstanceOf(PayloadException.class);
		assertThat(Patience.await(client.ask("after", LONG))).isEqualTo("after");
		assertThat(seen).containsExactly("after");
	}

}
