package dev.socketserver.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.RealProgram;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketServerTest;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Programs that know nothing of this project, against servers whose framing is
 * configured. A program that the machine does not have is left out, and the report says
 * so.
 */
@SocketServerTest(properties = "spring.config.location=classpath:real-programs.yml")
class RealProgramsTests {

	/** The Python of the system, which has the packages of the system. */
	private static final List<String> PYTHON = List.of("env", "PATH=/usr/bin:/bin", "python3", "-c");

	@TempDir
	private Path directory;

	@Autowired
	private Programs programs;

	@Test
	void loggerSendsLines(@LocalSocketPort("log") int port) throws Exception {
		run("logger", "--tcp", "--server", "127.0.0.1", "--port", "" + port, "--tag", "test", "a line");

		assertThat(Patience.next(this.programs.messages)).startsWith("<").endsWith("a line");
	}

	@Test
	void loggerSendsCountedMessages(@LocalSocketPort("log") int port) throws Exception {
		run("logger", "--tcp", "--octet-count", "--server", "127.0.0.1", "--port", "" + port, "--tag", "test",
				"counted");

		assertThat(Patience.next(this.programs.messages)).startsWith("<").endsWith("counted");
	}

	/** The daemon reads a file, and forwards its lines in both forms. */
	@Test
	void rsyslogForwardsInBothForms(@LocalSocketPort("log") int log, @LocalSocketPort("lines") int lines)
			throws Exception {
		assumeTrue(RealProgram.isInstalled("rsyslogd"), "rsyslogd is not on this machine");
		Path source = Files.writeString(this.directory.resolve("source.log"), "first line\nsecond line\n");
		Path configuration = Files.writeString(this.directory.resolve("rsyslog.conf"), """
				global(workDirectory="%1$s")
				module(load="imfile")
				input(type="imfile" file="%2$s" tag="test")
				action(type="omfwd" target="127.0.0.1" port="%3$s" protocol="tcp" TCP_Framing="octet-counted")
				action(type="omfwd" target="127.0.0.1" port="%3$s" protocol="tcp" TCP_Framing="traditional")
				action(type="omfwd" target="127.0.0.1" port="%4$s" protocol="tcp" TCP_Framing="traditional")
				""".formatted(this.directory, source, log, lines));
		Process daemon = new ProcessBuilder("rsyslogd", "-n", "-f", configuration.toString(), "-i",
				this.directory.resolve("rsyslog.pid").toString())
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("rsyslogd.out").toFile())
			.start();
		List<String> received = new ArrayList<>();
		try {
			for (int i = 0; i < 6; i++) {
				String message = this.programs.messages.poll(Patience.seconds(), TimeUnit.SECONDS);
				assertThat(message).as("of six messages, behind %s", received).isNotNull();
				received.add(message);
			}
		}
		finally {
			daemon.destroy();
			Patience.await(daemon);
		}
		assertThat(received).allMatch((message) -> message.startsWith("<"));
		assertThat(received).filteredOn((message) -> message.endsWith("first line")).hasSize(3);
		assertThat(received).filteredOn((message) -> message.endsWith("second line")).hasSize(3);
	}

	@Test
	void curlAsksACamera(@LocalSocketPort("cameras") int port) throws Exception {
		String printed = run("curl", "--silent", "--show-error", "--include", "--request", "OPTIONS",
				"rtsp://127.0.0.1:" + port + "/stream");

		assertThat(printed).startsWith("RTSP/1.0 200 OK\r\nCSeq: 1\r\n").contains("Public: OPTIONS, DESCRIBE");
	}

	@Test
	void digAsksForAName(@LocalSocketPort("names") int port) throws Exception {
		String answer = run("dig", "+tcp", "+short", "+tries=1", "+time=30", "-p", "" + port, "@127.0.0.1",
				"host.example", "A");

		assertThat(answer).isEqualTo("192.0.2.7\n");
	}

	@Test
	void mosquittoPublishes(@LocalSocketPort("telemetry") int port) throws Exception {
		String text = "warm ".repeat(100);

		run("mosquitto_pub", "-h", "127.0.0.1", "-p", "" + port, "-i", "test", "-q", "1", "-t", "cellar", "-m", text);

		assertThat(Patience.next(this.programs.published)).isEqualTo("cellar: " + text);
	}

	@Test
	void redisStoresAndReads(@LocalSocketPort("store") int port) throws Exception {
		assertThat(redis(port, "PING")).isEqualTo("PONG\n");
		assertThat(redis(port, "SET", "key", "two\r\nlines")).isEqualTo("OK\n");
		assertThat(redis(port, "GET", "key")).isEqualTo("two\r\nlines\n");
		assertThat(redis(port, "GET", "other")).isEqualTo("\n");
		assertThat(redis(port, "FLY")).startsWith("ERR unknown command 'FLY'");
	}

	/** The client library that programs in Python use. */
	@Test
	void pythonStoresAndReads(@LocalSocketPort("store") int port) throws Exception {
		Process probe = new ProcessBuilder(Stream.concat(PYTHON.stream(), Stream.of("import redis")).toList())
			.redirectErrorStream(true)
			.start();
		probe.getInputStream().transferTo(OutputStream.nullOutputStream());
		assumeTrue(probe.waitFor() == 0, "python3-redis is not on this machine");

		String printed = run(Stream.concat(PYTHON.stream(),
				Stream
					.of("""
							import redis
							store = redis.Redis(port=%s, socket_timeout=60)
							pipeline = store.pipeline(transaction=False)
							for i in range(100):
							    pipeline.set('key%%s' %% i, b'\\0\\r\\n' * i)
							    pipeline.get('key%%s' %% i)
							answers = pipeline.execute()
							print(store.ping(), answers[::2] == [True] * 100, answers[1::2] == [b'\\0\\r\\n' * i for i in range(100)])
							"""
						.formatted(port)))
			.toArray(String[]::new));

		assertThat(printed).isEqualTo("True True True\n");
	}

	@Test
	void memcachedsToolsStoreAndRead(@LocalSocketPort("cache") int port) throws Exception {
		Path file = this.directory.resolve("word");
		Files.writeString(file, "two\r\nlines");

		// They wait for a few seconds only.
		Patience.undisturbed(Duration.ofSeconds(1), () -> {
			run("memccp", "--servers=127.0.0.1:" + port, file.toString());

			assertThat(this.programs.cached).containsEntry("word", "two\r\nlines");
			assertThat(run("memccat", "--servers=127.0.0.1:" + port, "word")).isEqualTo("two\r\nlines\n");
		});
	}

	@Test
	void ldapsearchFindsNobody(@LocalSocketPort("people") int port) throws Exception {
		String printed = run("ldapsearch", "-x", "-LLL", "-H", "ldap://127.0.0.1:" + port, "-b", "dc=example",
				"(cn=" + "x".repeat(200) + ")");

		assertThat(printed.strip()).isEmpty();
		// Nobody answers the last one, so that the program may have ended before it
		// comes.
		Awaitility.await().untilAsserted(() -> assertThat(this.programs.operations).containsExactly(0x60, 0x63, 0x42));
	}

	private String redis(int port, String... command) throws Exception {
		return run(Stream.concat(Stream.of("redis-cli", "-h", "127.0.0.1", "-p", "" + port), Arrays.stream(command))
			.toArray(String[]::new));
	}

	private String run(String... command) throws IOException, InterruptedException {
		return RealProgram.run(this.directory, command);
	}

	@Configuration(proxyBeanMethods = false)
	static class Programs {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> published = new LinkedBlockingQueue<>();

		private final Map<String, String> cached = new ConcurrentHashMap<>();

		private final List<Integer> operations = new CopyOnWriteArrayList<>();

		/** Sets and gets values of memcached. */
		@Bean
		@SocketHandler("cache")
		Function<String, List<String>> cache() {
			return (command) -> {
				String[] words = command.lines().findFirst().orElse("").split(" ");
				switch (words[0]) {
					case "set" -> {
						this.cached.put(words[1], command.substring(command.indexOf('\n') + 1));
						return List.of("STORED");
					}
					case "get", "gets" -> {
						String value = this.cached.get(words[1]);
						return (value != null)
								? List.of("VALUE " + words[1] + " 0 " + value.length() + "\r\n" + value, "END")
								: List.of("END");
					}
					default -> {
						return List.of("VERSION 1.6.0");
					}
				}
			};
		}

		/** Lets everybody bind, and finds nothing. */
		@Bean
		@SocketHandler("people")
		@SuppressWarnings("NullAway") // no reply is null
		UnaryOperator<byte[]> people() {
			return (message) -> {
				// Behind the length are the number of the message and the operation.
				int number = (message[1] < 0) ? 2 + (message[1] & 0x7F) : 2;
				int operation = number + 2 + message[number + 1];
				this.operations.add((int) message[operation]);
				int answer = (message[operation] == 0x60) ? 0x61 : (message[operation] == 0x63) ? 0x65 : 0;
				return (answer == 0) ? null
						: ByteBuffer.allocate(operation - number + 11)
							.put((byte) 0x30)
							.put((byte) (operation - number + 9))
							.put(message, number, operation - number)
							.put(new byte[] { (byte) answer, 7, 0x0a, 1, 0, 4, 0, 4, 0 })
							.array();
			};
		}

		/** Says what a camera can. */
		@Bean
		@SocketHandler("cameras")
		UnaryOperator<String> cameras() {
			return (request) -> "RTSP/1.0 200 OK\r\n"
					+ request.lines().filter((line) -> line.startsWith("CSeq:")).findFirst().orElse("")
					+ "\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n";
		}

		@Bean
		@SocketHandler({ "log", "lines" })
		Consumer<String> log() {
			return this.messages::add;
		}

		/** Answers every question with one address. */
		@Bean
		@SocketHandler("names")
		UnaryOperator<byte[]> names() {
			return (query) -> {
				int end = 12;
				while (query[end] != 0) {
					end += 1 + query[end];
				}
				byte[] question = Arrays.copyOfRange(query, 12, end + 5);
				return ByteBuffer.allocate(12 + question.length + 16)
					.put(query, 0, 2)
					.putShort((short) 0x8180)
					.putShort((short) 1)
					.putShort((short) 1)
					.putInt(0)
					.put(question)
					// The name of the question, an address of the internet, for a minute.
					.putShort((short) 0xC00C)
					.putInt(0x00010001)
					.putInt(60)
					.putShort((short) 4)
					.put(new byte[] { (byte) 192, 0, 2, 7 })
					.array();
			};
		}

		/** Lets everybody connect, and confirms what is published. */
		@Bean
		@SocketHandler("telemetry")
		Telemetry telemetry() {
			return new Telemetry(this.published);
		}

		@Bean
		@SocketHandler("store")
		Store store() {
			return new Store();
		}

	}

	/** MQTT, as far as publishing needs it. */
	static final class Telemetry implements UnaryOperator<byte[]> {

		private final BlockingQueue<String> published;

		Telemetry(BlockingQueue<String> published) {
			this.published = published;
		}

		@Override
		@SuppressWarnings("NullAway") // no reply is null
		public byte[] apply(byte[] frame) {
			ByteBuffer packet = ByteBuffer.wrap(frame);
			int type = packet.get() & 0xF0;
			while (packet.get() < 0) {
				// The length, which the framing has seen to.
			}
			return switch (type) {
				case 0x10 -> new byte[] { 0x20, 2, 0, 0 };
				case 0x30 -> publish(packet);
				default -> null;
			};
		}

		private byte[] publish(ByteBuffer packet) {
			byte[] topic = new byte[packet.getShort()];
			packet.get(topic);
			short id = packet.getShort();
			this.published
				.add(new String(topic, StandardCharsets.UTF_8) + ": " + StandardCharsets.UTF_8.decode(packet));
			return ByteBuffer.allocate(4).put((byte) 0x40).put((byte) 2).putShort(id).array();
		}

	}

	/**
	 * Three commands of Redis. A command is the line {@code *n} and n bulk strings; its
	 * state is what has arrived of it.
	 */
	static final class Store implements ConnectionHandler<List<String>> {

		private final Map<String, String> values = new ConcurrentHashMap<>();

		@Override
		public List<String> opened(SocketSession session) {
			return new ArrayList<>();
		}

		@Override
		public List<String> received(@Nullable List<String> state, ByteBuffer frame, SocketSession session) {
			List<String> command = Objects.requireNonNull(state);
			command.add(StandardCharsets.UTF_8.decode(frame).toString());
			if (command.size() > Integer.parseInt(command.get(0).substring(1))) {
				session.send(reply(command.stream().skip(1).map(Store::text).toList()), (failure) -> {
				});
				command.clear();
			}
			return command;
		}

		private String reply(List<String> command) {
			return switch (command.get(0).toUpperCase(Locale.ROOT)) {
				case "PING" -> "+PONG";
				case "SET" -> {
					this.values.put(command.get(1), command.get(2));
					yield "+OK";
				}
				case "GET" -> {
					String value = this.values.get(command.get(1));
					yield (value != null)
							? "$" + value.getBytes(StandardCharsets.UTF_8).length + "\r\n" + value + "\r\n" : "$-1\r\n";
				}
				default -> "-ERR unknown command '" + command.get(0) + "'";
			};
		}

		/** The text of a bulk string. */
		private static String text(String bulk) {
			return bulk.substring(bulk.indexOf('\n') + 1, bulk.length() - 2);
		}

	}

}
