package dev.socketserver.handler.dispatch;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.handler.dispatch.DispatchingApplication.Devices;
import dev.socketserver.handler.dispatch.DispatchingApplication.OnlyLogin;
import dev.socketserver.handler.dispatch.DispatchingApplication.Reading;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/** Which of several methods is called for a message, over real sockets. */
@Tag("virtual-threads")
class DispatchTests {

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Circle.class, name = "circle"),
			@JsonSubTypes.Type(value = Square.class, name = "square"),
			@JsonSubTypes.Type(value = Line.class, name = "line") })
	sealed interface Shape {

	}

	sealed interface Rectangle extends Shape {

	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theFirstWordChoosesTheMethodOfAWholeFrame(boolean byteByByte) {
		DispatchingApplication.with(Words.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				DispatchingApplication.send(peer,
						"LOGIN anna\nDATA 7\nDATA\t8\nDATA\nPING\nSTAT all\n odd\n\nNEW thing\n", byteByByte);
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
		DispatchingApplication.with(Words.class, "word")
			.withPropertyValues("socket.servers.it.framing.type=length-field", "socket.servers.it.framing.width=1",
					"socket.servers.it.charset=" + charset)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					peer.send(DispatchingApplication.frame("PING now", charset));
					assertThat(peer.read(9)).isEqualTo(DispatchingApplication.frame("pong", charset));
					// One of the bytes of this letter is 0x20.
					peer.send(DispatchingApplication.frame("\u0120 x", charset));
					assertThat(peer.read(25))
						.isEqualTo(DispatchingApplication.frame("other \u0120: \u0120 x", charset));
				}
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void someBytesChooseTheMethod(boolean byteByByte) {
		DispatchingApplication.with(Codes.class, "bytes:1:1")
			.withPropertyValues("socket.servers.it.framing.type=length-field", "socket.servers.it.framing.width=1")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					DispatchingApplication.send(peer, "\3a\1b\3a\2b", byteByByte);
					assertThat(peer.read(4)).isEqualTo("\3one");
					assertThat(peer.read(4)).isEqualTo("\3two");
					DispatchingApplication.send(peer, "\1a", byteByByte);
					assertThat(peer.read(9)).isEqualTo("\10null key");
					DispatchingApplication.send(peer, "\2ay", byteByByte);
					assertThat(peer.read(9)).isEqualTo("\10key 0x79");
				}
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aValueOfJsonChoosesTheMethodAndItsType(boolean byteByByte) {
		DispatchingApplication.with(Devices.class, "json:/head/type").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				DispatchingApplication.send(peer, """
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
		DispatchingApplication.with(Words.class, "lastWord").withUserConfiguration(Functions.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("anna LOGIN")).isEqualTo("login of anna LOGIN");
				assertThat(peer.ask("nothing")).isEqualTo("other null: nothing");
				assertThat(peer.ask("fail LOGIN")).isEqualTo("failed IllegalArgumentException: no");
			}
		});
	}

	@Test
	void keysOfBytesAreComparedWithoutCase() {
		DispatchingApplication.with(HexKeys.class, "firstByte")
			.withUserConfiguration(Functions.class)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("Jack")).isEqualTo("J");
					assertThat(peer.ask("Kim")).isEqualTo("K");
				}
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "type" })
	void theTypeOfThePayloadChoosesTheMethod(String discriminator) {
		DispatchingApplication.with(Shapes.class, discriminator).run((context) -> {
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
	void theDefaultMayTakeAnything() {
		DispatchingApplication.with(ShapesAndMore.class, "")
			.withPropertyValues("socket.servers.it.payload=json")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("{\"type\":\"circle\",\"radius\":3}")).isEqualTo("\"circle 3\"");
					assertThat(peer.ask("{\"type\":\"square\",\"side\":3}")).isEqualTo("\"square 3\"");
					assertThat(peer.ask("{\"type\":\"line\",\"length\":3}")).isEqualTo("\"other Line\"");
				}
			});
	}

	/** Only the type that all have in common is read, whatever single methods take. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theDefaultMayTakeAnythingOfAPayloadConverter(boolean jackson) {
		DispatchingApplication.with(Commands.class, "")
			.withBean(CommandConverter.class)
			.withClassLoader(jackson ? getClass().getClassLoader() : new FilteredClassLoader("tools.jackson"))
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("on")).isEqualTo("is on");
					assertThat(peer.ask("off")).isEqualTo("is off");
					assertThat(peer.ask("dim")).isEqualTo("other Dim");
				}
			});
	}

	@Test
	void theDefaultMayTakeAnObjectThatIsReadAsJson() {
		DispatchingApplication.with(ShapesAndMore.class, "").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("{\"type\":\"circle\",\"radius\":3}")).isEqualTo("circle 3");
				assertThat(peer.ask("{\"type\":\"line\",\"length\":3}")).isEqualTo("other Line");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theDefaultFramingIsThatOfTheConverterOfAllMethods(boolean text) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withBean("handler", OnAndOff.class)
			.withBean(CommandConverter.class, () -> new CommandConverter(text))
			.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.handler=handler")
			.run((context) -> {
				if (text) {
					assertThat(context).hasNotFailed();
				}
				else {
					assertThat(failure(context).description()).contains("socket.servers.it.framing");
				}
			});
	}

	@Test
	void theKeyOfASingleMethodByTypeIsTheNameOfItsClass() {
		DispatchingApplication.with(OnlyReadings.class, "type").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("[{\"reading\":7}]")).isEqualTo("7 by java.util.ArrayList");
			}
		});
	}

	@Test
	void whatTheDefaultCannotTakeHasNoMethod() {
		DispatchingApplication.with(NarrowDefault.class, "").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("{\"type\":\"circle\",\"radius\":3}")).isEqualTo("circle 3");
				assertThat(peer.ask("{\"type\":\"square\",\"side\":3}")).isEqualTo("square 3");
				assertThat(peer.ask("{\"type\":\"line\",\"length\":3}")).isEqualTo("unmapped " + Line.class.getName());
			}
		});
	}

	@Test
	void methodsMayHaveSeveralKeysAndBePartOfASuperclass() {
		DispatchingApplication.with(Inheriting.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("LOGIN a")).isEqualTo("in");
				assertThat(peer.ask("LOGOUT a")).isEqualTo("out");
				assertThat(peer.ask("QUIT a")).isEqualTo("out");
			}
		});
	}

	@Test
	void withoutAParameterForThePayloadMessagesAreBytes() {
		DispatchingApplication.with(Envelopes.class, "")
			.withPropertyValues("socket.servers.it.framing.type=raw")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.send("abc").end()).isEqualTo("3 bytes");
				}
			});
	}

	sealed interface Command {

	}

	record On() implements Command {

	}

	record Off() implements Command {

	}

	record Dim() implements Command {

	}

	static class OnAndOff {

		@OnMessage
		String on(On on) {
			return "is on";
		}

		@OnMessage
		String off(Off off) {
			return "is off";
		}

	}

	static class Commands extends OnAndOff {

		@OnMessage(isDefault = true)
		String other(Object payload) {
			return "other " + payload.getClass().getSimpleName();
		}

	}

	record CommandConverter(boolean text) implements PayloadConverter<Command> {

		CommandConverter() {
			this(false);
		}

		@Override
		public Class<Command> type() {
			return Command.class;
		}

		@Override
		public Command read(byte[] source, int offset, int length) {
			return switch (new String(source, offset, length, StandardCharsets.US_ASCII)) {
				case "on" -> new On();
				case "off" -> new Off();
				default -> new Dim();
			};
		}

		@Override
		public byte[] write(Command payload) {
			throw new UnsupportedOperationException();
		}

	}

	static class OnlyReadings {

		@OnMessage
		String readings(List<Reading> readings, SocketMessage message) {
			return readings.get(0).reading() + " by " + message.key();
		}

	}

	static class NarrowDefault {

		@OnMessage
		String circle(Circle circle) {
			return "circle " + circle.radius();
		}

		@OnMessage(isDefault = true)
		String other(Square square) {
			return "square " + square.side();
		}

		@OnError
		String unmapped(UnmappedMessageException failure) {
			return "unmapped " + failure.key();
		}

	}

	static class Envelopes {

		@OnMessage
		byte[] on(SocketMessage message, SocketSession session) {
			byte[] payload = (byte[]) message.payload();
			session.close();
			return (payload.length + " bytes").getBytes(StandardCharsets.UTF_8);
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

	record Circle(int radius) implements Shape {

	}

	record Square(int side) implements Rectangle {

	}

	record Line(int length) implements Shape {

	}

	static class ShapesAndMore {

		@OnMessage
		String circle(Circle circle) {
			return "circle " + circle.radius();
		}

		@OnMessage
		String square(Square square) {
			return "square " + square.side();
		}

		@OnMessage(isDefault = true)
		String other(Object payload) {
			return "other " + payload.getClass().getSimpleName();
		}

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

	static class Inheriting extends OnlyLogin {

		@OnMessage({ "LOGOUT", "QUIT" })
		String logout(String line) {
			return "out";
		}

	}

}
