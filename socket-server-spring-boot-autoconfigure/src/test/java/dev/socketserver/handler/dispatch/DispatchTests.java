package dev.socketserver.handler.dispatch;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Which of several methods is called for a message, over real sockets. */
@Tag("virtual-threads")
@Timeout(60)
class DispatchTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.handler=handler",
				"socket.servers.it.framing.type=line");

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theFirstWordChoosesTheMethodOfAWholeFrame(boolean byteByByte) {
		with(Words.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				send(peer, "LOGIN anna\nDATA 7\nDATA\t8\nDATA\nPING\nSTAT all\n odd\n\nNEW thing\n", byteByByte);
				assertThat(List.of(peer.line(), peer.line(), peer.line(), peer.line(), peer.line(), peer.line(),
						peer.line(), peer.line(), peer.line()))
					.containsExactly("login of LOGIN anna", "data DATA 7", "data DATA\t8", "data DATA", "pong",
							"status STAT all", "empty ' odd'", "empty ''", "other NEW: NEW thing");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16BE", "UTF-16LE" })
	void wordsEndAtABlankOfTheCharset(Charset charset) {
		with(Words.class, "word")
			.withPropertyValues("socket.servers.it.framing.type=length-field", "socket.servers.it.framing.width=1",
					"socket.servers.it.charset=" + charset)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					peer.send(frame("PING now", charset));
					assertThat(peer.read(9)).isEqualTo(frame("pong", charset));
					// One of the bytes of this letter is 0x20.
					peer.send(frame("\u0120 x", charset));
					assertThat(peer.read(25)).isEqualTo(frame("other \u0120: \u0120 x", charset));
				}
			});
	}

	/** Returns a frame of bytes below 0x80, each as a character. */
	private static String frame(String text, Charset charset) {
		byte[] bytes = text.getBytes(charset);
		return (char) bytes.length + new String(bytes, StandardCharsets.US_ASCII);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void someBytesChooseTheMethod(boolean byteByByte) {
		with(Codes.class, "bytes:1:1")
			.withPropertyValues("socket.servers.it.framing.type=length-field", "socket.servers.it.framing.width=1")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					send(peer, "\3a\1b\3a\2b", byteByByte);
					assertThat(peer.read(4)).isEqualTo("\3one");
					assertThat(peer.read(4)).isEqualTo("\3two");
					send(peer, "\1a", byteByByte);
					assertThat(peer.read(9)).isEqualTo("\10null key");
					send(peer, "\2ay", byteByByte);
					assertThat(peer.read(9)).isEqualTo("\10key 0x79");
				}
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aValueOfJsonChoosesTheMethodAndItsType(boolean byteByByte) {
		with(Devices.class, "json:/head/type").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				send(peer, """
						{"head":{"type":"login"},"name":"anna"}
						{"reading":7,"head":{"type":"data"}}
						{"head":{"type":3},"reading":1}
						{"head":{"type":null}}
						{"head":{"type":{"a":1}}}
						{"head":"type"}
						{"head":{"type":"data"}
						{"head":{"type":"login"}} {"head":{"type":"data"}}
						no json
						{"head":{"type":"data"},"reading":"x"}
						""", byteByByte);
				assertThat(peer.line()).isEqualTo("welcome anna");
				assertThat(peer.line()).isEqualTo("reading 7");
				assertThat(peer.line()).isEqualTo("three");
				for (int i = 0; i < 6; i++) {
					assertThat(peer.line()).isEqualTo("unmapped null");
				}
				assertThat(peer.line()).isEqualTo("unreadable Reading");
			}
		});
	}

	@Test
	void aFunctionOfTheApplicationChoosesTheMethod() {
		with(Words.class, "lastWord").withUserConfiguration(Functions.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("anna LOGIN")).isEqualTo("login of anna LOGIN");
				assertThat(peer.ask("nothing")).isEqualTo("other null: nothing");
				assertThat(peer.ask("fail LOGIN")).isEqualTo("failed IllegalArgumentException: no");
			}
		});
	}

	@Test
	void keysOfBytesAreComparedWithoutCase() {
		with(HexKeys.class, "firstByte").withUserConfiguration(Functions.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("Jack")).isEqualTo("J");
				assertThat(peer.ask("Kim")).isEqualTo("K");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "type" })
	void theTypeOfThePayloadChoosesTheMethod(String discriminator) {
		with(Shapes.class, discriminator).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("{\"type\":\"circle\",\"radius\":2}")).isEqualTo("circle 2");
				assertThat(peer.ask("{\"type\":\"square\",\"side\":3}")).isEqualTo("rectangle of Square");
				assertThat(peer.ask("{\"type\":\"line\",\"length\":3}"))
					.isEqualTo("other Line by " + Line.class.getName());
				assertThat(peer.ask("{\"type\":\"blob\"}")).isEqualTo("unreadable");
			}
		});
	}

	@Test
	void anUnmappedMessageClosesTheSession() {
		with(OnlyLogin.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.send("LOGIN a\nlogin b\nLOGIN c\n").read()).isEqualTo("in");
				assertThat(peer.read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(status.cause()).isInstanceOfSatisfying(UnmappedMessageException.class,
					(ex) -> assertThat(ex.key()).isEqualTo("login"));
			assertThat(status.detail()).isEqualTo("UnmappedMessageException in the choice of a method");
		});
	}

	@Test
	void anUnmappedMessageIsIgnoredAndCounted() {
		with(OnlyLogin.class, "word").withPropertyValues("socket.servers.it.on-unmapped=ignore").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.send("nothing\nelse\n").ask("LOGIN a")).isEqualTo("in");
			}
			CounterSource counters = CounterSource
				.of(context.getBean(SocketServers.class).server("it").orElseThrow().statistics());
			await().untilAsserted(() -> assertThat(counters.sum(Counter.MESSAGES_UNMAPPED)).isEqualTo(2));
			assertThat(counters.sum(Counter.MESSAGES_HANDLED)).isEqualTo(3);
		});
	}

	@Test
	void whatCannotBeConvertedForTheChosenMethodGoesTheWayOfErrors() {
		with(Numbers.class, "json:/type").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("{\"type\":\"n\",\"reading\":4}")).isEqualTo("4");
				assertThat(peer.send("{\"type\":\"n\",\"reading\":\"four\"}\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
			assertThat(status.cause()).isInstanceOf(PayloadException.class);
		});
	}

	@Test
	void theFailedMessageIsTheOneOfTheMethod() {
		with(Answering.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("A 1")).isEqualTo("text A 1");
				assertThat(peer.ask("B 2")).isEqualTo("bytes B 2");
				assertThat(peer.ask("A ok")).isEqualTo("A ok");
				assertThat(peer.ask("C 3")).isEqualTo("none: UnmappedMessageException");
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "auto, byte[]", "text, String" })
	void aDefaultThatTakesNoPayloadGetsWhatThePropertySays(String payload, String type) {
		with(SocketMessageDefault.class, "word").withPropertyValues("socket.servers.it.payload=" + payload)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("X y")).isEqualTo(type + " X");
				}
			});
	}

	@Test
	void framesAreTimedWhenTheyAreComplete() {
		with(Timed.class, "word").run((context) -> {
			Timed handler = context.getBean(Timed.class);
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				Instant before = Instant.now();
				peer.send("A\nA\n");
				Instant first = handler.times.poll(20, TimeUnit.SECONDS);
				Instant entered = Instant.now();
				handler.release.add("go");
				handler.release.add("go");
				Instant second = handler.times.poll(20, TimeUnit.SECONDS);
				assertThat(first).isBetween(before, entered);
				assertThat(second).isBetween(first, entered);
			}
		});
	}

	@Test
	void repliesToRequestsAreMatchedBeforeDispatch() {
		with(Asking.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.send("ASK\n").line()).isEqualTo("what?");
				assertThat(peer.ask("LOGIN as reply")).isEqualTo("reply LOGIN as reply");
				assertThat(peer.ask("LOGIN")).isEqualTo("in");
			}
		});
	}

	@Test
	void interceptorsSeeThePayloadAndCallsOfOneSessionAreSerial() {
		List<Object> seen = new CopyOnWriteArrayList<>();
		SocketHandlerInterceptor interceptor = (call) -> {
			if (call.kind() == Kind.MESSAGE) {
				seen.add(call.payload());
			}
			return call.proceed();
		};
		with(Devices.class, "json:/head/type").withBean(SocketHandlerInterceptor.class, () -> interceptor)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("{\"head\":{\"type\":\"login\"},\"name\":\"anna\"}")).isEqualTo("welcome anna");
					assertThat(peer.ask("no json")).isEqualTo("unmapped null");
				}
				assertThat(seen).containsExactly(new Login("anna"));
			});
	}

	@Test
	void aSingleMethodWithoutAKeyTakesEverything() {
		with(Single.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("A b")).isEqualTo("A b");
				assertThat(peer.ask(" c")).isEqualTo(" c");
			}
		});
	}

	@Test
	void methodsMayHaveSeveralKeysAndBePartOfASuperclass() {
		with(Inheriting.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("LOGIN a")).isEqualTo("in");
				assertThat(peer.ask("LOGOUT a")).isEqualTo("out");
				assertThat(peer.ask("QUIT a")).isEqualTo("out");
			}
		});
	}

	@Test
	void aPrototypeIsDispatchedForEachSession() {
		this.runner.withUserConfiguration(Prototype.class)
			.withPropertyValues("socket.servers.it.discriminator=word")
			.run((context) -> {
				try (TestPeer one = TestPeer.connect(context, "it"); TestPeer other = TestPeer.connect(context, "it")) {
					assertThat(one.ask("COUNT")).isEqualTo("1");
					assertThat(one.ask("COUNT")).isEqualTo("2");
					assertThat(other.ask("COUNT")).isEqualTo("1");
				}
			});
	}

	@Test
	void aClientDispatchesWhatItReceives() {
		with(Echo.class, "").withBean("talking", ClientSide.class)
			.withPropertyValues("socket.clients.c.port=local.socket.it.port", "socket.clients.c.handler=talking",
					"socket.clients.c.discriminator=word", "socket.clients.c.framing=line",
					"socket.clients.c.on-unmapped=ignore")
			.run((context) -> {
				ClientSide client = context.getBean(ClientSide.class);
				assertThat(client.calls.poll(20, TimeUnit.SECONDS)).isEqualTo("login LOGIN here");
				assertThat(client.calls.poll(20, TimeUnit.SECONDS)).isEqualTo("data DATA 7");
				CounterSource counters = CounterSource
					.of(context.getBean(SocketClients.class).client("c").orElseThrow().statistics());
				assertThat(counters.sum(Counter.MESSAGES_UNMAPPED)).isEqualTo(1);
			});
	}

	private ApplicationContextRunner with(Class<?> handler, String discriminator) {
		ApplicationContextRunner with = this.runner.withBean("handler", handler);
		return discriminator.isEmpty() ? with
				: with.withPropertyValues("socket.servers.it.discriminator=" + discriminator);
	}

	private static void send(TestPeer peer, String text, boolean byteByByte) throws Exception {
		if (!byteByByte) {
			peer.send(text);
			return;
		}
		for (char character : text.toCharArray()) {
			peer.send(String.valueOf(character));
		}
	}

	static class Words {

		@OnMessage("LOGIN")
		String login(String line, SocketSession session) {
			return "login of " + line;
		}

		@OnMessage("DATA")
		byte[] data(byte[] frame) {
			return ("data " + new String(frame, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
		}

		@OnMessage("PING")
		String ping() {
			return "pong";
		}

		@OnMessage({ "STATUS", "STAT" })
		String status(SocketMessage message, String line) {
			return "status " + line;
		}

		@OnMessage("")
		String empty(String line) {
			return "empty '" + line + "'";
		}

		@OnMessage(isDefault = true)
		String other(SocketMessage message, String line) {
			return "other " + message.key() + ": " + line;
		}

		@OnError
		String failed(IllegalArgumentException failure) {
			return "failed " + failure.getClass().getSimpleName() + ": " + failure.getMessage();
		}

	}

	static class Codes {

		@OnMessage("0x01")
		String one(byte[] frame) {
			return "one";
		}

		@OnMessage("0x02")
		String two(byte[] frame) {
			return "two";
		}

		@OnError
		String unmapped(UnmappedMessageException failure) {
			return (failure.key() != null) ? "key " + failure.key() : "null key";
		}

	}

	record Login(String name) {

	}

	record Reading(int reading) {

	}

	static class Devices {

		@OnMessage("login")
		String login(Login login) {
			return "welcome " + login.name();
		}

		@OnMessage("data")
		String data(Reading reading) {
			return "reading " + reading.reading();
		}

		@OnMessage("3")
		String three(byte[] frame) {
			return "three";
		}

		@OnError
		String unmapped(UnmappedMessageException failure) {
			return "unmapped " + failure.key();
		}

		@OnError
		String unreadable(PayloadException failure) {
			return "unreadable Reading";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		@Bean
		Function<byte[], String> lastWord() {
			return (frame) -> {
				String text = new String(frame, StandardCharsets.UTF_8);
				if (text.startsWith("fail")) {
					throw new IllegalArgumentException("no");
				}
				return text.contains(" ") ? text.substring(text.lastIndexOf(' ') + 1) : null;
			};
		}

		@Bean
		Function<byte[], byte[]> firstByte() {
			return (frame) -> Arrays.copyOf(frame, 1);
		}

	}

	static class HexKeys {

		@OnMessage("0x4A")
		String upper(byte[] frame) {
			return "J";
		}

		@OnMessage("0X4b")
		String lower(byte[] frame) {
			return "K";
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Circle.class, name = "circle"),
			@JsonSubTypes.Type(value = Square.class, name = "square"),
			@JsonSubTypes.Type(value = Line.class, name = "line") })
	sealed interface Shape {

	}

	record Circle(int radius) implements Shape {

	}

	sealed interface Rectangle extends Shape {

	}

	record Square(int side) implements Rectangle {

	}

	record Line(int length) implements Shape {

	}

	static class Shapes {

		@OnMessage
		String circle(Circle circle) {
			return "circle " + circle.radius();
		}

		@OnMessage
		String rectangle(Rectangle rectangle) {
			return "rectangle of " + rectangle.getClass().getSimpleName();
		}

		@OnMessage(isDefault = true)
		String other(SocketMessage message) {
			return "other " + message.payload().getClass().getSimpleName() + " by " + message.key();
		}

		@OnError
		String failed(PayloadException failure) {
			return "unreadable";
		}

	}

	static class OnlyLogin {

		@OnMessage("LOGIN")
		String login(String line) {
			return "in";
		}

	}

	static class Numbers {

		@OnMessage("n")
		String number(Reading reading) {
			return String.valueOf(reading.reading());
		}

	}

	static class Answering {

		@OnMessage("A")
		String text(String line) {
			if (line.endsWith("ok")) {
				return line;
			}
			throw new IllegalStateException();
		}

		@OnMessage("B")
		String bytes(byte[] frame) {
			throw new IllegalStateException();
		}

		@OnError
		String failed(IllegalStateException failure, String line) {
			return "text " + line;
		}

		@OnError
		String failed(RuntimeException failure, byte[] frame) {
			return "bytes " + new String(frame, StandardCharsets.UTF_8);
		}

		@OnError
		String failed(Exception failure) {
			return "none: " + failure.getClass().getSimpleName();
		}

	}

	static class SocketMessageDefault {

		@OnMessage("A")
		void text(String line) {
		}

		@OnMessage(isDefault = true)
		String other(SocketMessage message) {
			return message.payload().getClass().getSimpleName() + " " + message.key();
		}

	}

	static class Timed {

		private final BlockingQueue<Instant> times = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> release = new LinkedBlockingQueue<>();

		@OnMessage("A")
		void on(String line, Instant receivedAt) throws InterruptedException {
			this.times.add(receivedAt);
			this.release.take();
		}

	}

	static class Asking {

		@OnMessage("ASK")
		void ask(String line, SocketSession session) {
			session.ask("what?", Duration.ofSeconds(30)).thenAccept((reply) -> session.send("reply " + reply));
		}

		@OnMessage("LOGIN")
		String login(String line) {
			return "in";
		}

	}

	static class Single {

		@OnMessage
		String on(String line) {
			return line;
		}

	}

	static class Inheriting extends OnlyLogin {

		@OnMessage({ "LOGOUT", "QUIT" })
		String logout(String line) {
			return "out";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@Scope("prototype")
		Counting handler() {
			return new Counting();
		}

	}

	static class Counting {

		private int count;

		@OnMessage("COUNT")
		String count(String line) {
			return String.valueOf(++this.count);
		}

		@OnMessage(isDefault = true)
		void other(String line) {
		}

	}

	static class Echo {

		@OnOpen
		String opened() {
			return "LOGIN here";
		}

		@OnMessage
		List<String> on(String line) {
			return List.of("unknown", "DATA 7");
		}

	}

	static class ClientSide {

		private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

		@OnMessage("LOGIN")
		String login(String line) {
			this.calls.add("login " + line);
			return "hello";
		}

		@OnMessage("DATA")
		void data(byte[] frame) {
			this.calls.add("data " + new String(frame, StandardCharsets.UTF_8));
		}

	}

}
