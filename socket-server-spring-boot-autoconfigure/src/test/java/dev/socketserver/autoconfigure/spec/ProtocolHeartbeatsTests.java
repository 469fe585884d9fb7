package dev.socketserver.autoconfigure.spec;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.Heartbeat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The heartbeats of four protocols by configuration alone, on both sides, with peers that
 * know nothing of our code.
 */
@ExtendWith(OutputCaptureExtension.class)
class ProtocolHeartbeatsTests {

	private static final Resource EXAMPLE = new ClassPathResource("protocol-heartbeats.yml");

	private static final Duration REPLY_TIMEOUT = Duration.ofMillis(200);

	/** Of each server what it is sent as a heartbeat, and what it answers. */
	private static final String RECEIVED = """
			smsc     | 00000010 00000015 00000000 0000002a           | 00000010 80000015 00000000 0000002a
			trackers | 7878 0a13 44 04 03 0001 0009 %s 0d0a          | 7878 0513 0009 %s 0d0a
			broker   | c000                                          | d000
			acquirer | 001d 30383030 8020000000000000 0400000000000000 303030313233 333031 \
			| 001f 30383130 8020000002000000 0400000000000000 303030313233 3030 333031
			""".formatted(x25("0a1344040300010009"), x25("05130009"));

	/** Of each server what it sends first and second, and how it is answered. */
	private static final String SENT = """
			smsc     | 00000010 00000015 00000000 00000001 | 00000010 00000015 00000000 00000002 \
			| 00000010 80000015 00000000 00000001
			acquirer | 001d 30383030 8020000000000000 0400000000000000 303030303031 333031 \
			| 001d 30383030 8020000000000000 0400000000000000 303030303032 333031 \
			| 001f 30383130 8020000002000000 0400000000000000 303030303031 3030 333031
			""";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	/** CRC-16/IBM-SDLC, written anew: that of the catalogue, from its definition. */
	private static String x25(String covered) {
		int crc = 0xFFFF;
		for (byte each : HexFormat.of().parseHex(covered)) {
			crc ^= each & 0xFF;
			for (int i = 0; i < 8; i++) {
				crc = ((crc & 1) != 0) ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
			}
		}
		return HexFormat.of().toHexDigits((char) (crc ^ 0xFFFF));
	}

	private static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	private void run(Resource yaml, ContextConsumer<AssertableApplicationContext> test, String... values) {
		this.runner.withInitializer((context) -> {
			try {
				new YamlPropertySourceLoader().load("heartbeats", yaml)
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			if (yaml == EXAMPLE) {
				context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("ports",
							Map.of("socket.servers.smsc.port", "0", "socket.servers.trackers.port", "0",
									"socket.servers.broker.port", "0", "socket.servers.acquirer.port", "0")));
			}
		}).withPropertyValues(values).run(test);
	}

