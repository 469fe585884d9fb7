package dev.socketserver.handler.payload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import com.google.protobuf.StringValue;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/** What frames become for handlers that are beans, and what replies become. */
@Timeout(60)
class PayloadTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.it.port=0");

	private final ApplicationContextRunner converters = this.runner.withUserConfiguration(Converters.class);

	@Test
	void recordsAreJsonByTheApplicationsMapper() {
		handler("orders").withBean(JsonMapper.class, PayloadTests::snakeCase).run((context) -> {
			assertThat(framing(context)).isEqualTo(Framing.line());
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("{\"article_number\":\"A1\",\"amount\":3}"))
					.isEqualTo("{\"article_number\":\"A1\",\"total_price\":6}");
			}
		});
	}

	@Test
	void recordsAreJsonByDefaultsWhereThereIsNoMapper() {
		handler("orders").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("{\"articleNumber\":\"A1\",\"amount\":3}"))
					.isEqualTo("{\"articleNumber\":\"A1\",\"totalPrice\":6}");
			}
		});
	}

	@Test
	void mappersOfOtherFormatsAreNotAsked() {
		handler("orders").withBean("plain", ObjectMapper.class, ObjectMapper::new)
			.withBean("cbor", ObjectMapper.class, () -> new ObjectMapper(new Cbor()))
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.ask("{\"articleNumber\":\"A1\",\"amount\":3}")).startsWith("{\"articleNumber\"");
				}
			});
	}

	@Test
	void severalMappersAreNoneUnlessNobodyAsks() {
		ApplicationContextRunner several = this.runner.withBean("one", JsonMapper.class, PayloadTests::snakeCase)
			.withBean("other", JsonMapper.class, PayloadTests::snakeCase);
		several.withPropertyValues("socket.servers.it.handler=orders").run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.property()).isEqualTo("socket.servers.it.handler");
			assertThat(failure.remedy()).contains("mark one of the JsonMapper beans @Primary");
		});
		several.withPropertyValues("socket.servers.it.handler=upper")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void genericsOfTheDeclaredTypeAreHonoured() {
		handler("totals").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("[{\"articleNumber\":\"A\",\"amount\":3},{\"articleNumber\":\"B\",\"amount\":4}]"))
					.isEqualTo("{\"A\":3,\"B\":4}");
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			lists    | [["1"],["2"]] | 12
			arrays   | [{"articleNumber":"A","amount":3}] | A
			wild     | {"a":{"articleNumber":"A","amount":3}} | A
			same     | [{"degrees":1},{"degrees":2}] | [{"degrees":2}]
			recursive | {"name":"n"} | n
			""")
	void genericsOfAllKindsAreHonoured(String handler, String sent, String reply) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask(sent)).isEqualTo(reply);
			}
		});
	}

	@Test
	void whatIsNoJsonClosesTheSession() {
		handler("orders").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("order me something\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
			assertThat(status.cause()).isInstanceOf(PayloadException.class).hasCauseInstanceOf(JacksonException.class);
			assertThat(status.detail()).contains(Purchase.class.getName()).doesNotContain("something");
		});
	}

	@Test
	void explicitJsonAppliesToTextToo() {
		handler("upper").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("\"a \\\"word\\\"\"")).isEqualTo("\"A \\\"WORD\\\"\"");
			}
		});
	}

	@Test
	void explicitJsonDoesNotApplyToBytes() {
		handler("texts").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("\"text\"")).isEqualTo("text");
				assertThat(peer.ask("\"buffer\"")).isEqualTo("buffer");
			}
		});
	}

	@Test
	void explicitJsonOverrulesConverters() {
		this.converters
			.withPropertyValues("socket.servers.it.handler=warmer", "socket.servers.it.payload=json",
					"socket.servers.other.port=0", "socket.servers.other.handler=warmer",
					"socket.servers.other.framing=line")
			.run((context) -> {
				try (TestPeer peer = peer(context); TestPeer other = TestPeer.connect(context, "other")) {
					assertThat(peer.ask("{\"degrees\":20}")).isEqualTo("{\"degrees\":21}");
					assertThat(other.ask("20C")).isEqualTo("21C");
				}
			});
	}

	@Test
	void explicitPayloadFillsInWhatIsNotDeclared() {
		handler("untyped").withPropertyValues("socket.servers.it.payload=text").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("String");
			}
		});
		handler("untyped").withPropertyValues("socket.servers.it.payload=bytes", "socket.servers.it.framing=line")
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.ask("a")).isEqualTo("byte[]");
				}
			});
		handler("untyped").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("{}")).isEqualTo("\"LinkedHashMap\"");
			}
		});
		handler("buffers").withPropertyValues("socket.servers.it.payload=bytes", "socket.servers.it.framing=line")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void charsetIsThatOfBothDirections() {
		handler("lengths").withPropertyValues("socket.server-defaults.charset=ISO-8859-1").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("\u00e4")).isEqualTo("2 \u00e4");
			}
		});
	}

	@Test
	void textOfOtherClassesIsText() {
		handler("builders").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("a")).isEqualTo("a built");
			}
		});
	}

	@Test
	void convertersReadAndWriteTheirTypes() {
		this.converters.withPropertyValues("socket.servers.it.handler=warmer", "socket.servers.it.framing=line")
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.ask("20C")).isEqualTo("21C");
					assertThat(peer.send("hot\n").read()).isNull();
				}
				assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.DECODE_ERROR);
			});
	}

	@Test
	void converterOfASubtypeReads() {
		this.converters.withPropertyValues("socket.servers.it.handler=readings", "socket.servers.it.framing=line")
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.ask("20C")).isEqualTo("Temperature");
				}
			});
	}

	@Test
	void converterOfTextComesBeforeText() {
		this.runner.withBean(Rot.class).withPropertyValues("socket.servers.it.handler=upper").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("b")).isEqualTo("B");
				assertThat(context.getBean(Rot.class).calls).isEqualTo("read b write A ");
			}
		});
	}

	@Test
	void binaryConverterNeedsAFraming() {
		this.converters.withPropertyValues("socket.servers.it.handler=warmer")
			.run((context) -> assertThat(failure(context).property()).isEqualTo("socket.servers.it.framing"));
	}

	@Test
	void protobufMessagesAreReadAndWritten() {
		handler("protobuf").withPropertyValues("socket.servers.it.framing=length-field").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("\0\0\0\4\12\2hi").end()).isEqualTo("\0\0\0\5\12\3hi!");
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("\0\0\0\4\12\7hi").read()).isNull();
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.DECODE_ERROR);
		});
	}

	@Test
	void protobufNeedsAFraming() {
		handler("protobuf").run((context) -> {
			assertThat(failure(context).property()).isEqualTo("socket.servers.it.framing");
			assertThat(failure(context).description()).contains("it is required");
		});
	}

	@Test
	void withoutProtobufNothingElseChanges() {
		handler("orders").withClassLoader(new FilteredClassLoader("com.google.protobuf")).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("{\"articleNumber\":\"A1\",\"amount\":3}")).contains("A1");
			}
		});
	}

	@Test
	void withoutJacksonTextAndBytesRemain() {
		ApplicationContextRunner without = this.runner.withClassLoader(new FilteredClassLoader("tools.jackson"));
		without.withPropertyValues("socket.servers.it.handler=upper").run((context) -> {
			try (TestPeer peer = peer(context)) {
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
		handler(handler).withPropertyValues("socket.server-defaults.payload=" + payload).run((context) -> {
			assertThat(failure(context).description())
				.startsWith("Property socket.server-defaults.payload is '" + payload + "': server 'it' has no usable")
				.contains("bean '" + handler + "' (method " + Handlers.class.getName() + "." + handler + "()) reads ")
				.containsPattern(type.replace("[", "\\[") + ", which (text|bytes|JSON) does not become");
		});
	}

	@Test
	void handlersOfRawBytesHaveNoPayload() {
		handler("meter").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			assertThat(failure(context).description())
				.isEqualTo("Property socket.servers.it.payload is 'json': the handler of server 'it' reads bytes.");
			assertThat(failure(context).remedy()).isEqualTo("Remove the property.");
		});
		handler("meter").withPropertyValues("socket.server-defaults.payload=json").run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.ask("1234")).isEqualTo("5 bytes");
			}
		});
	}

	@Test
	void typesThatAreNotKnownFailTheStart() {
		handler("untyped").run((context) -> {
			assertThat(failure(context).description()).contains("bean 'untyped' (method " + Handlers.class.getName()
					+ ".untyped()) does not declare what it reads");
			assertThat(failure(context).remedy()).contains("Declare the types")
				.contains("payload property to text, bytes or json");
		});
		this.runner.withBean("lambda", Consumer.class, () -> (Consumer<String>) (text) -> {
		})
			.withPropertyValues("socket.servers.it.handler=lambda")
			.run((context) -> assertThat(failure(context).description()).contains("bean 'lambda' (class ",
					"does not declare what it reads"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "maybe", "maybeLater", "maybeReactive", "maybeUndeclared", "maybeUndeclaredLater",
			"maybeAnnotated" })
	void anOptionalIsItsValueOrNoReply(String handler) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("a\n\nb\n").end()).isEqualTo("A\nB\n");
			}
		});
	}

	@Test
	void anOptionalOfWhatComesLaterIsRefused() {
		handler("maybeMono").run((context) -> assertThat(failure(context).description())
			.contains("replies with reactor.core.publisher.Mono, which cannot be sent"));
	}

	private ApplicationContextRunner handler(String bean) {
		return this.runner.withPropertyValues("socket.servers.it.handler=" + bean);
	}

	private static JsonMapper snakeCase() {
		return JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
			.enable(SerializationFeature.INDENT_OUTPUT)
			.build();
	}

	private static TestPeer peer(AssertableApplicationContext context) throws Exception {
		return TestPeer.connect(context.getBean(SocketServers.class).server("it").orElseThrow().localAddress());
	}

	private static Framing framing(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).server("it").orElseThrow().spec().framing();
	}

	record Purchase(String articleNumber, int amount) {

	}

	record Receipt(String articleNumber, int totalPrice) {

	}

	record Node<T extends Node<T>>(String name, T next) {

	}

	interface Reading {

	}

	record Temperature(int degrees) implements Reading {

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Function<String, Optional<String>> maybe() {
			return Handlers::ofText;
		}

		@Bean
		Function<String, CompletableFuture<Optional<String>>> maybeLater() {
			return (text) -> CompletableFuture.completedFuture(ofText(text));
		}

		@Bean
		Function<String, Mono<Optional<String>>> maybeReactive() {
			return (text) -> Mono.just(ofText(text));
		}

		@Bean
		Function<String, Object> maybeUndeclared() {
			return Handlers::ofText;
		}

		@Bean
		Function<String, Object> maybeUndeclaredLater() {
			return (text) -> Mono.just(ofText(text));
		}

		@Bean
		Maybe maybeAnnotated() {
			return new Maybe();
		}

		@Bean
		Function<String, Optional<Mono<String>>> maybeMono() {
			return (text) -> Optional.empty();
		}

		private static Optional<String> ofText(String text) {
			return Optional.of(text.toUpperCase(Locale.ROOT)).filter((upper) -> !upper.isEmpty());
		}

		@Bean
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		Function<Purchase, Receipt> orders() {
			return (order) -> new Receipt(order.articleNumber(), 2 * order.amount());
		}

		@Bean
		Function<List<Purchase>, Map<String, Integer>> totals() {
			return (orders) -> {
				Map<String, Integer> totals = new TreeMap<>();
				orders.forEach((order) -> totals.put(order.articleNumber(), order.amount()));
				return totals;
			};
		}

		@Bean
		Function<List<List<Integer>>, Integer> lists() {
			return (lists) -> 10 * lists.get(0).get(0) + lists.get(1).get(0);
		}

		@Bean
		Function<Purchase[], String> arrays() {
			return (orders) -> orders[0].articleNumber();
		}

		@Bean
		Function<Map<String, ? extends Purchase>, String> wild() {
			return (orders) -> orders.get("a").articleNumber();
		}

		@Bean
		UnaryOperator<Collection<Temperature>> same() {
			return (all) -> Set.of(all.stream().reduce((one, other) -> other).orElseThrow());
		}

		@Bean
		@SuppressWarnings("rawtypes")
		Function<Node, String> recursive() {
			return Node::name;
		}

		@Bean
		Function<String, Object> texts() {
			return (text) -> text.equals("text") ? text.getBytes(StandardCharsets.UTF_8)
					: ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
		}

		@Bean
		Function<?, ?> untyped() {
			return (input) -> input.getClass().getSimpleName();
		}

		@Bean
		Consumer<byte[]> bytes() {
			return (bytes) -> {
			};
		}

		@Bean
		Function<ByteBuffer, ByteBuffer> buffers() {
			return (buffer) -> buffer;
		}

		@Bean
		Function<CharSequence, String> lengths() {
			return (text) -> text.length() + " \u00c3\u00a4";
		}

		@Bean
		Function<String, CharSequence> builders() {
			return (text) -> new StringBuilder(text).append(" built");
		}

		@Bean
		UnaryOperator<Temperature> warmer() {
			return (temperature) -> new Temperature(temperature.degrees() + 1);
		}

		@Bean
		Function<Reading, String> readings() {
			return (reading) -> reading.getClass().getSimpleName();
		}

		@Bean
		UnaryOperator<StringValue> protobuf() {
			return (value) -> StringValue.of(value.getValue() + "!");
		}

		@Bean
		ConnectionHandler<Void> meter() {
			return (state, data, session) -> {
				session.send(data.remaining() + " bytes\n", (failure) -> {
				});
				data.position(data.limit());
				return null;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Converters {

		@Bean
		TemperatureConverter temperatures() {
			return new TemperatureConverter();
		}

		@Bean
		@Order(0)
		PayloadConverter<StringBuffer> unrelated() {
			return new PayloadConverter<>() {

				@Override
				public Class<StringBuffer> type() {
					return StringBuffer.class;
				}

				@Override
				public StringBuffer read(byte[] source, int offset, int length) {
					throw new IllegalStateException("Nobody reads this");
				}

				@Override
				public byte[] write(StringBuffer payload) {
					throw new IllegalStateException("Nobody writes this");
				}

			};
		}

	}

	static class Cbor extends JsonFactory {

		private static final long serialVersionUID = 1L;

		@Override
		public String getFormatName() {
			return "CBOR";
		}

	}

	static class TemperatureConverter implements PayloadConverter<Temperature> {

		@Override
		public Class<Temperature> type() {
			return Temperature.class;
		}

		@Override
		public Temperature read(byte[] source, int offset, int length) {
			String text = new String(source, offset, length, StandardCharsets.UTF_8);
			return new Temperature(Integer.parseInt(text.replace("C", "")));
		}

		@Override
		public byte[] write(Temperature payload) {
			return (payload.degrees() + "C").getBytes(StandardCharsets.UTF_8);
		}

	}

	static class Maybe {

		@OnOpen
		Optional<String> opened() {
			return Optional.empty();
		}

		@OnMessage
		Optional<String> on(String text) {
			return Handlers.ofText(text);
		}

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
