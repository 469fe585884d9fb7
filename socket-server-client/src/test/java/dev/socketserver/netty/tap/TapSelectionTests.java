package dev.socketserver.netty.tap;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ProxyMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Which sessions a tap takes. */
class TapSelectionTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture((spec) -> spec.taps(4, 0, List::of));

	private SocketTap tap(@Nullable String client, @Nullable String remote, boolean next) {
		return this.fixture.servers.taps()
			.start(new TapRequest(null, null, client, null, (remote != null) ? Cidr.of(remote) : null, next,
					Duration.ofSeconds(50), 1_000, "a test"));
	}

	private static void keeps(SocketTap tap, String... lines) {
		StringBuilder text = new StringBuilder();
		for (String line : lines) {
			text.append("> \"").append(line).append("\\n\"\n< \"").append(line).append("\\n\"\n");
		}
		await().untilAsserted(() -> assertThat(tap.transcript()).hasToString(text.toString()));
	}

	@Test
	void takesThoseOfANetworkThatAreOpenAndThatCome() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (Peer open = new Peer(server, "127.0.0.2"); Peer other = new Peer(server, "127.0.0.3")) {
			open.ask("before");
			other.ask("before");
			SocketTap tap = tap(null, "127.0.0.2/32", false);
			open.ask("one");
			other.ask("no");
			open.endOutput();
			await().until(() -> tap.transcript().toString().endsWith("! PEER_CLOSED\n"));
			try (Peer later = new Peer(server, "127.0.0.2")) {
				later.ask("two");
				await().until(() -> tap.bytes() == 16);
				assertThat(tap.transcript().toString()).contains("\"one\\n\"", "\"two\\n\"").doesNotContain("no");
				assertThat(tap.sessions()).isEqualTo(2);
			}
		}
	}

	@Test
	void takesTheNextOfANetworkAndNoOther() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (Peer open = new Peer(server, "127.0.0.2")) {
			open.ask("before");
			SocketTap tap = tap(null, "127.0.0.2/31", true);
			try (Peer other = new Peer(server, "127.0.0.4")) {
				other.ask("other");
			}
			try (Peer next = new Peer(server, "127.0.0.3")) {
				next.ask("next");
				try (Peer behind = new Peer(server, "127.0.0.3")) {
					behind.ask("behind");
				}
				open.ask("again");
				keeps(tap, "next");
				assertThat(tap.sessions()).isOne();
			}
		}
	}

	@Test
	void looksAtTheAddressThatAProxyTells() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, (spec) -> spec
			.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.0/8")))));
		SocketTap tap = tap(null, "2001:db8::/32", false);
		SocketTap ofProxy = tap(null, "127.0.0.0/8", false);
		try (Peer one = new Peer(server); Peer two = new Peer(server)) {
			one.send("PROXY TCP6 2001:db8::7 2001:db8::9 1234 5678\r\n").ask("one");
			two.send("PROXY TCP4 192.0.2.7 198.51.100.9 1234 5678\r\n").ask("two");
			keeps(tap, "one");
			assertThat(ofProxy.sessions()).isZero();
		}
	}

	private static SocketClient started(NettySocketClients clients, String name, SocketServer server) {
		SocketClient client = clients.register(ClientSpec.builder(name)
			.port(server.localAddress().getPort())
			.framing(Framing.line())
			.byHand(PayloadConverter.text(UTF_8))
			.build());
		client.start();
		return client;
	}

	@Test
	void takesTheNextConnectionOfAClient() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers, List::of)) {
			SocketClient client = started(clients, "meter", server);
			Patience.await(client.send("before"));
			SocketTap tap = tap("meter", null, true);
			for (String text : List.of("next", "behind")) {
				client.disconnect();
				await().until(() -> server.sessions().findAny().isEmpty());
				client.reconnect();
				assertThat(Patience.await(client.ask(text, Duration.ofHours(1)))).isEqualTo(text);
			}
			await().until(() -> tap.transcript().entries().size() == 3);
			assertThat(tap.transcript().toString()).startsWith("< \"next\\n\"\n> \"next\\n\"\n! ");
		}
	}

	/** Both count their sessions from 1. */
	@Test
	void anIdIsThatOfASessionOfAServerThoughAClientOfItsNameHasOneToo() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers, List::of);
				Peer peer = new Peer(server)) {
			peer.ask("before");
			String id = server.name() + "-1";
			SocketTap early = tapById(id, null);
			SocketClient client = started(clients, server.name(), server);
			Patience.await(client.ask("of the client", Duration.ofHours(1)));
			SocketTap late = tapById(id, null);
			SocketTap ofClient = tapById(id, client.name());

			Patience.await(client.ask("of the client", Duration.ofHours(1)));
			peer.ask("of the server");

			assertThat(List.of(early, late, ofClient)).extracting(SocketTap::sessions).containsOnly(1);
			keeps(early, "of the server");
			keeps(late, "of the server");
			await().untilAsserted(() -> assertThat(ofClient.transcript())
				.hasToString("< \"of the client\\n\"\n> \"of the client\\n\"\n"));
		}
	}

	@Test
	void anIdIsThatOfASessionOfAClientIfNoServerHasIt() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers, List::of)) {
			SocketClient client = started(clients, "meter", server);
			Patience.await(client.ask("before", Duration.ofHours(1)));

			assertThat(tapById("meter-1", null).sessions()).isOne();
		}
	}

	private SocketTap tapById(String session, @Nullable String client) {
		return this.fixture.servers.taps()
			.start(new TapRequest(session, null, client, null, null, false, Duration.ofHours(1), 1_000, "a test"));
	}

	@Test
	void endsByItsTime() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		SocketTap tap = this.fixture.servers.taps()
			.start(new TapRequest(null, server.name(), null, null, null, false, Duration.ofMillis(1), 1_000, "a test"));
		await().until(() -> tap.state() == SocketTap.State.ENDED);
		try (Peer peer = new Peer(server)) {
			peer.ask("late");
			assertThat(tap.bytes()).isZero();
		}
	}

}