	private static SocketServer server(AssertableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	private static Socket connected(SocketServer server) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.localAddress().getPort());
		socket.setSoTimeout((int) Patience.limit().toMillis());
		return socket;
	}

	private static String read(Socket socket, int count) throws IOException {
		byte[] read = socket.getInputStream().readNBytes(count);
		if (read.length < count) {
			throw new EOFException("after " + HexFormat.of().formatHex(read));
		}
		return HexFormat.of().formatHex(read);
	}

	private static String plain(String hex) {
		return hex.replace(" ", "");
	}

	@Test
	void serversAnswerHeartbeatsWithoutTheirHandlers() {
		run(EXAMPLE, (context) -> {
			for (String line : RECEIVED.strip().split("\n")) {
				String[] parts = line.split("\\|");
				SocketServer server = server(context, parts[0].strip());
				try (Socket socket = connected(server)) {
					for (int i = 0; i < 2; i++) {
						socket.getOutputStream().write(bytes(parts[1]));
						assertThat(read(socket, bytes(parts[2]).length)).as(line).isEqualTo(plain(parts[2]));
					}
				}
				assertThat(server.statistics().messagesReceived()).isZero();
				assertThat(server.statistics().messagesSent()).isZero();
			}
			assertThat((Queue<?>) context.getBean("messages")).isEmpty();
		});
	}

	@Test
	void serversSendHeartbeatsWhoseNumberRises() {
		run(EXAMPLE, (context) -> {
			for (String line : SENT.strip().split("\n")) {
				String[] parts = line.split("\\|");
				SocketServer server = server(context, parts[0].strip());
				try (Socket socket = connected(server)) {
					assertThat(read(socket, bytes(parts[1]).length)).as(line).isEqualTo(plain(parts[1]));
					socket.getOutputStream().write(bytes(parts[3]));
					assertThat(read(socket, bytes(parts[2]).length)).as(line).isEqualTo(plain(parts[2]));
				}
				assertThat(server.statistics().messagesReceived()).isZero();
			}
			assertThat((Queue<?>) context.getBean("messages")).isEmpty();
		}, "socket.servers.smsc.heartbeat.period=50ms", "socket.servers.smsc.heartbeat.timeout=60s",
				"socket.servers.smsc.heartbeat.reply-timeout=60s", "socket.servers.acquirer.heartbeat.period=50ms",
				"socket.servers.acquirer.heartbeat.timeout=60s", "socket.servers.acquirer.heartbeat.reply-timeout=60s");
	}

	@Test
	void aPeerThatAnswersNoLongerIsCutAlthoughItSends() {
		run(EXAMPLE, (context) -> {
			SocketServer server = server(context, "smsc");
			Queue<?> messages = (Queue<?>) context.getBean("messages");
			// A server that stood still for so long may cut before it has read anything.
			Patience.undisturbed(REPLY_TIMEOUT.dividedBy(2), () -> {
				long before = cut(server);
				try (Socket socket = connected(server)) {
					await().atMost(Patience.limit()).until(() -> {
						sendUnlessCut(socket);
						return cut(server) > before;
					});
				}
				assertThat(messages).isNotEmpty();
			});
		}, "socket.servers.smsc.heartbeat.period=50ms", "socket.servers.smsc.heartbeat.timeout=60s",
				"socket.servers.smsc.heartbeat.reply-timeout=" + REPLY_TIMEOUT.toMillis() + "ms");
	}

	private static long cut(SocketServer server) {
		return server.statistics().closed().getOrDefault(CloseReason.HEARTBEAT_TIMEOUT, 0L);
	}

	/** Sends a message, which is no answer. */
	private static void sendUnlessCut(Socket socket) {
		try {
			socket.getOutputStream().write(bytes("00000010 00000004 00000000 00000001"));
		}
		catch (IOException ex) {
			// It was cut just now.
		}
	}

	private static String client(String name, String framing, int port, String heartbeat) {
		return """
				socket:
				  clients:
				    %s:
				      port: %d
				      framing: %s
				      ready: heartbeat
				      ready-timeout: 1h
				      heartbeat:
				        timeout: 60s
				        %s
				""".formatted(name, port, framing, heartbeat.indent(8).strip());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					smpp | message: "hex:000000150000000000000001" | placeholder: 8:4 | reply: "hex:80000015" \
					| 00000010 00000015 00000000 00000001 | 00000010 80000015 00000000 00000001 | 00000010 00000015 00000000 00000002
					`{ type: length-field, offset: 1, encoding: varint }` | message: "hex:c000" | # | reply: "hex:d000" \
					| c000 | d000 | c000
					`{ type: length-field, offset: 2, width: 1, adjust: 2, sync: "hex:7878", terminator: "\\r\\n", \
					checksum: { type: crc16-x25, from: 2 } }` | message: "hex:78780a1344040300010001" | placeholder: "-2:2" \
					| reply: "hex:78780513" | 7878 0a13 44 04 03 0001 0001 crc 0d0a | 7878 0513 0001 crc 0d0a \
					| 7878 0a13 44 04 03 0001 0002 crc 0d0a
					iso8583 | message: "hex:30383030 8020000000000000 0400000000000000 303030303039 333031" | placeholder: 20:6 \
					| reply: "hex:30383130" | 001d 30383030 8020000000000000 0400000000000000 303030303039 333031 \
					| 001f 30383130 8020000002000000 0400000000000000 303030303039 3030 333031 \
					| 001d 30383030 8020000000000000 0400000000000000 303030303130 333031
					""")
	void clientsSignOnAndGoOnWithHeartbeats(String framing, String message, String placeholder, String reply,
			String first, String answer, String second) throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			String keys = String.join("\n", List.of("period: 50ms", "reply-timeout: 60s", message, placeholder, reply));
			run(new ByteArrayResource(client("it", framing, listener.getLocalPort(), keys).getBytes()), (context) -> {
				SocketClient client = context.getBean(SocketClients.class).get("it");
				try (Socket socket = listener.accept()) {
					socket.setSoTimeout((int) Patience.limit().toMillis());
					byte[] beat = sum(first);
					assertThat(read(socket, beat.length)).isEqualTo(HexFormat.of().formatHex(beat));
					assertThat(client.state()).isNotEqualTo(ClientState.CONNECTED);
					socket.getOutputStream().write(sum(answer));
					await().atMost(Patience.limit()).until(() -> client.state() == ClientState.CONNECTED);
					assertThat(read(socket, beat.length)).isEqualTo(HexFormat.of().formatHex(sum(second)));
					assertThat(client.statistics().messagesReceived()).isZero();
					assertThat(client.statistics().messagesSent()).isZero();
				}
			}, "socket.server-defaults.enabled=false");
		}
	}

	/** Puts a checksum where there is to be one. */
	private static byte[] sum(String hex) {
		String text = plain(hex);
		int at = text.indexOf("crc");
		return bytes((at < 0) ? text : text.replace("crc", x25(text.substring(4, at))));
	}

	@Test
	void aServerThatAnswersNoLongerIsLeftForAnother() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			String keys = "period: 50ms\nreply-timeout: 200ms\nmessage: PING\nreply: PONG";
			run(new ByteArrayResource(client("it", "line", listener.getLocalPort(), keys).getBytes()), (context) -> {
				SocketClient client = context.getBean(SocketClients.class).get("it");
				// Again, if it was left before it had answered once.
				Patience.within(() -> {
					answersOnce(listener);
					assertThat(client.statistics().closed()).containsKey(CloseReason.HEARTBEAT_TIMEOUT);
					assertThat(client.statistics().connected()).isGreaterThan(1);
				});
			});
		}
	}

	/** Returns when the client has left. */
	private static void answersOnce(ServerSocket listener) {
		try (Socket silent = listener.accept()) {
			silent.setSoTimeout((int) Patience.limit().toMillis());
			silent.getOutputStream().write("PONG\n".getBytes());
			silent.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// It has left without a good-bye.
		}
	}

	@Test
	void datagramsAreAnsweredToo() {
		String server = "socket.servers.smsc.";
		this.runner
			.withPropertyValues(server + "port=0", server + "protocol=udp", server + "heartbeat.answer[0].to=PING",
					server + "heartbeat.answer[0].with=PONG ?", server + "heartbeat.answer[0].copy=-1:1")
			.run((context) -> {
				try (DatagramSocket socket = new DatagramSocket()) {
					socket.setSoTimeout((int) Patience.limit().toMillis());
					byte[] ping = "PING 7".getBytes();
					socket.send(new DatagramPacket(ping, ping.length, InetAddress.getLoopbackAddress(),
							server(context, "smsc").localAddress().getPort()));
					DatagramPacket answer = new DatagramPacket(new byte[100], 100);
					socket.receive(answer);
					assertThat(new String(answer.getData(), 0, answer.getLength())).isEqualTo("PONG 7");
				}
				assertThat((Queue<?>) context.getBean("messages")).isEmpty();
			});
	}

	@Test
	void aRangeThatYamlHasReadToTheBaseOf60IsUnderstood() {
		String yaml = """
				socket.servers.smsc:
				  port: 0
				  framing: smpp
				  heartbeat:
				    period: 30s
				    message: "hex:000000150000000000000001"
				    placeholder: 8:4
				    answer:
				      - { to: "hex:00000015", with: "hex:800000150000000000000000", copy: -4:4 }
				""";
		run(new ByteArrayResource(yaml.getBytes()), (context) -> {
			Heartbeat heartbeat = server(context, "smsc").spec().session().heartbeat();
			assertThat(heartbeat.placeholder()).isEqualTo("8:4");
			assertThat(heartbeat.answer().get(0).copy()).isEqualTo("-4:4");
		}, "socket.server-defaults.start.auto=false");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			message=0800       | heartbeat.message       | write hex:30383030
			message=a\\nb      | heartbeat.message       | framing 'line'
			placeholder=9:1    | heartbeat.placeholder   | which has 4 bytes
			answer[0].with=x   | heartbeat.answer[0].to  | must not be empty
			""")
	void whatCannotWorkFailsTheStart(String value, String property, String rule) {
		String server = "socket.servers.smsc.";
		this.runner
			.withPropertyValues(server + "port=0", server + "framing=line", server + "heartbeat.period=30s",
					server + "heartbeat.message=PING", server + "heartbeat." + value)
			.run((context) -> assertThat(failure(context).getMessage()).contains(server + property, rule));
	}

	@Test
	void whatHasNoEffectIsWarnedAbout(CapturedOutput output) {
		String heartbeat = "socket.servers.smsc.heartbeat.";
		this.runner
			.withPropertyValues("socket.servers.smsc.port=0", "socket.servers.smsc.framing=line",
					heartbeat + "answer[0].to=PING", heartbeat + "answer[0].with=PONG", heartbeat + "message=PING",
					heartbeat + "reply-timeout=1s", heartbeat + "placeholder=0:1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Property " + heartbeat + "message has no effect: heartbeat.period is off",
				"Property " + heartbeat + "placeholder has no effect: heartbeat.period is off",
				"Property " + heartbeat + "reply-timeout has no effect: heartbeat.reply is not set");
	}

	@Test
	void anInheritedMessageIsSwitchedOffByAnEmptyOne() {
		String server = "socket.servers.smsc.";
		this.runner
			.withPropertyValues(server + "port=0", server + "start.auto=false", server + "framing=length-field",
					"socket.server-defaults.heartbeat.period=30s", "socket.server-defaults.heartbeat.message=PING",
					server + "heartbeat.message=")
			.run((context) -> assertThat(server(context, "smsc").spec().session().heartbeat())
				.isEqualTo(Heartbeat.of(Duration.ofSeconds(30))));
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Queue<byte[]> messages() {
			return new ConcurrentLinkedQueue<>();
		}

		@Bean
		@SocketHandler("smsc")
		Consumer<byte[]> smsc(Queue<byte[]> messages) {
			return messages::add;
		}

		@Bean
		@SocketHandler("trackers")
		Consumer<byte[]> trackers(Queue<byte[]> messages) {
			return messages::add;
		}

		@Bean
		@SocketHandler("broker")
		Consumer<byte[]> broker(Queue<byte[]> messages) {
			return messages::add;
		}

		@Bean
		@SocketHandler("acquirer")
		Consumer<byte[]> acquirer(Queue<byte[]> messages) {
			return messages::add;
		}

	}

}
