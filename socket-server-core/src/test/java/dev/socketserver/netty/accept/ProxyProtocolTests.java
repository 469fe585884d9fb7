package dev.socketserver.netty.accept;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.junit.Undisturbed;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.SeenRejections;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

public class ProxyProtocolTests {

	private static final String V1 = "PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\r\n";

	private static final byte[] V2 = HexFormat.of()
		.parseHex("0d0a0d0a000d0a515549540a" + "21110013" + "c0000207c6336409d43101bb" + "ff000401020304");

	private static final byte[] V2_LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "20000000");

	private static final String CLIENT = "192.0.2.7:54321";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	/** Else a header would come too late. */
	@RegisterExtension
	final Undisturbed undisturbed = new Undisturbed(Duration.ofSeconds(1), () -> {
		this.fixture.remove("test");
		this.log.clear();
	});

	private static UnaryOperator<ServerSpec.Builder> mode(SocketTransport transport, ProxyMode mode) {
		return (spec) -> spec.transport(transport)
			.proxyProtocol((p) -> p.mode(mode).trusted(List.of(Cidr.of("127.0.0.0/30"))));
	}

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines(String::toUpperCase, spec);
	}

	private SocketServer server(SocketTransport transport, ProxyMode mode) {
		return server(mode(transport, mode));
	}

	/** What was accepted and is neither there nor counted as gone. */
	public static void awaitNothingLeft(SocketServer server) {
		ServerStatistics numbers = server.statistics();
		Awaitility.await().untilAsserted(() -> {
			assertThat(numbers.active()).as("active of %s", server.sessions().toList()).isZero();
			assertThat(numbers.pending()).as("pending").isZero();
			assertThat(((ManagedServer) server).admission().isIdle()).as("no place is taken").isTrue();
		});
		long rejected = numbers.rejected().values().stream().mapToLong(Long::longValue).sum();
		assertThat(numbers.accepted()).isEqualTo(numbers.opened() + rejected + numbers.abandoned());
	}

	/** The refusal may be there before the peer knows that it is connected. */
	private static void assertRefused(SocketServer server, String source) throws IOException {
		try (Peer peer = new Peer(server, source)) {
			assertThat(peer.sawReset()).isTrue();
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	private SocketSession session() {
		return this.fixture.firstOpened();
	}

	@Every.Transport
	void sessionsHaveTheAddressesOfTheHeader(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.REQUIRED);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(V1).ask("one")).isEqualTo("ONE");
			SocketSession session = session();
			assertThat(Addresses.format(session.remoteAddress())).isEqualTo(CLIENT);
			assertThat(Addresses.format(session.localAddress())).isEqualTo("198.51.100.9:443");
		}
		awaitNothingLeft(server);
	}

	@Every.Transport
	void aSecondHeaderIsNoneThatWasExpected(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.REQUIRED);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(V1 + V1).rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).contains("a PROXY header, where proxy-protocol expects none");
		awaitNothingLeft(server);
	}

	@Every.Transport
	void whatFollowsTheHeaderInTheSameSegmentIsTheSessions(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.REQUIRED);
		ByteArrayOutputStream segment = new ByteArrayOutputStream();
		segment.write(V2);
		segment.write("one\ntwo\n".getBytes(ISO_8859_1));

		try (Peer peer = new Peer(server); Peer ending = new Peer(server)) {
			peer.send(segment.toByteArray());
			assertThat(peer.line()).isEqualTo("ONE");
			assertThat(peer.line()).isEqualTo("TWO");
			assertThat(ending.send(V1 + "last").endOutput().rest()).isEqualTo("LAST\n");
		}
		assertThat(Addresses.format(session().remoteAddress())).isEqualTo(CLIENT);
		awaitNothingLeft(server);
		assertThat(server.statistics().bytesReceived()).isEqualTo("one\ntwo\nlast".length());
	}

	@Every.Transport
	void aHeaderMayComeByteByByte(SocketTransport transport) throws Exception {
		for (ProxyMode mode : List.of(ProxyMode.REQUIRED, ProxyMode.OPTIONAL)) {
			SocketServer server = server(transport, mode);
			try (Peer one = new Peer(server); Peer two = new Peer(server)) {
				assertThat(one.sendByteByByte(V1 + "one\n").line()).isEqualTo("ONE");
				for (byte value : V2) {
					two.send(new byte[] { value });
				}
				assertThat(two.ask("two")).isEqualTo("TWO");
			}
			assertThat(this.fixture.opened)
				.allSatisfy((session) -> assertThat(Addresses.format(session.remoteAddress())).isEqualTo(CLIENT));
			awaitNothingLeft(server);
			this.fixture.servers.remove("test");
		}
	}

	@Every.Transport
	void healthChecksAndUnknownOriginsKeepTheAddressOfTheSocket(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.REQUIRED);

		try (Peer local = new Peer(server); Peer unknown = new Peer(server)) {
			assertThat(local.send(V2_LOCAL).ask("one")).isEqualTo("ONE");
			assertThat(unknown.send("PROXY UNKNOWN\r\n").ask("two")).isEqualTo("TWO");
			assertThat(this.fixture.opened).extracting(SocketSession::remoteAddress)
				.containsExactly(new InetSocketAddress("127.0.0.1", local.localPort()),
						new InetSocketAddress("127.0.0.1", unknown.localPort()));
		}
		awaitNothingLeft(server);
	}

	@Every.Transport
	void whereItMayBeAbsentTheFirstBytesTell(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.OPTIONAL);

		for (String line : List.of("plain", "P", "PROX", "PROXIMITY", "\r", "\r\n\r\n\0\r\nQUIT?")) {
			try (Peer whole = new Peer(server); Peer pieces = new Peer(server); Peer ended = new Peer(server)) {
				String expected = line.toUpperCase() + "!\n";
				assertThat(whole.send(line + "!\n").endOutput().rest()).as(line).endsWith(lastLine(expected));
				assertThat(pieces.sendByteByByte(line + "!\n").endOutput().rest()).as(line)
					.endsWith(lastLine(expected));
				ended.sendByteByByte(line).endOutput().rest();
			}
		}
		awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEmpty();
		assertThat(server.statistics().opened()).isEqualTo(18);
		assertThat(server.statistics().bytesReceived()).isEqualTo(120);
		assertThat(this.fixture.opened)
			.allSatisfy((session) -> assertThat(session.remoteAddress().getHostString()).isEqualTo("127.0.0.1"));
	}

	private static String lastLine(String text) {
		return text.substring(text.lastIndexOf('\n', text.length() - 2) + 1);
	}

	@Every.Transport
	void wrongHeadersAreRefused(SocketTransport transport) throws Exception {
		for (ProxyMode mode : List.of(ProxyMode.REQUIRED, ProxyMode.OPTIONAL)) {
			SocketServer server = server(transport, mode);
			List<byte[]> wrong = List.of("PROXY TCP4 192.0.2.7\r\n".getBytes(ISO_8859_1),
					("PROXY " + "x".repeat(101)).getBytes(ISO_8859_1),
					HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111ffff"),
					HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "11110000"),
					HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000fc0000201c00002020001000202ffff780a"),
					HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000dc0000201c00002020001000200780a"),
					HexFormat.of().parseHex("0d0a0d0a000d0a515549540a21110011c0000201c0000202000100020300046162780a"));
			for (byte[] header : wrong) {
				try (Peer peer = new Peer(server)) {
					assertThat(peer.send(header).sawReset()).isTrue();
				}
			}
			awaitNothingLeft(server);
			assertThat(server.statistics().rejected())
				.containsOnly(Map.entry(RejectReason.PROXY_REJECTED, (long) wrong.size()));
			this.fixture.servers.remove("test");
		}
		assertThat(this.fixture.opened).isEmpty();
	}

	@Every.Transport
	void whereItIsRequiredOthersAreRefused(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.REQUIRED);

		try (Peer plain = new Peer(server); Peer cut = new Peer(server); Peer hardlyBegun = new Peer(server)) {
			assertThat(plain.send("plain\n").sawReset()).isTrue();
			assertThat(cut.send("PROXY TCP4 192").endOutput().sawReset()).isTrue();
			assertThat(hardlyBegun.send("PRO").endOutput().sawReset()).isTrue();
			assertRefused(server, "127.0.0.9");
		}
		awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).containsOnly(Map.entry(RejectReason.PROXY_REJECTED, 4L));
		assertThat(this.fixture.opened).isEmpty();
	}

	/** Of a reason one line is logged in ten seconds, and the next one after a stop. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			127.0.0.1 | plain                     | no PROXY header, and proxy-protocol.mode is required
			127.0.0.1 | PROXY TCP4 192.0.2.7\\r\\n | a wrong PROXY header: a line of the wrong number of words
			127.0.0.1 | PROXY TCP4                | half a PROXY header at the end of the input
			127.0.0.9 | PROXY TCP4                | it is not in proxy-protocol.trusted
			""")
	void theLogReportsWhy(String source, String sent, String why) throws Exception {
		SocketServer server = server(SocketTransport.NIO, ProxyMode.REQUIRED);

		try (Peer peer = new Peer(server, source)) {
			assertThat(peer.send(sent.translateEscapes()).endOutput().sawReset()).isTrue();
		}
		catch (SocketException ex) {
			assertThat(ex).as("refused before all was sent").isNotNull();
		}
		awaitNothingLeft(server);
		assertThat(this.log.messages(Level.WARN)).singleElement()
			.asString()
			.startsWith("'test' has refused a connection from " + source + ":")
			.endsWith(": PROXY_REJECTED, " + why);
	}

	@Every.Transport
	void thoseWhoAreNotTrustedAreServedWithoutAHeaderAndNeverBelieved(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.connections(new Upper(), mode(transport, ProxyMode.OPTIONAL));

		try (Peer peer = new Peer(server, "127.0.0.9")) {
			peer.send("PROX");
			assertThat(peer.bytes(4)).asString(ISO_8859_1).isEqualTo("PROX");
			assertThat(peer.send("ied").bytes(3)).asString(ISO_8859_1).isEqualTo("IED");
			assertThat(session().remoteAddress().getHostString()).isEqualTo("127.0.0.9");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		for (byte[] header : List.of(V1.getBytes(ISO_8859_1), V2, Arrays.copyOf(V2, 12))) {
			try (Peer peer = new Peer(server, "127.0.0.9")) {
				assertThat(peer.send(header).rest()).isEmpty();
				CloseStatus status = this.fixture.nextClosed();
				assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
				assertThat(status.detail()).contains("PROXY header", "proxy-protocol.trusted");
			}
		}
		awaitNothingLeft(server);
		assertThat(server.statistics().bytesReceived()).isEqualTo(7);
	}

	@Every.Transport
	void thoseWhoAreNotTrustedDoNotWaitForAPermitOfThoseWhoAre(SocketTransport transport) throws Exception {
		SocketServer server = server(
				(spec) -> mode(transport, ProxyMode.OPTIONAL).apply(spec).limits((l) -> l.pending(1).sessions(2)));

		try (Peer silent = new Peer(server); Peer direct = new Peer(server, "127.0.0.9")) {
			assertThat(direct.ask("one")).isEqualTo("ONE");
			assertThat(server.statistics().pending()).isEqualTo(1);
			assertThat(silent.ask("two")).isEqualTo("TWO");
		}
		awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEmpty();
	}

	@Every.OneTransport
	void whoIsSilentIsRefusedWhenTheTimeIsOver(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, ProxyMode.OPTIONAL);
		long start = System.nanoTime();

		try (Peer silent = new Peer(server); Peer dripping = new Peer(server)) {
			dripping.send("PRO");
			Awaitility.await().until(() -> server.statistics().pending() == 2);
			assertThat(silent.sawReset()).isTrue();
			assertThat(dripping.sawReset()).isTrue();
		}
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(4_900));
		awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).containsOnly(Map.entry(RejectReason.PROXY_REJECTED, 2L));
		assertThat(this.log.messages(Level.WARN)).first()
			.asString()
			.endsWith(": PROXY_REJECTED, no complete PROXY header within 5 s");
	}

	@Every.Transport
	void healthChecksMakeNoNoise(SocketTransport transport) throws Exception {
		for (ProxyMode mode : List.of(ProxyMode.REQUIRED, ProxyMode.OPTIONAL)) {
			SocketServer server = server(transport, mode);
			for (int i = 0; i < 5; i++) {
				new Peer(server).close();
				new Peer(server).reset();
				try (Peer peer = new Peer(server)) {
					assertThat(peer.endOutput().rest()).isEmpty();
				}
				new Peer(server).send(V2_LOCAL).close();
				new Peer(server).send(V2_LOCAL).reset();
			}
			// After them all, so that all have been accepted.
			try (Peer last = new Peer(server)) {
				assertThat(last.send(V1).ask("last")).isEqualTo("LAST");
			}
			awaitNothingLeft(server);
			assertThat(server.statistics().rejected()).isEmpty();
			assertThat(server.statistics().abandoned()).isBetween(15L, 20L);
			this.fixture.servers.remove("test");
		}
		assertThat(this.log.messages(Level.WARN)).isEmpty();
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
	}

	@Every.Transport
	void limitsAreThoseOfTheAddressThatTheHeaderReports(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> mode(transport, ProxyMode.REQUIRED).apply(spec)
			.limits((l) -> l.sessionsPerAddress(2)
				.allow(List.of(Cidr.of("192.0.2.0/24"), Cidr.of("198.51.100.0/24")))
				.deny(List.of(Cidr.of("198.51.100.0/24")))));
		String denied = V1.replace("192.0.2.7", "198.51.100.1");
		String notAllowed = V1.replace("192.0.2.7", "203.0.113.1");
		String other = V1.replace("192.0.2.7", "192.0.2.8");

		try (Peer one = new Peer(server); Peer two = new Peer(server)) {
			assertThat(one.send(V1).ask("one")).isEqualTo("ONE");
			assertThat(two.send(V1).ask("two")).isEqualTo("TWO");
			for (String header : List.of(V1, denied, notAllowed)) {
				try (Peer refused = new Peer(server)) {
					assertThat(refused.send(header).sawReset()).as(header).isTrue();
				}
			}
			try (Peer three = new Peer(server); Peer local = new Peer(server)) {
				assertThat(three.send(other).ask("three")).isEqualTo("THREE");
				// A proxy itself is neither counted nor denied.
				assertThat(local.send(V2_LOCAL).ask("local")).isEqualTo("LOCAL");
			}
		}
		awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).containsOnly(Map.entry(RejectReason.LIMIT_ADDRESS, 1L),
				Map.entry(RejectReason.DENIED, 2L));
		assertThat(this.log.messages(Level.WARN)).satisfiesExactly(
				(line) -> assertThat(line).contains(CLIENT, "LIMIT_ADDRESS"),
				(line) -> assertThat(line).contains("DENIED"));
	}

	@Every.Transport
	void nobodyWaitsBeyondTheLimitAndAStopCutsThoseWhoDo(SocketTransport transport) throws Exception {
		SeenRejections rejected = new SeenRejections();
		try (NettySocketServers servers = new NettySocketServers(List.of(rejected))) {
			SocketServer server = servers.register(mode(transport, ProxyMode.REQUIRED)
				.apply(ServerSpec.builder("few").handler(ServerHandler.connection("upper", new Upper())))
				.limits((l) -> l.pending(2))
				.build());
			server.start();
			try (Peer one = new Peer(server); Peer two = new Peer(server)) {
				Awaitility.await().until(() -> server.statistics().pending() == 2);
				assertRefused(server, "127.0.0.1");
				assertThat(rejected.next()).isEqualTo(RejectReason.LIMIT_PENDING);
				assertThat(one.send(V1 + "x").bytes(1)).asString(ISO_8859_1).isEqualTo("X");
				try (Peer four = new Peer(server)) {
					Awaitility.await().until(() -> server.statistics().pending() == 2);
					assertThat(one.endOutput().rest()).isEmpty();
					assertThat(server.stop()).isTrue();
					assertThat(two.sawReset()).isTrue();
					assertThat(four.sawReset()).isTrue();
				}
			}
			awaitNothingLeft(server);
			assertThat(server.statistics().abandoned()).isEqualTo(2);
			assertThat(rejected.isEmpty()).isTrue();
		}
	}

	/** Any bytes in any pieces: sessions only of true headers, and nothing is left. */
	@Every.Transport
	void anyBytesInAnyPiecesLeaveNothingBehind(SocketTransport transport) throws Exception {
		long seed = Long.getLong("proxy.seed", System.nanoTime());
		Random random = new Random(seed);
		SocketServer server = server(transport, ProxyMode.REQUIRED);
		int rounds = Rounds.of("proxy.rounds");
		int good = 0;
		for (int round = 0; round < rounds; round++) {
			boolean valid = random.nextInt(4) == 0;
			byte[] start = random.nextBoolean() ? V1.getBytes(ISO_8859_1) : V2.clone();
			if (!valid) {
				// Within the signature, or the family of version 1.
				start[random.nextInt(11)] ^= (byte) (1 + random.nextInt(127));
			}
			good += valid ? 1 : 0;
			try (Peer peer = new Peer(server)) {
				int sent = 0;
				try {
					while (sent < start.length) {
						int next = Math.min(start.length, sent + 1 + random.nextInt(20));
						peer.send(Arrays.copyOfRange(start, sent, next));
						sent = next;
					}
					String rest = peer.send("x\n").endOutput().rest();
					assertThat(rest).as("seed %s, round %s", seed, round).isEqualTo(valid ? "X\n" : "");
				}
				catch (SocketException ex) {
					assertThat(valid).as("seed %s, round %s", seed, round).isFalse();
				}
			}
		}
		awaitNothingLeft(server);
		assertThat(server.statistics().opened()).as("seed %s", seed).isEqualTo(good);
		assertThat(this.fixture.opened)
			.allSatisfy((session) -> assertThat(Addresses.format(session.remoteAddress())).isEqualTo(CLIENT));
	}

	/** Sends each byte back at once, as a letter in upper case. */
	private static final class Upper implements ConnectionHandler<Void> {

		@Override
		public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
			byte[] bytes = new byte[data.remaining()];
			data.get(bytes);
			session.send(new String(bytes, ISO_8859_1).toUpperCase());
			return null;
		}

	}

}
