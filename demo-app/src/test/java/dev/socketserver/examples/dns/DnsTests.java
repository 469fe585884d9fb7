package dev.socketserver.examples.dns;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;

import dev.socketserver.CloseReason;
import dev.socketserver.DatagramStatistics;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.network.RealProgram;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(properties = "spring.config.name=dns")
class DnsTests {

	private static final byte[] QUERY = HexFormat.of()
		.parseHex("12340100000100000000000003777777076578616d706c650000010001");

	private static final String ANSWER = "12348500000100010000000003777777076578616d706c650000010001"
			+ "c00c000100010000003c0004c0000207";

	@LocalSocketPort("dns")
	private int port;

	@Test
	void aQueryIsAnsweredOverBothProtocols(@SocketConnection("dns") SocketTestClient udp,
			@SocketConnection("dns-tcp") SocketTestClient tcp) {
		assertThat(HexFormat.of().formatHex(udp.ask(QUERY))).isEqualTo(ANSWER);
		assertThat(HexFormat.of().formatHex(tcp.ask(QUERY))).isEqualTo(ANSWER);
	}

	@Test
	void whatIsNoQueryGetsNoAnswer(@SocketConnection("dns") SocketTestClient client) {
		byte[] response = QUERY.clone();
		response[2] |= (byte) 0x80;
		client.send(response).send(new byte[5]).send(new byte[0]).send(QUERY);
		assertThat(HexFormat.of().formatHex(client.receiveBytes())).isEqualTo(ANSWER);
	}

	@Test
	void aQueryThatIsCutEndsNoSession(@SocketConnection("dns") SocketTestClient client,
			@Autowired SocketServers servers) {
		client.send(Arrays.copyOf(QUERY, 16)).send(Arrays.copyOf(QUERY, QUERY.length - 2)).send(QUERY);
		assertThat(HexFormat.of().formatHex(client.receiveBytes())).isEqualTo(ANSWER);
		assertThat(servers.get("dns").statistics().closed()).doesNotContainKey(CloseReason.HANDLER_ERROR);
	}

	@Test
	void digGetsAnswers(@TempDir Path directory, @LocalSocketPort("dns-tcp") int tcp) throws Exception {
		assertThat(dig(directory, "+notcp", this.port, "www.example", "A")).isEqualTo("192.0.2.7\n");
		assertThat(dig(directory, "+tcp", tcp, "MAIL.example", "A")).isEqualTo("192.0.2.25\n");
		assertThat(dig(directory, "+notcp", this.port, "www.example", "AAAA")).isEmpty();
		assertThat(RealProgram.run(directory, "dig", "+tries=1", "+time=30", "-p", "" + this.port, "@127.0.0.1",
				"nobody.example"))
			.contains("status: NXDOMAIN", "flags: qr aa rd;");
	}

	private static String dig(Path directory, String protocol, int port, String name, String type) throws Exception {
		return RealProgram.run(directory, "dig", protocol, "+short", "+tries=1", "+time=30", "-p", "" + port,
				"@127.0.0.1", name, type);
	}

	/** A thousand queries a second. */
	@Test
	void dnsperfLosesNone(@TempDir Path directory, @Autowired SocketServers servers) throws Exception {
		int seconds = Rounds.of("socketserver.dnsperf-seconds", 1, 10);
		Path queries = Files.write(directory.resolve("queries"), Collections.nCopies(1_000, "www.example A"));
		String printed = RealProgram.run(directory, "dnsperf", "-s", "127.0.0.1", "-p", "" + this.port, "-d",
				queries.toString(), "-n", "" + seconds, "-Q", "1000", "-t", "30");
		assertThat(printed).contains("Queries completed:    " + 1_000 * seconds + " (100.00%)")
			.contains("Queries lost:         0 (0.00%)")
			.contains("Response codes:       NOERROR " + 1_000 * seconds + " (100.00%)");
		DatagramStatistics datagrams = servers.get("dns").statistics().datagrams();
		assertThat(datagrams.dropped()).isEmpty();
	}

}
