package dev.socketserver.netty.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionInfo.State;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;

/**
 * Identities, groups and broadcasts over sockets.
 */
@Tag("virtual-threads")
class IdentityTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	/** Does what the lines say. */
	private static class Commands implements SessionHandler {

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			String[] words = payload.toString().split(" ");
			switch (words[0]) {
				case "bind" -> {
					return String.valueOf((words.length == 2) ? session.bind("device", words[1])
							: session.bind("device", words[1], BindPolicy.valueOf(words[2])));
				}
				case "unbind" -> {
					return String.valueOf(session.unbind("device", words[1]));
				}
				case "half" -> {
					return String.valueOf(session.bind("device", "\uD83D"));
				}
				case "login" -> session.authenticate(() -> words[1]);
				case "who" -> {
					return String.valueOf((session.principal() != null) ? session.principal().getName() : null);
				}
				case "join" -> session.join(words[1]);
				case "leave" -> session.leave(words[1]);
				default -> throw new IllegalArgumentException(words[0]);
			}
			return "done";
		}

	}

	private static ServerSpec.Builder commands(String name) {
		return ServerSpec.builder(name)
			.handler(new ServerHandler.Messages("commands", PayloadConverter.text(UTF_8), false,
					(spec) -> new Commands()));
	}

	private SocketServer start(ServerSpec.Builder spec) {
		SocketServer server = this.fixture.servers.register(spec.build());
		server.start();
		return server;
	}

	private static List<String> ids(List<SocketSession> sessions) {
		return sessions.stream().map(SocketSession::id).toList();
	}

	@Every.Way
	void newerSessionTakesAnIdentityOverAndKeepsIt(Way way) throws Exception {
		SocketServer server = start(way.spec().apply(commands("test")));
		try (Peer older = new Peer(server)) {
			assertThat(older.ask("bind 7 REPLACE")).isEqualTo("true");
			try (Peer newer = new Peer(server)) {
				assertThat(newer.ask("bind 7 REPLACE")).isEqualTo("true");

				assertThat(older.rest()).isEmpty();
				assertThat(this.fixture.nextClosed())
					.isEqualTo(CloseStatus.of(CloseReason.REPLACED, "replaced by session test-2"));
				assertThat(ids(server.find("device", "7"))).containsExactly("test-2");
				assertThat(newer.ask("bind 7 REJECT")).isEqualTo("true");
			}
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(server.find("device", "7")).isEmpty();
	}

	@Test
	void withoutAPolicyTheNewerSessionTakesTheIdentity() throws Exception {
		SocketServer server = start(commands("test"));
		try (Peer older = new Peer(server)) {
			assertThat(older.ask("bind 7")).isEqualTo("true");
			try (Peer newer = new Peer(server)) {
				assertThat(newer.ask("bind 7")).isEqualTo("true");
				assertThat(older.rest()).isEmpty();
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REPLACED);
				assertThat(ids(server.find("device", "7"))).containsExactly("test-2");
			}
		}
	}

	@Test
	void whoHasLoggedInIsThePrincipalToTheEnd() throws Exception {
		SocketServer server = start(commands("test"));
		SocketSession session;
		try (Peer peer = new Peer(server); Peer other = new Peer(server)) {
			assertThat(peer.ask("who")).isEqualTo("null");
			peer.ask("login ann");
			assertThat(peer.ask("who")).isEqualTo("ann");
			peer.ask("login bob");
			assertThat(peer.ask("who")).isEqualTo("bob");
			assertThat(other.ask("who")).isEqualTo("null");
			session = server.sessions().filter((each) -> each.principal() != null).findAny().orElseThrow();
			assertThatNullPointerException().isThrownBy(() -> session.authenticate(null));
		}
		this.fixture.nextClosed();
		this.fixture.nextClosed();

		assertThat(session.principal().getName()).isEqualTo("bob");
		assertThat(ServerOperations.of(server).endedSessions()).filteredOn((ended) -> ended.id().equals(session.id()))
			.singleElement()
			.extracting("principal")
			.isEqualTo("bob");
	}

	@Test
	void replacedSessionStillSendsWhatItHadAccepted() throws Exception {
		SocketServer server = start(commands("test"));
		try (Peer older = new Peer(server, 4 * 1024); Peer newer = new Peer(server)) {
			assertThat(older.ask("bind 7 REJECT")).isEqualTo("true");
			String text = "x".repeat(200_000);
			server.find("device", "7").get(0).send(text);

			assertThat(newer.ask("bind 7 REPLACE")).isEqualTo("true");

			assertThat(older.line()).isEqualTo(text);
			assertThat(older.rest()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void identityIsFreeWhenItsSessionGivesItUp(BindPolicy policy) throws Exception {
		SocketServer server = start(commands("test"));
		try (Peer first = new Peer(server)) {
			assertThat(first.ask("unbind 7")).isEqualTo("false");
			first.ask("bind 7 " + policy);
			first.ask("bind 8 " + policy);
			try (Peer second = new Peer(server)) {
				assertThat(second.ask("unbind 7")).isEqualTo("false");
				assertThat(first.ask("unbind 7")).isEqualTo("true");
				assertThat(server.find("device", "7")).isEmpty();
				assertThat(ids(server.find("device", "8"))).containsExactly("test-1");
				assertThat(server.session("test-1").orElseThrow().info().bound())
					.containsOnly(entry("device", List.of("8")));

				assertThat(second.ask("bind 7 REJECT")).isEqualTo("true");
				assertThat(first.ask("bind 7 REJECT")).isEqualTo("false");
				assertThat(first.ask("bind 7 REPLACE")).isEqualTo("true");
				assertThat(second.rest()).isEmpty();
				assertThat(ids(server.find("device", "7"))).containsExactly("test-1");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void identityIsFreeWhenItsSessionHasEnded(BindPolicy policy) throws Exception {
		SocketServer server = start(commands("test"));
		try (Peer first = new Peer(server)) {
			first.ask("bind 7 " + policy);
			first.reset();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);

		try (Peer second = new Peer(server)) {
			assertThat(second.ask("bind 7 REJECT")).isEqualTo("true");
			assertThat(ids(server.find("device", "7"))).containsExactly("test-2");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aSessionThatIsClosingIsListedAndNotFound(BindPolicy policy) throws Exception {
		SocketServer server = start(commands("test"));
		try (Peer older = new Peer(server, 4 * 1024); Peer newer = new Peer(server)) {
			assertThat(older.ask("bind 7 " + policy)).isEqualTo("true");
			assertThat(older.ask("join room")).isEqualTo("done");
			SocketSession closing = server.find("device", "7").get(0);
			String text = "x".repeat(200_000);
			closing.send(text);
			closing.close();

			assertThat(server.sessions().map((session) -> session.info().state())).contains(State.CLOSING);
			assertThat(server.session(closing.id())).isPresent();
			assertThat(ServerOperations.session(this.fixture.servers, closing.id())).isPresent();
			assertThat(ids(ServerOperations.of(server).bound("device", "7"))).containsExactly(closing.id());
			assertThat(ServerOperations.of(server).members("room")).hasSize(1);
			assertThat(server.find("device", "7")).isEmpty();
			assertThat(this.fixture.servers.find("device", "7")).isEmpty();
			assertThat(this.fixture.servers.session(closing.id())).isEmpty();
			assertThat(server.group("room").sessions()).isEmpty();
			assertThat(server.group("room").broadcast("all")).isZero();
			assertThat(newer.ask("bind 7 REJECT")).isEqualTo("true");
			assertThat(closing.token("device", "7")).isEmpty();
			assertThat(older.line()).isEqualTo(text);
			assertThat(older.rest()).isEmpty();
			assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.HANDLER_CLOSED));
			assertThat(ids(server.find("device", "7"))).hasSize(1).doesNotContain(closing.id());
		}
	}

	@Test
	void handlerStillHasItsIdentitiesAndGroupsWhileItIsNotifiedTheEnd() throws Exception {
		List<String> seen = new ArrayList<>();
		SocketServer server = this.fixture.start(new ServerHandler.Messages("seeing", PayloadConverter.text(UTF_8),
				false, (spec) -> TestHandler.of((payload, session) -> {
					session.bind("device", "7", BindPolicy.REJECT);
					session.join("room");
					return payload;
				}).closed((session, status) -> {
					seen.add(session.info().bound() + " " + session.info().groups());
				})), (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
		}
		this.fixture.nextClosed();

		assertThat(seen).containsExactly("{device=[7]} [room]");
	}

	@Test
	void sessionsAreFoundOverAllServers() throws Exception {
		SocketServer one = start(commands("one"));
		SocketServer two = start(commands("two"));
		try (Peer first = new Peer(one); Peer second = new Peer(two); Peer third = new Peer(two)) {
			third.ask("bind 7 ALLOW");
			first.ask("bind 7 ALLOW");
			second.ask("bind 7 ALLOW");
			second.ask("bind 8 REJECT");

			assertThat(ids(this.fixture.servers.find("device", "7"))).startsWith("one-1")
				.containsExactlyElementsOf(concat(ids(one.find("device", "7")), ids(two.find("device", "7"))));
			assertThat(ids(two.find("device", "7"))).containsExactlyInAnyOrder("two-1", "two-2").isSorted();
			assertThat(one.find("device", "8")).isEmpty();
			assertThat(this.fixture.servers.find("device", "8")).hasSize(1);
			assertThat(this.fixture.servers.find("user", "7")).isEmpty();
		}
	}

	private static List<String> concat(List<String> first, List<String> second) {
		List<String> all = new ArrayList<>(first);
		all.addAll(second);
		return all;
	}

	@Every.Way
	void broadcastReachesTheSessionsOfTheGroup(Way way) throws Exception {
		SocketServer server = start(way.spec().apply(commands("test")));
		try (Peer first = new Peer(server); Peer second = new Peer(server); Peer third = new Peer(server)) {
			first.ask("join room");
			second.ask("join room");
			third.ask("join other");

			assertThat(server.group("room").sessions()).hasSize(2);
			assertThat(server.group("room").broadcast("hello")).isEqualTo(2);

			assertThat(first.line()).isEqualTo("hello");
			assertThat(second.line()).isEqualTo("hello");
			assertThat(third.ask("join room")).isEqualTo("done");
			assertThat(first.ask("leave room")).isEqualTo("done");
			assertThat(server.group("room").broadcast("again")).isEqualTo(2);
			assertThat(second.line()).isEqualTo("again");
			assertThat(third.line()).isEqualTo("again");
		}
		Awaitility.await().until(() -> server.sessions().findAny().isEmpty());
		assertThat(server.group("room").sessions()).isEmpty();
		assertThat(server.group("room").broadcast("nobody")).isZero();
	}

	@Test
	void groupThatNobodyJoinedIsEmpty() {
		SocketServer server = start(commands("test"));

		assertThat(server.group("x").name()).isEqualTo("x");
		assertThat(server.group("x").sessions()).isEmpty();
		assertThat(server.group("x").broadcast("nobody")).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> server.group("x").broadcast(new Object()));
	}

	/**
	 * Some do not read at all and soon take no more; all others get every message,
	 * whatever becomes of the slow ones.
	 */
	@ParameterizedTest
	@EnumSource
	void slowSessionsKeepNoBroadcastFromTheOthers(OutboundOverflow overflow) throws Exception {
		ServerSpec.Builder spec = commands("test").outbound((o) -> o.bytes(64 * 1024).overflow(overflow));
		// On a slow machine the broadcasts may last longer than a peer has to read.
		SocketServer server = start(spec.timeouts((t) -> t.write(null)));
		String text = "x".repeat(10_000);
		int messages = 1_000;
		List<Peer> slow = new ArrayList<>();
		List<Peer> all = new ArrayList<>();
		try {
			for (int i = 0; i < 6; i++) {
				Peer peer = new Peer(server, (i % 2 == 0) ? 4 * 1024 : 0);
				peer.ask("join room");
				all.add(peer);
				if (i % 2 == 0) {
					slow.add(peer);
				}
			}
			int refused = 0;
			for (int i = 0; i < messages; i++) {
				int took = ((i % 2 == 0) ? server.group("room").broadcast(text) : server.broadcast(text));
				refused += all.size() - took;
				for (Peer peer : all) {
					if (!slow.contains(peer)) {
						assertThat(peer.line()).isEqualTo(text);
					}
				}
			}

			if (overflow == OutboundOverflow.FAIL || overflow == OutboundOverflow.BLOCK) {
				assertThat(refused).isPositive();
			}
			if (overflow != OutboundOverflow.CLOSE) {
				assertThat(server.sessions()).hasSize(all.size());
			}
		}
		finally {
			Opened.closeAll(all);
		}
	}

	@Test
	void anIdentityThatMayBeAnotherIsRefused() throws Exception {
		LogLines log = this.log;
		SocketServer server = start(commands("test").handler(
				new ServerHandler.Messages("commands", PayloadConverter.text(UTF_8), false, (spec) -> new Commands() {

					@Override
					public Object failed(Exception failure, SocketSession session) throws Exception {
						if (failure instanceof IllegalArgumentException refused
								&& !refused.getMessage().startsWith("The name")) {
							return refused.getMessage();
						}
						throw failure;
					}

				})));
		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { 'b', 'i', 'n', 'd', ' ', 'M', (byte) 0xFC, '\n' });
			assertThat(peer.line()).isEqualTo("An identity must not have U+FFFD, which malformed input is decoded to");
			assertThat(peer.ask("bind a\u0000b")).isEqualTo("An identity must not have U+0000");
			assertThat(peer.ask("half")).isEqualTo("An identity must not have half of a surrogate pair");
			assertThat(server.sessions().findFirst().orElseThrow().info().bound()).isEmpty();
			assertThat(peer.ask("bind M\u00FCller\uD83D\uDE00")).isEqualTo("true");
			peer.send(new byte[] { 'l', 'o', 'g', 'i', 'n', ' ', (byte) 0xFC, '\n' });
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.detail())
				.isEqualTo("The name of a principal must not have U+FFFD, which malformed input is decoded to");
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(log.messages(Level.ERROR)).isEmpty();
		assertThat(log.messages(Level.WARN)).singleElement()
			.asString()
			.startsWith("'test': session test-1 of 127.0.0.1:")
			.endsWith(": a message was refused: "
					+ "The name of a principal must not have U+FFFD, which malformed input is decoded to");
	}

	@Test
	void broadcastConvertsOnce() throws Exception {
		AtomicInteger conversions = new AtomicInteger();
		SocketServer server = start(commands("test").converters(List.of(new PayloadConverter<Integer>() {

			@Override
			public Class<Integer> type() {
				return Integer.class;
			}

			@Override
			public Integer read(byte[] source, int offset, int length) {
				throw new IllegalStateException("nothing is read");
			}

			@Override
			public byte[] write(Integer value) {
				conversions.incrementAndGet();
				return value.toString().getBytes(UTF_8);
			}

		})));
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			first.ask("join room");
			second.ask("join room");

			assertThat(server.group("room").broadcast(7)).isEqualTo(2);
			assertThat(first.line()).isEqualTo("7");
			assertThat(second.line()).isEqualTo("7");
			assertThat(conversions).hasValue(1);
			assertThat(server.broadcast(8)).isEqualTo(2);
			assertThat(conversions).hasValue(2);
		}
	}

}
