package dev.socketserver.autoconfigure.actuate.tap;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.TapMask;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.HttpPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Taps of sessions on real sockets, over HTTP on a real port.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractSocketTapsTests {

	static final String SERVERS = "socket.servers.upper.port=0";

	static final String DEVICES = "socket.servers.devices.port=0";

	static final String ENABLED = "socket.tap.enabled=true";

	static final String EXPOSED = "management.endpoints.web.exposure.include=sockettaps,socketsessions";

	static final String ADDRESS = "server.address=127.0.0.1";

	private static final String MAGIC = "a1b2c3d4";

	private static final JsonMapper JSON = new JsonMapper();

	@Value("${local.server.port}")
	private int port;

	@Autowired
	private SocketServers servers;

	@AfterEach
	void forget() throws Exception {
		for (JsonNode tap : json(get("")).get("taps")) {
			assertThat(exchange("DELETE", "/" + tap.get("id").asString(), "").statusCode()).isEqualTo(204);
		}
		// Else the next test might tap the ends of these sessions.
		await().until(() -> this.servers.get("devices").sessions().findAny().isEmpty());
	}

	@Test
	void tapsASession() throws Exception {
		try (TestPeer peer = upper(); TestPeer other = upper()) {
			JsonNode tap = start("{'session':'" + id(peer) + "','for':'10m','bytes':'1KB'}");
			assertThat(tap.propertyNames()).containsExactly("id", "state", "sessions", "bytes", "dropped", "endsAt");
			assertThat(tap.get("state").asString()).isEqualTo("RUNNING");
			assertThat(tap.get("sessions").asInt()).isOne();

			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			assertThat(other.ask("others")).isEqualTo("OTHERS");
			await().until(() -> listed(tap).get("bytes").asInt() == 12);

			HttpResponse<byte[]> pcap = get("/" + tap.get("id").asString());
			assertThat(pcap.statusCode()).isEqualTo(200);
			assertThat(pcap.headers().firstValue("Content-Type")).hasValue("application/vnd.tcpdump.pcap");
			assertThat(HexFormat.of().formatHex(pcap.body())).startsWith(MAGIC)
				.contains(HexFormat.of().formatHex("hello\n".getBytes()))
				.contains(HexFormat.of().formatHex("HELLO\n".getBytes()));
			assertThat(text(tap)).isEqualTo("> \"hello\\n\"\n< \"HELLO\\n\"\n");
			assertThat(listed(tap).get("dropped").asInt()).isZero();
		}
		JsonNode ended = json(get("")).get("taps").get(0);
		await().until(() -> text(ended).endsWith("! PEER_CLOSED\n"));
	}

	@ParameterizedTest
	@CsvSource({ "application/vnd.tcpdump.pcap", "text/plain", "application/json", "*/*" })
	void answersWhateverIsAccepted(String accepted) throws Exception {
		String id = start("{'server':'upper'}").get("id").asString();

		HttpResponse<byte[]> pcap = HttpPeer.client()
			.send(request("/" + id).header("Accept", accepted).GET().build(), BodyHandlers.ofByteArray());
		assertThat(pcap.statusCode()).isEqualTo(200);
		assertThat(pcap.headers().firstValue("Content-Type")).hasValue("application/vnd.tcpdump.pcap");

		HttpResponse<byte[]> text = HttpPeer.client()
			.send(request("/" + id + "?format=text").header("Accept", accepted).GET().build(),
					BodyHandlers.ofByteArray());
		assertThat(text.statusCode()).isEqualTo(200);
		assertThat(text.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");

		HttpResponse<byte[]> unknown = HttpPeer.client()
			.send(request("/" + id + "?format=gif").header("Accept", accepted).GET().build(),
					BodyHandlers.ofByteArray());
		assertThat(unknown.statusCode()).isEqualTo(400);
		assertThat(json(unknown).get("error").asString()).isEqualTo("format is 'gif', but must be pcap, text or json");
	}

	@Test
	void showsProgramsWhoAskedAndWhenEachMessageCame() throws Exception {
		try (TestPeer peer = upper()) {
			JsonNode tap = start("{'session':'" + id(peer) + "','server':'upper','bytes':'1KB'}");
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			await().until(() -> listed(tap).get("bytes").asInt() == 12);

			HttpResponse<byte[]> response = get("/" + tap.get("id").asString() + "?format=json");
			assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
			JsonNode json = json(response);
			assertThat(json.propertyNames()).containsExactly("id", "requestedBy", "selectors", "startedAt", "endsAt",
					"limit", "state", "sessions", "bytes", "dropped", "left", "messages");
			JsonNode listed = listed(tap);
			for (String figure : List.of("state", "sessions", "bytes", "dropped", "endsAt")) {
				assertThat(json.get(figure)).isEqualTo(listed.get(figure));
			}
			assertThat(json.get("requestedBy").asString()).isEqualTo("anonymous");
			assertThat(json.get("selectors").toString())
				.isEqualTo("{\"session\":\"" + id(peer) + "\",\"server\":\"upper\"}");
			assertThat(json.get("limit").asInt()).isEqualTo(1024);
			assertThat(json.get("left").asInt()).isZero();
			JsonNode received = json.get("messages").get(0);
			assertThat(received.propertyNames()).containsExactly("session", "at", "kind", "bytes");
			assertThat(received.get("session").asString()).isEqualTo(id(peer));
			assertThat(received.get("kind").asString()).isEqualTo("RECEIVED");
			assertThat(received.get("bytes").asString()).isEqualTo("aGVsbG8K");
			Instant started = Instant.parse(json.get("startedAt").asString());
			Instant ends = Instant.parse(json.get("endsAt").asString());
			assertThat(Instant.parse(received.get("at").asString())).isBetween(started, ends);
			assertThat(json.get("messages").get(1).get("kind").asString()).isEqualTo("SENT");
		}
		JsonNode ended = json(get("")).get("taps").get(0);
		await().until(() -> text(ended).endsWith("! PEER_CLOSED\n"));
		assertThat(json(get("/" + ended.get("id").asString() + "?format=json")).get("messages")
			.get(2)
			.get("reason")
			.asString()).isEqualTo("PEER_CLOSED");
	}

	@Test
	void showsProgramsTheLastMessagesOfMany() throws Exception {
		try (TestPeer peer = upper()) {
			JsonNode tap = start("{'session':'" + id(peer) + "'}");
			for (int i = 0; i < 6; i++) {
				peer.ask(String.valueOf(i).repeat(15_000));
			}
			await().until(() -> listed(tap).get("bytes").asInt() == 12 * 15_001);

			JsonNode json = json(get("/" + tap.get("id").asString() + "?format=json"));
			int messages = json.get("messages").size();
			assertThat(messages).isBetween(3, 8);
			assertThat(json.get("left").asInt()).isEqualTo(12 - messages);
			assertThat(json.get("messages").get(messages - 1).get("bytes").asString()).startsWith("NTU1NTU1");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{} | 400 | Nothing says which sessions to tap",
			"{'server':'no'} | 404 | There is no server 'no'", "{'client':'no'} | 404 | There is no client 'no'",
			"{'session':'upper-99'} | 404 | There is no open session 'upper-99'",
			"{'sever':'upper'} | 400 | Unknown parameter 'sever'", "{'bound':'x'} | 400 | bound is 'x'",
			"{'remote':'x'} | 400 | remote is 'x'", "{'server':'upper','for':'x'} | 400 | for is 'x'",
			"{'server':'upper','for':'2d'} | 400 | for is '2d'", "{'server':'upper','bytes':'x'} | 400 | bytes is 'x'",
			"{'server':'upper','bytes':'1TB'} | 400 | bytes is '1TB', but must be at most",
			"{'server':'upper','next':'x'} | 400 | next is 'x'",
			"{'next':'true'} | 400 | The next connection is that of a server",
			"{'session':'upper-1','next':'true'} | 400 | The next connection" })
	void refusesWhatMakesNoSense(String body, int status, String error) throws Exception {
		HttpResponse<byte[]> response = exchange("POST", "", body);

		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(json(response).get("error").asString()).contains(error);
	}

	@Test
	void runsAtMostFourAtOnce() throws Exception {
		for (int i = 0; i < 4; i++) {
			start("{'server':'upper','for':'10m'}");
		}
		HttpResponse<byte[]> fifth = exchange("POST", "", "{'server':'upper'}");
		assertThat(fifth.statusCode()).isEqualTo(409);
		assertThat(json(fifth).get("error").asString()).contains("socket.tap.limit = 4");
	}

	@Test
	void keepsEndedOnesUntilThereAreAsManyYoungerOnes() throws Exception {
		String first = start("{'server':'upper','for':'1ms'}").get("id").asString();
		await().until(() -> json(get("")).get("taps").get(0).get("state").asString().equals("ENDED"));
		for (int i = 0; i < 3; i++) {
			start("{'server':'upper'}");
		}
		assertThat(get("/" + first).statusCode()).isEqualTo(200);
		start("{'server':'upper'}");
		assertThat(get("/" + first).statusCode()).isEqualTo(404);
	}

	@Test
	void forgetsWhatIsDeleted() throws Exception {
		String id = start("{'server':'upper'}").get("id").asString();

		assertThat(exchange("DELETE", "/" + id, "").statusCode()).isEqualTo(204);
		assertThat(exchange("DELETE", "/" + id, "").statusCode()).isEqualTo(404);
		HttpResponse<byte[]> gone = get("/" + id);
		assertThat(gone.statusCode()).isEqualTo(404);
		assertThat(json(gone).get("error").asString()).contains(id);
	}

	@Test
	void tapsTheNextConnectionAndNoOther() throws Exception {
		try (TestPeer before = upper()) {
			JsonNode tap = start("{'server':'upper','remote':'127.0.0.0/8','next':'true'}");
			assertThat(tap.get("sessions").asInt()).isZero();
			try (TestPeer next = upper("next"); TestPeer behind = upper("behind")) {
				before.ask("before");
				behind.ask("behind");
				await().until(() -> listed(tap).get("sessions").asInt() == 1);
				await().untilAsserted(() -> assertThat(text(tap)).isEqualTo("> \"next\\n\"\n< \"NEXT\\n\"\n"));
				assertThat(next.ask("more")).isEqualTo("MORE");
			}
		}
	}

	@Test
	void aSessionThatIsBoundLaterJoins() throws Exception {
		JsonNode tap = start("{'bound':'device:7'}");
		try (TestPeer device = devices("7"); TestPeer other = devices("8")) {
			assertThat(other.ask("no")).isEqualTo("no");
			assertThat(device.ask("yes")).isEqualTo("yes");
			await().until(() -> listed(tap).get("sessions").asInt() == 1);
			await().until(() -> text(tap).endsWith("> \"yes\\n\"\n< \"yes\\n\"\n"));
			assertThat(text(tap)).doesNotContain("no");
		}
	}

	@Test
	void tapsAClient(@Autowired SocketClients clients) throws Exception {
		JsonNode tap = start("{'client':'meter'}");
		clients.get("meter").send("from the client").get();
		await().until(() -> text(tap).contains("< \"from the client\\n\"\n> \"FROM THE CLIENT\\n\"\n"));
	}

	@Test
	void endsByItsBytesAndCountsWhatItDrops() throws Exception {
		try (TestPeer peer = upper()) {
			JsonNode tap = start("{'session':'" + id(peer) + "','bytes':'10'}");
			peer.ask("hello");
			peer.ask("world");
			await().until(() -> listed(tap).get("dropped").asInt() == 18);
			// What it has room for waits to be masked.
			await().until(() -> listed(tap).get("state").asString().equals("ENDED"));
			assertThat(Instant.parse(listed(tap).get("endsAt").asString())).isBeforeOrEqualTo(Instant.now());
			assertThat(listed(tap).get("bytes").asInt()).isEqualTo(6);
			assertThat(text(tap)).isEqualTo("> \"hello\\n\"\n");
		}
	}

	@Test
	void whatIsMaskedIsNowhere(CapturedOutput output) throws Exception {
		try (TestPeer peer = devices("1")) {
			JsonNode tap = start("{'server':'devices'}");
			// Longer than a port and a number of a process, which are logged.
			peer.ask("pin=80917265341 open");
			peer.ask("fail the mask");
			peer.send("pin=80917265342 without an end");
			await().until(() -> text(tap).contains("< \"pin=**** open\\n\""));
			await().until(() -> listed(tap).get("dropped").asInt() == 28);
			assertThat(text(tap)).isEqualTo("> \"pin=**** open\\n\"\n< \"pin=**** open\\n\"\n");
			assertThat(new String(get("/" + tap.get("id").asString()).body(), StandardCharsets.ISO_8859_1))
				.contains("pin=**** open")
				.doesNotContain("80917265", "fail");
			assertThat(output).doesNotContain("80917265", "pin=");
		}
	}

	/** Whoever reads it has all of it, although the tap is gone by then. */
	@Test
	void aDownloadThatIsReadSlowlyHoldsUpNobody() throws Exception {
		try (TestPeer peer = upper(); Socket slow = new Socket()) {
			JsonNode tap = start("{'session':'" + id(peer) + "'}");
			String id = tap.get("id").asString();
			String line = "x".repeat(60_000);
			for (int i = 0; i < 10; i++) {
				assertThat(peer.ask(line)).hasSize(line.length());
			}
			await().until(() -> listed(tap).get("bytes").asInt() > 900_000);
			slow.setReceiveBufferSize(4_096);
			slow.setSoTimeout(Patience.millis());
			slow.connect(new InetSocketAddress("127.0.0.1", this.port));
			slow.getOutputStream()
				.write(("GET /actuator/sockettaps/" + id + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			byte[] begin = slow.getInputStream().readNBytes(1_000);

			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			assertThat(exchange("DELETE", "/" + id, "").statusCode()).isEqualTo(204);

			String all = new String(begin, StandardCharsets.ISO_8859_1)
					+ new String(slow.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			int length = Integer.parseInt(all.replaceAll("(?is).*?\ncontent-length: (\\d+)\r\n.*", "$1"));
			assertThat(all.substring(all.indexOf("\r\n\r\n") + 4)).hasSize(length).hasSizeGreaterThan(900_000);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 1_000 })
	void theEndOfATranscriptIsToBeHadAlone(int most) throws Exception {
		try (TestPeer peer = upper()) {
			JsonNode tap = start("{'session':'" + id(peer) + "'}");
			String path = "/" + tap.get("id").asString() + "?format=text";
			HttpResponse<byte[]> empty = HttpPeer.client()
				.send(request(path).header("Range", "bytes=-" + most).GET().build(), BodyHandlers.ofByteArray());
			assertThat(empty.statusCode()).isIn(200, 416);
			peer.ask("hello");
			await().until(() -> listed(tap).get("bytes").asInt() == 12);

			HttpResponse<byte[]> response = HttpPeer.client()
				.send(request(path).header("Range", "bytes=-" + most).GET().build(), BodyHandlers.ofByteArray());
			assertThat(response.statusCode()).isEqualTo(206);
			String all = text(tap);
			assertThat(new String(response.body(), StandardCharsets.UTF_8))
				.isEqualTo(all.substring(Math.max(0, all.length() - most)));
		}
	}

	@Test
	void logsWhoAsked(CapturedOutput output) throws Exception {
		String id = start("{'server':'devices','for':'10m'}").get("id").asString();
		exchange("DELETE", "/" + id, "");

		assertThat(output).contains(id + " began for anonymous: sessions server=devices, 600.0 s, 1048576 bytes")
			.contains(id + " of anonymous ended, since anonymous has ended it: 0 sessions, 0 bytes, 0 bytes dropped")
			.contains("dev.socketserver.tap.audit");
	}

	private TestPeer upper() throws Exception {
		return upper("x");
	}

	private TestPeer upper(String first) throws Exception {
		TestPeer peer = TestPeer.connect(this.servers.get("upper").localAddress());
		peer.ask(first);
		return peer;
	}

	private TestPeer devices(String name) throws Exception {
		TestPeer peer = TestPeer.connect(this.servers.get("devices").localAddress());
		peer.ask("I am " + name);
		return peer;
	}

	private String id(TestPeer peer) {
		return this.servers.get("upper")
			.sessions()
			.filter((session) -> session.remoteAddress().getPort() == peer.port())
			.findFirst()
			.orElseThrow()
			.id();
	}

	private JsonNode start(String body) throws Exception {
		HttpResponse<byte[]> response = exchange("POST", "", body);
		assertThat(response.statusCode()).as(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(200);
		return json(response);
	}

	private JsonNode listed(JsonNode tap) throws Exception {
		for (JsonNode listed : json(get("")).get("taps")) {
			if (listed.get("id").equals(tap.get("id"))) {
				return listed;
			}
		}
		throw new AssertionError("not listed");
	}

	private String text(JsonNode tap) throws Exception {
		HttpResponse<byte[]> response = get("/" + tap.get("id").asString() + "?format=text");
		assertThat(response.statusCode()).isEqualTo(200);
		return new String(response.body(), StandardCharsets.UTF_8);
	}

	private HttpResponse<byte[]> get(String path) throws Exception {
		return HttpPeer.client().send(request(path).GET().build(), BodyHandlers.ofByteArray());
	}

	private HttpResponse<byte[]> exchange(String method, String path, String body) throws Exception {
		HttpRequest request = request(path).method(method, BodyPublishers.ofString(body.replace('\'', '"')))
			.header("Content-Type", "application/json")
			.build();
		return HttpPeer.client().send(request, BodyHandlers.ofByteArray());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/actuator/sockettaps" + path));
	}

	private JsonNode json(HttpResponse<byte[]> response) {
		return JSON.readTree(response.body());
	}

	/** An application with two servers, and a client of one of them. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UpperHandler.class)
	static class Application {

		@Bean
		Devices devices() {
			return new Devices();
		}

		@Bean
		TapMask pins() {
			return (server, received, frame) -> new String(frame, StandardCharsets.ISO_8859_1)
				.replaceAll("pin=\\d+", "pin=****")
				.getBytes(StandardCharsets.ISO_8859_1);
		}

		@Bean
		TapMask failing() {
			return (server, received, frame) -> {
				String text = new String(frame, StandardCharsets.ISO_8859_1);
				if (text.contains("fail")) {
					throw new IllegalStateException("failed on " + text);
				}
				return frame;
			};
		}

	}

	@SocketHandler("devices")
	static class Devices {

		@OnMessage
		String message(String text, SocketSession session) {
			if (text.startsWith("I am ")) {
				session.bind("device", text.substring(5));
			}
			return text;
		}

	}

}
