package dev.socketserver.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.operator.SessionOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that are bound, as a listener that sends to them sees it, over sockets.
 */
@Tag("virtual-threads")
class BoundSessionTests {

	/** Sends when the call that has bound the session is over. */
	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void bound(SocketSession session, String type, String id) {
			SessionOperations.of(session).peer().afterCall(() -> session.send("letter for " + type + " " + id));
		}

	}));

	private final CompletableFuture<Object> later = new CompletableFuture<>();

	@AfterEach
	void close() {
		this.servers.close();
	}

	private SocketServer start(Way way, SessionHandler handler) {
		SocketServer server = this.servers.register(
				way.spec().apply(ServerSpec.builder("test").handler(ServerFixture.messages("test", handler))).build());
		server.start();
		return server;
	}

	@Every.Way
	void whatFollowsTheCallIsBehindItsReply(Way way) throws Exception {
		SocketServer server = start(way, (payload, session) -> {
			session.bind("device", payload.toString());
			return "welcome";
		});

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("7")).isEqualTo("welcome");
			assertThat(peer.line()).isEqualTo("letter for device 7");
		}
	}

	@Every.Way
	void whatFollowsTheCallIsBehindAllReplies(Way way) throws Exception {
		SocketServer server = start(way, (payload, session) -> {
			session.bind("device", payload.toString());
			return this.later;
		});

		try (Peer peer = new Peer(server)) {
			peer.send("7\n");
			this.later.completeOnTimeout(List.of("one", "two"), 20, TimeUnit.MILLISECONDS);
			assertThat(List.of(peer.line(), peer.line(), peer.line())).containsExactly("one", "two",
					"letter for device 7");
		}
	}

	@Every.Way
	void whatFollowsTheCallIsBehindTheAnswerToItsFailure(Way way) throws Exception {
		SocketServer server = start(way, TestHandler.of((payload, session) -> {
			session.bind("device", payload.toString());
			return this.later;
		}).failed((failure, session) -> "failed"));

		try (Peer peer = new Peer(server)) {
			peer.send("7\n");
			this.later.orTimeout(20, TimeUnit.MILLISECONDS);
			assertThat(List.of(peer.line(), peer.line())).containsExactly("failed", "letter for device 7");
		}
	}

	@Every.Way
	void bytesAreAskedAsTheyAre(Way way) throws Exception {
		SocketServer server = start(way, (payload, session) -> "handled " + payload);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("handled x");
			SocketSession session = server.sessions().findFirst().orElseThrow();
			long silent = SessionOperations.of(session).peer().silentSince();
			CompletableFuture<Object> reply = SessionOperations.of(session)
				.peer()
				.ask("which?".getBytes(UTF_8), Duration.ofSeconds(30), Duration.ofSeconds(30));
			assertThat(peer.line()).isEqualTo("which?");
			peer.send("this\n");
			assertThat(Patience.await(reply)).isEqualTo("this");
			assertThat(SessionOperations.of(session).peer().silentSince()).isGreaterThanOrEqualTo(silent);
		}
	}

}
