package dev.socketserver.handler.dispatch;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.socketserver.ServerHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.key.Discriminator;
import dev.socketserver.handler.key.Discriminators;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Methods of which a message could have several, or none. */
@ExtendWith(OutputCaptureExtension.class)
class InvalidDispatchTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Functions.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.handler=handler",
				"socket.servers.it.framing=line");

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none", value = {
			"SameKeys | word | has several methods for the key 'A': method %1$s.one(String) and method %1$s.two(byte[])",
			"Three | word | has several methods for the key 'A': method %1$s.a(String) and method %1$s.b(String) and method %1$s.c(String)",
			"Three | bytes:0:1 | method %1$s.a(String) has the key 'A' and method %1$s.b(String) has the key 'A' and method %1$s.c(String) has the key 'A', which",
			"SameHexKeys | bytes:0:1 | has several methods for the key '0x4a': method %1$s.one(String) and method %1$s.two(String)",
			"TwoDefaults | word | has several default methods: method %1$s.one(String) and method %1$s.two(String)",
			"TwoDefaults | none | has several default methods: method %1$s.one(String) and method %1$s.two(String)",
			"Keyed | none | methods with keys, and there is no discriminator: method %1$s.one(String) and method %1$s.two(String)",
			"SingleKeyed | none | methods with keys, and there is no discriminator: method %1$s.one(String)",
			"Keyed | type | methods with keys, which the discriminator 'type' never finds: method %1$s.one(String) and method %1$s.two(String)",
			"LongHex | bytes:0:1 | method %1$s.one(String) has the key '0x1ff', which the discriminator 'bytes:0:1' never finds: it compares 0x and 2 digits",
			"Keyed | bytes:0:1 | method %1$s.one(String) has the key 'A' and method %1$s.two(String) has the key 'B', which the discriminator 'bytes:0:1' never finds",
			"BlankKey | word | method %1$s.one(String) has the key 'A B', which the discriminator 'word' never finds: a word ends at a blank",
			"NoKey | word | would never be called, since they have no key: method %1$s.two(String)",
			"SameTypes | none | has several methods for java.lang.String: method %1$s.one(String) and method %1$s.two(String, SocketSession)",
			"NothingInCommon | none | has several @OnMessage methods: method %1$s.one(String) and method %1$s.two(byte[]). They take nothing that has one type in common",
			"TextAndNumber | none | has several @OnMessage methods: method %1$s.one(String) and method %1$s.two(int). They take nothing that has one type in common",
			"OtherDefault | none | has several @OnMessage methods: method %1$s.one(Integer) and method %1$s.two(String). They take nothing that has one type in common",
			"NothingTaken | type | method %1$s.two(SocketMessage) would never be called" })
	void aMistakeNamesAllMethodsConcerned(String handler, String discriminator, String problem) throws Exception {
		Class<?> type = ClassUtils.forName(getClass().getName() + "$" + handler, null);
		ApplicationContextRunner with = this.runner.withBean("handler", type);
		if (discriminator != null) {
			with = with.withPropertyValues("socket.servers.it.discriminator=" + discriminator);
		}
		with.run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.description()).contains("bean 'handler'", problem.formatted(type.getName()));
			assertThat(failure.remedy()).isNotBlank();
		});
	}

	@Test
	void aKeyThatTheCharsetDoesNotHaveFailsTheStart() {
		this.runner.withBean("handler", Umlaut.class)
			.withPropertyValues("socket.servers.it.discriminator=word", "socket.servers.it.charset=US-ASCII")
			.run((context) -> assertThat(failure(context).description())
				.contains("the charset US-ASCII does not have it"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "bytes:0 | it must be bytes:<offset>:<length>, with a length of at least 1",
					"bytes:0:0 | it must be bytes:<offset>:<length>", "bytes:-1:1 | it must be bytes:<offset>:<length>",
					"json:type | it must be json: and a JSON pointer, such as json:/type",
					"wrod | there is no bean of that name (nearest: 'word')",
					"handler | that bean cannot be used as the Function",
					"ofText | that bean takes java.lang.String, but the key is found in the bytes of a frame" })
	void aDiscriminatorThatCannotBeFailsTheStart(String discriminator, String problem) {
		for (String property : List.of("socket.servers.it", "socket.clients.c")) {
			this.runner.withBean("handler", Keyed.class)
				.withPropertyValues(property + ".discriminator=" + discriminator,
						"socket.servers.it.enabled=" + property.contains("servers"))
				.withPropertyValues(property.contains("clients") ? new String[] { "socket.clients.c.port=1",
						"socket.clients.c.handler=handler", "socket.clients.c.framing=line" } : new String[0])
				.run((context) -> {
					InvalidSocketPropertyException failure = failure(context);
					assertThat(failure.description()).contains(property + ".discriminator is '" + discriminator + "'",
							problem.replace("(nearest: 'word')", ""));
					assertThat(failure.remedy()).contains("word, bytes:<offset>:<length>");
				});
		}
	}

	/** As with payloads: none of the two is the one that was meant. */
	@Test
	void severalMappersWithoutAPrimaryOneFailTheStart() {
		this.runner.withBean("handler", Keyed.class)
			.withBean("one", JsonMapper.class, () -> JsonMapper.builder().build())
			.withBean("two", JsonMapper.class, () -> JsonMapper.builder().build())
			.withPropertyValues("socket.servers.it.discriminator=json:/type")
			.run((context) -> {
				InvalidSocketPropertyException failure = failure(context);
				assertThat(failure.description()).contains("socket.servers.it.discriminator is 'json:/type'",
						"there are several mappers: mark one of the JsonMapper beans @Primary");
			});
	}

	@Test
	void whatIsNeitherErrorNorIgnoreFailsTheStart() {
		this.runner.withBean("handler", SingleKeyed.class)
			.withPropertyValues("socket.servers.it.on-unmapped=drop")
			.run((context) -> assertThat(failure(context).description()).contains("on-unmapped is 'drop'",
					"error, ignore"));
	}

	@Test
	void aDiscriminatorWithoutAnnotatedMethodsIsAWarning(CapturedOutput output) {
		UnaryOperator<String> function = UnaryOperator.identity();
		this.runner.withBean("handler", UnaryOperator.class, () -> function)
			.withPropertyValues("socket.servers.it.discriminator=word", "socket.servers.it.payload=text",
					"socket.servers.built.port=0", "socket.servers.built.handler=echo",
					"socket.servers.built.discriminator=word")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output)
					.contains("Property socket.servers.it.discriminator has no effect: the handler has no "
							+ "annotated methods", "Property socket.servers.built.discriminator has no effect");
			});
	}

	@Test
	void aSealedHierarchyThatIsNotCoveredIsAWarning(CapturedOutput output) {
		this.runner.withBean("handler", SomeShapes.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("WARN", "SomeShapes) has no @OnMessage method for " + Oval.class.getName()
					+ ", " + Dot.class.getName() + ", and no default");
		});
		this.runner.withBean("handler", NarrowDefault.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("NarrowDefault) has no @OnMessage method for " + Square.class.getName()
					+ ", and no default that takes it");
		});
		int length = output.length();
		this.runner.withBean("handler", AllShapes.class).run((context) -> assertThat(context).hasNotFailed());
		// Servers of other classes, which Spring keeps, may warn of something else.
		assertThat(output.toString().substring(length)).doesNotContain("AllShapes");
	}

	@Test
	void thereAreAtMostSoManyKeys() {
		PayloadConverter<byte[]> bytes = PayloadConverter.bytes();
		Discriminator word = Discriminators.bean("bean", (frame) -> "");
		assertThat(handler(word, bytes, 1024)).isNotNull();
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> handler(word, bytes, 1025))
			.withMessageContaining("has 1025 keys, more than 1024: method a");
	}

	private static ServerHandler handler(Discriminator discriminator, PayloadConverter<?> reader, int count) {
		List<String> keys = IntStream.range(0, count).mapToObj(String::valueOf).toList();
		return DispatchedSessions.handler("bean", (spec) -> (payload, session) -> null,
				new DispatchedMethods("bean",
						List.of(new MappedMethod("A.a", "method a", keys, false, byte[].class, () -> reader, false)),
						reader, (type) -> reader),
				new DispatchSettings(discriminator, OnUnmapped.ERROR), () -> null);
	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		@Bean
		Function<String, String> ofText() {
			return (text) -> text;
		}

	}

	static class TextAndNumber {

		@OnMessage
		void one(String line) {
		}

		@OnMessage
		void two(int number) {
		}

	}

	static class Three {

		@OnMessage("A")
		void a(String line) {
		}

		@OnMessage("A")
		void b(String line) {
		}

		@OnMessage("A")
		void c(String line) {
		}

	}

	static class SameKeys {

		@OnMessage("A")
		void one(String line) {
		}

		@OnMessage({ "B", "A" })
		void two(byte[] frame) {
		}

	}

	static class SameHexKeys {

		@OnMessage("0x4A")
		void one(String line) {
		}

		@OnMessage("0x4a")
		void two(String line) {
		}

	}

	static class TwoDefaults {

		@OnMessage(isDefault = true)
		void one(String line) {
		}

		@OnMessage(isDefault = true)
		void two(String line) {
		}

	}

	static class Keyed {

		@OnMessage("A")
		void one(String line) {
		}

		@OnMessage("B")
		void two(String line) {
		}

	}

	static class SingleKeyed {

		@OnMessage("A")
		void one(String line) {
		}

	}

	static class LongHex {

		@OnMessage("0x1ff")
		void one(String line) {
		}

	}

	static class BlankKey {

		@OnMessage("A B")
		void one(String line) {
		}

	}

	static class NoKey {

		@OnMessage("A")
		void one(String line) {
		}

		@OnMessage
		void two(String line) {
		}

	}

	static class SameTypes {

		@OnMessage
		void one(String line) {
		}

		@OnMessage
		void two(String line, SocketSession session) {
		}

	}

	static class NothingInCommon {

		@OnMessage
		void one(String line) {
		}

		@OnMessage
		void two(byte[] frame) {
		}

	}

	static class OtherDefault {

		@OnMessage
		void one(Integer number) {
		}

		@OnMessage(isDefault = true)
		void two(String line) {
		}

	}

	static class NothingTaken {

		@OnMessage
		void one(String line) {
		}

		@OnMessage
		void two(SocketMessage message) {
		}

	}

	static class Umlaut {

		@OnMessage("Ä")
		void one(String line) {
		}

	}

	sealed interface Shape {

	}

	record Circle() implements Shape {

	}

	sealed interface Round extends Shape {

	}

	record Oval() implements Round {

	}

	record Dot() implements Round {

	}

	static class SomeShapes {

		@OnMessage
		void circle(Circle circle) {
		}

		@OnMessage
		void square(Square square) {
		}

	}

	record Square() implements Shape {

	}

	static class NarrowDefault {

		@OnMessage
		void circle(Circle circle) {
		}

		@OnMessage(isDefault = true)
		void round(Round round) {
		}

	}

	static class AllShapes extends SomeShapes {

		@OnMessage
		void round(Round round) {
		}

	}

}
