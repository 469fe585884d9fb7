package dev.socketserver.handler.payload;

import java.util.function.Consumer;

import dev.socketserver.CloseReason;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.payload.PayloadHandlers.Handlers;
import dev.socketserver.handler.payload.PayloadHandlers.Purchase;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/** What frames become for handlers that are beans, and what replies become. */
class PayloadTests {

	@Test
	void explicitPayloadFillsInWhatIsNotDeclared() {
		PayloadHandlers.handler("untyped").withPropertyValues("socket.servers.it.payload=text").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("String");
			}
		});
		PayloadHandlers.handler("untyped")
			.withPropertyValues("socket.servers.it.payload=bytes", "socket.servers.it.framing=line")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("a")).isEqualTo("byte[]");
				}
			});
		PayloadHandlers.handler("untyped").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("{}")).isEqualTo("\"LinkedHashMap\"");
			}
		});
		PayloadHandlers.handler("buffers")
			.withPropertyValues("socket.servers.it.payload=bytes", "socket.servers.it.framing=line")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void charsetIsThatOfBothDirections() {
		PayloadHandlers.handler("lengths")
			.withPropertyValues("socket.server-defaults.charset=ISO-8859-1")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("\u00e4")).isEqualTo("2 \u00e4");
				}
			});
	}

	@Test
	void textOfOtherClassesIsText() {
		PayloadHandlers.handler("builders").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("a built");
			}
		});
	}

	@Test
	void convertersReadAndWriteTheirTypes() {
		PayloadHandlers.converters
			.withPropertyValues("socket.servers.it.handler=warmer", "socket.servers.it.framing=line")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("20C")).isEqualTo("21C");
					assertThat(peer.send("hot\n").read()).isNull();
				}
				assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.DECODE_ERROR);
			});
	}

	@Test
	void converterOfASubtypeReads() {
		PayloadHandlers.converters
			.withPropertyValues("socket.servers.it.handler=readings", "socket.servers.it.framing=line")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("20C")).isEqualTo("Temperature");
				}
			});
	}

	@Test
	void converterOfTextComesBeforeText() {
		PayloadHandlers.runner.withBean(Rot.class)
			.withPropertyValues("socket.servers.it.handler=upper")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("b")).isEqualTo("B");
					assertThat(context.getBean(Rot.class).calls).isEqualTo("read b write A ");
				}
			});
	}

	@Test
	void binaryConverterNeedsAFraming() {
		PayloadHandlers.converters.withPropertyValues("socket.servers.it.handler=warmer")
			.run((context) -> assertThat(failure(context).property()).isEqualTo("socket.servers.it.framing"));
	}

	@Test
	void protobufMessagesAreReadAndWritten() {
		PayloadHandlers.handler("protobuf")
			.withPropertyValues("socket.servers.it.framing=length-field")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.send("\0\0\0\4\12\2hi").end()).isEqualTo("\0\0\0\5\12\3hi!");
				}
				assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.PEER_CLOSED);
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.send("\0\0\0\4\12\7hi").read()).isNull();
				}
				assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.DECODE_ERROR);
			});
	}

	@Test
	void protobufNeedsAFraming() {
		PayloadHandlers.handler("protobuf").run((context) -> {
			assertThat(failure(context).property()).isEqualTo("socket.servers.it.framing");
			assertThat(failure(context).description()).contains("it is required");
		});
	}

	@Test
	void withoutProtobufNothingElseChanges() {
		PayloadHandlers.handler("orders")
			.withClassLoader(new FilteredClassLoader("com.google.protobuf"))
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("{\"articleNumber\":\"A1\",\"amount\":3}")).contains("A1");
				}
			});
	}

	@Test
	void withoutJacksonTextAndBytesRemain() {
		ApplicationContextRunner without = PayloadHandlers.runner
			.withClassLoader(new FilteredClassLoader("tools.jackson"));
		without.withPropertyValues("socket.servers.it.handler=upper").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
		});
		without.withPropertyValues("socket.servers.it.handler=orders").run((context) -> {
			assertThat(failure(context).description()).contains("bean 'orders' (method " + Handlers.class.getName()
					+ ".orders()) reads " + Purchase.class.getName() + ", for which there is no converter");
			assertThat(failure(context).remedy()).contains("add Jackson, for example spring-boot-starter-jackson");
		});
		without.withPropertyValues("socket.servers.it.handler=upper", "socket.servers.it.payload=json")
			.run((context) -> {
				assertThat(failure(context).property()).isEqualTo("socket.servers.it.payload");
				assertThat(failure(context).description()).contains("cannot read JSON, since there is no mapper");
				assertThat(failure(context).remedy())
					.isEqualTo("Add Jackson, for example spring-boot-starter-jackson.");
			});
	}

	@ParameterizedTest
	@CsvSource({ "orders, text, Purchase", "orders, bytes, Purchase", "bytes, json, byte[]",
			"buffers, json, ByteBuffer", "bytes, text, byte[]", "upper, bytes, String", "protobuf, json, StringValue" })
	void contradictionsFailTheStart(String handler, String payload, String type) {
		PayloadHandlers.handler(handler)
			.withPropertyValues("socket.server-defaults.payload=" + payload)
			.run((context) -> {
				assertThat(failure(context).description())
					.startsWith(
							"Property socket.server-defaults.payload is '" + payload + "': server 'it' has no usable")
					.contains(
							"bean '" + handler + "' (method " + Handlers.class.getName() + "." + handler + "()) reads ")
					.containsPattern(type.replace("[", "\\[") + ", which (text|bytes|JSON) does not become");
			});
	}

	@Test
	void handlersOfRawBytesHaveNoPayload() {
		PayloadHandlers.handler("meter").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			assertThat(failure(context).description())
				.isEqualTo("Property socket.servers.it.payload is 'json': the handler of server 'it' reads bytes.");
			assertThat(failure(context).remedy()).isEqualTo("Remove the property.");
		});
		PayloadHandlers.handler("meter").withPropertyValues("socket.server-defaults.payload=json").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("1234")).isEqualTo("5 bytes");
			}
		});
	}

	@Test
	void typesThatAreNotKnownFailTheStart() {
		PayloadHandlers.handler("untyped").run((context) -> {
			assertThat(failure(context).description()).contains("bean 'untyped' (method " + Handlers.class.getName()
					+ ".untyped()) does not declare what it reads");
			assertThat(failure(context).remedy()).contains("Declare the types")
				.contains("payload property to text, bytes or json");
		});
		PayloadHandlers.runner.withBean("lambda", Consumer.class, () -> (Consumer<String>) (text) -> {
		})
			.withPropertyValues("socket.servers.it.handler=lambda")
			.run((context) -> assertThat(failure(context).description()).contains("bean 'lambda' (class ",
					"does not declare what it reads"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "maybe", "maybeLater", "maybeReactive", "maybeUndeclared", "maybeUndeclaredLater",
			"maybeAnnotated" })
	void anOptionalIsItsValueOrNoReply(String handler) {
		PayloadHandlers.handler(handler).run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.send("a\n\nb\n").end()).isEqualTo("A\nB\n");
			}
		});
	}

	@Test
	void anOptionalOfWhatComesLaterIsRefused() {
		PayloadHandlers.handler("maybeMono")
			.run((context) -> assertThat(failure(context).description())
				.contains("replies with reactor.core.publisher.Mono, which cannot be sent"));
	}

	static class Rot implements PayloadConverter<String> {

		String calls = "";

		@Override
		public Class<String> type() {
			return String.class;
		}

		@Override
		public boolean text() {
			return true;
		}

		@Override
		public String read(byte[] source, int offset, int length) {
			this.calls += "read " + (char) source[offset] + " ";
			return "a";
		}

		@Override
		public byte[] write(String payload) {
			this.calls += "write " + payload + " ";
			return new byte[] { (byte) (payload.charAt(0) + 1) };
		}

	}

}
