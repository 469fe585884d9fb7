package dev.socketserver.netty.tap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ProxyMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Captures of taps, as the command line of Wireshark reads them. */
class TsharkTests {

	private static final Path TSHARK = Path.of("/usr/bin/tshark");

	private static final String HL7 = "MSH|^~\\&|LAB|HOSPITAL|EHR|HOSPITAL|20260101120000||ORU^R01|MSG00001|P|2.5\r"
			+ "PID|1||4711\r";

	private static final String ACK = "MSH|^~\\&|EHR|HOSPITAL|LAB|HOSPITAL|20260101120001||ACK^R01|MSG00001|P|2.5\r"
			+ "MSA|AA|MSG00001\r";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture((spec) -> spec.taps(4, 0, List::of));

	@TempDir
	Path folder;

	@BeforeEach
	void enable() {
		assumeTrue(Files.isExecutable(TSHARK), "tshark is not on this machine");
	}

	@Test
	void dissectsMllp() throws Exception {
		assertMllp(UnaryOperator.identity());
	}

	@Test
	void dissectsWhatWasEncrypted() throws Exception {
		assertMllp((spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
	}

	private void assertMllp(UnaryOperator<ServerSpec.Builder> how) throws Exception {
		byte[] message = mllp(HL7);
		byte[] answer = mllp(ACK);
		SocketServer server = this.fixture.start(
				ServerHandler.function("mllp", PayloadConverter.text(StandardCharsets.US_ASCII), (text) -> ACK),
				(spec) -> how.apply(spec).framing(FramingPreset.MLLP.framing()));
		SocketTap tap = tap(server.name(), null);
		int port = server.localAddress().getPort();
		int peerPort;
		try (Peer peer = new Peer(server)) {
			peerPort = peer.localPort();
			for (int i = 0; i < 2; i++) {
				peer.send(message);
				assertThat(peer.bytes(answer.length)).isEqualTo(answer);
			}
		}
		this.fixture.nextClosed();

		Path capture = capture(tap);
		assertThat(sound(capture, "hl7", List.of("-d", "tcp.port==" + port + ",hl7"), "tcp.srcport", "hl7.message.type",
				"hl7.event.type", "tcp.payload"))
			.containsExactly(row(peerPort, "ORU\tR01", message), row(port, "ACK\tR01", answer),
					row(peerPort, "ORU\tR01", message), row(port, "ACK\tR01", answer));
		assertThat(fields(capture, "-Y", "tcp.flags.fin==1 || tcp.flags.syn==1", "-T", "fields", "-e", "tcp.srcport"))
			.as("a beginning by the peer, and an end")
			.startsWith(String.valueOf(peerPort), String.valueOf(port))
			.hasSizeGreaterThan(2);
	}

	private static String row(int port, String type, byte[] payload) {
		return port + "\t" + type + "\t" + HexFormat.of().formatHex(payload);
	}

	private static byte[] mllp(String message) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(0x0b);
		bytes.writeBytes(message.getBytes(StandardCharsets.US_ASCII));
		bytes.write(0x1c);
		bytes.write('\r');
		return bytes.toByteArray();
	}

	@Test
	void dissectsModbusThatAClientAsksFor() throws Exception {
		byte[] request = HexFormat.of().parseHex("150100000006ff0300040001");
		byte[] answer = HexFormat.of().parseHex("150100000005ff03020005");
		SocketServer server = this.fixture.start(
				ServerHandler.function("modbus", PayloadConverter.bytes(), (payload) -> answer),
				(spec) -> spec.framing(FramingPreset.MODBUS.framing()));
		int port = server.localAddress().getPort();
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers, List::of)) {
			SocketClient client = clients.register(ClientSpec.builder("meter")
				.port(port)
				.framing(FramingPreset.MODBUS.framing())
				.byHand(PayloadConverter.bytes())
				.build());
			// Before there are sessions, so that nothing is received before they are
			// tapped.
			SocketTap ofClient = tap(null, "meter");
			SocketTap ofServer = tap(server.name(), null);
			client.start();
			assertThat((byte[]) Patience.await(client.ask(request, Duration.ofHours(1)))).isEqualTo(answer);
			await().until(() -> ofClient.bytes() == 23 && ofServer.bytes() == 23);

			for (SocketTap tap : List.of(ofClient, ofServer)) {
				Path capture = capture(tap);
				assertThat(sound(capture, "mbtcp", List.of("-d", "tcp.port==" + port + ",mbtcp"), "tcp.dstport",
						"mbtcp.trans_id", "mbtcp.unit_id", "modbus.func_code", "tcp.payload"))
					.hasSize(2)
					.satisfies((rows) -> assertThat(rows.get(0)).startsWith(port + "\t5377\t255\t3\t")
						.endsWith(HexFormat.of().formatHex(request)))
					.satisfies((rows) -> assertThat(rows.get(1)).contains("\t5377\t255\t3\t")
						.endsWith(HexFormat.of().formatHex(answer)));
			}
		}
	}

	@Test
	void followsSeveralSessionsAndWhatIsLongerThanAPacket() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().build()).limits((l) -> l.frame(1_000_000)));
		SocketTap tap = tap(server.name(), null);
		byte[] frame = new byte[300_004];
		System.arraycopy(new byte[] { 0, 4, (byte) 0x93, (byte) 0xe0 }, 0, frame, 0, 4);
		for (int i = 4; i < frame.length; i++) {
			frame[i] = (byte) (i * 31);
		}
		try (Peer one = new Peer(server); Peer two = new Peer(server)) {
			one.send(frame);
			two.send(new byte[] { 0, 0, 0, 1, 'x' });
			assertThat(one.bytes(frame.length)).isEqualTo(frame);
			two.bytes(5);
			await().until(() -> tap.bytes() == 2 * frame.length + 10);
			Path capture = capture(tap);
			for (int port : new int[] { one.localPort(), server.localAddress().getPort() }) {
				String payloads = String.join("",
						sound(capture, "tcp.srcport==" + port + " && tcp.port==" + one.localPort() + " && tcp.len>0",
								List.of(), "tcp.payload"));
				assertThat(payloads).isEqualTo(HexFormat.of().formatHex(frame));
			}
		}
	}

	@Test
	void hasTheAddressesOfPeersWithIpv6() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, (spec) -> spec.address("::1"));
		SocketTap tap = tap(server.name(), null);
		try (Peer peer = new Peer(server)) {
			peer.ask("first");
			await().until(() -> tap.bytes() == 12);
			assertThat(
					sound(capture(tap), "tcp.len>0", List.of(), "ipv6.src", "tcp.srcport", "ipv6.dst", "tcp.payload"))
				.containsExactly("::1\t" + peer.localPort() + "\t::1\t66697273740a",
						"::1\t" + server.localAddress().getPort() + "\t::1\t66697273740a");
		}
	}

	@Test
	void dissectsDatagrams() throws Exception {
		byte[] query = HexFormat.of().parseHex("1234010000010000000000000765786d61706c6503636f6d0000010001");
		SocketServer server = this.fixture.start(
				ServerHandler.function("dns", PayloadConverter.bytes(), (bytes) -> answer(bytes)),
				(spec) -> spec.udp((udp) -> udp));
		SocketTap tap = tap(server.name(), null);
		int port = server.localAddress().getPort();
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.setSoTimeout(Patience.millis());
			peer.send(new DatagramPacket(query, query.length, server.localAddress()));
			peer.receive(new DatagramPacket(new byte[512], 512));
			await().until(() -> tap.bytes() == 2 * query.length);
			assertThat(sound(capture(tap), "dns", List.of("-d", "udp.port==" + port + ",dns"), "udp.srcport",
					"udp.dstport", "dns.id", "dns.flags.response"))
				.containsExactly(peer.getLocalPort() + "\t" + port + "\t0x1234\t0",
						port + "\t" + peer.getLocalPort() + "\t0x1234\t1");
		}
	}

	/** Both ends of each have the same address. */
	@Test
	void sessionsOfUnixSocketsAreDistinguishedByPorts(@TempDir Path directory) throws Exception {
		Path path = directory.resolve("test.sock");
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.domainSocket((unix) -> unix.path(path.toString())));
		SocketTap tap = tap(server.name(), null);
		try (UnixPeer one = UnixPeer.connect(path); UnixPeer two = UnixPeer.connect(path)) {
			one.ask("one");
			two.ask("two");
			await().until(() -> tap.bytes() == 16);
			List<String> packets = sound(capture(tap), "tcp.len>0", List.of(), "ip.src", "ip.dst", "tcp.srcport",
					"tcp.dstport");
			assertThat(packets).hasSize(4).allMatch((packet) -> packet.startsWith("127.0.0.1\t127.0.0.1\t"));
			List<String[]> ports = packets.stream().map((packet) -> packet.split("\t")).toList();
			String listening = ports.get(0)[3];
			assertThat(ports).allMatch((each) -> each[2].equals(listening) != each[3].equals(listening));
			assertThat(ports.stream().flatMap((each) -> Stream.of(each[2], each[3])).distinct()).hasSize(3);
		}
	}

	private static byte[] answer(byte[] query) {
		byte[] answer = query.clone();
		answer[2] |= (byte) 0x80;
		return answer;
	}

	/** In a packet, both are of the same version. */
	@ParameterizedTest
	@CsvSource({ "TCP6 2001:db8::7 2001:db8::9, 2001:db8::7, 2001:db8::9",
			"TCP6 ::ffff:192.0.2.7 2001:db8::9, ::ffff:192.0.2.7, 2001:db8::9",
			"TCP6 2001:db8::7 ::ffff:198.51.100.9, 2001:db8::7, ::ffff:198.51.100.9" })
	void hasTheAddressesThatAProxyTells(String header, String from, String to) throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, (spec) -> spec
			.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.0/8")))));
		SocketTap tap = tap(server.name(), null);
		try (Peer peer = new Peer(server)) {
			peer.send("PROXY " + header + " 1234 5678\r\nhello\n");
			peer.line();
			await().until(() -> tap.bytes() == 12);
			assertThat(fields(capture(tap), "-Y", "tcp.len>0", "-T", "fields", "-e", "ipv6.src", "-e", "tcp.srcport",
					"-e", "ipv6.dst", "-e", "tcp.payload"))
				.containsExactly(from + "\t1234\t" + to + "\t68656c6c6f0a", to + "\t5678\t" + from + "\t68656c6c6f0a");
		}
	}

	@Test
	void showsWhenThingsHappened() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		SocketTap tap = tap(server.name(), null);
		try (Peer peer = new Peer(server)) {
			double before = now();
			peer.ask("first");
			double after = now();
			await().until(() -> tap.bytes() == 12);
			await().until(() -> now() > after + 0.05);

			assertThat(fields(capture(tap), "-Y", "tcp.len>0", "-T", "fields", "-e", "frame.time_epoch")).hasSize(2)
				.allSatisfy((time) -> assertThat(Double.parseDouble(time)).isBetween(before - 0.002, after + 0.002));
		}
	}

	private static double now() {
		return Instant.now().toEpochMilli() / 1000.0;
	}

	private SocketTap tap(String server, String client) {
		return this.fixture.servers.taps()
			.start(new TapRequest(null, server, client, null, null, false, Duration.ofSeconds(100), 10_000_000,
					"a test"));
	}

	private Path capture(SocketTap tap) throws IOException {
		return Files.write(this.folder.resolve(tap.id() + ".pcap"), tap.pcap());
	}

	/**
	 * Reads fields of the packets that a filter lets through, of a capture in which
	 * nothing looks wrong. Both at once, since most of what tshark does is to start.
	 */
	private List<String> sound(Path capture, String filter, List<String> options, String... fields) throws Exception {
		List<String> arguments = new ArrayList<>(options);
		arguments.addAll(List.of("-Y", "(" + filter + ") || tcp.analysis.flags || _ws.malformed", "-T", "fields", "-e",
				"tcp.analysis.flags", "-e", "_ws.malformed"));
		for (String protocol : List.of("ip", "tcp", "udp")) {
			arguments.addAll(List.of("-o", protocol + ".check_checksum:TRUE", "-e", protocol + ".checksum.status"));
		}
		for (String field : fields) {
			arguments.addAll(List.of("-e", field));
		}
		List<String> rows = fields(capture, arguments.toArray(String[]::new));
		// 1 is a good checksum; of IP and one of the other two, or of that alone with
		// IPv6.
		assertThat(rows).as("flags, malformed, checksums, %s", List.of(fields))
			.allMatch((row) -> row.matches("\t\t1?\t(1\t|\t1)\t.*"));
		return rows.stream().map((row) -> row.split("\t", 6)[5]).toList();
	}

	private List<String> fields(Path capture, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of(TSHARK.toString(), "-n", "-r", capture.toString()));
		command.addAll(List.of(arguments));
		Path errors = this.folder.resolve("errors");
		Process tshark = new ProcessBuilder(command).redirectError(errors.toFile()).start();
		try (Stream<String> lines = tshark.inputReader().lines()) {
			List<String> rows = lines.toList();
			assertThat(tshark.waitFor()).as(Files.readString(errors)).isZero();
			return rows;
		}
	}

}
