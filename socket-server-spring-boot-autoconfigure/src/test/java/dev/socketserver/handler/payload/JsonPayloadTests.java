package dev.socketserver.handler.payload;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.payload.PayloadHandlers.Purchase;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/** Payloads that are JSON, over sockets. */
class JsonPayloadTests {

	@Test
	void recordsAreJsonByTheApplicationsMapper() {
		PayloadHandlers.handler("orders").withBean(JsonMapper.class, JsonPayloadTests::snakeCase).run((context) -> {
			assertThat(framing(context)).isEqualTo(Framing.line());
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("{\"article_number\":\"A1\",\"amount\":3}"))
					.isEqualTo("{\"article_number\":\"A1\",\"total_price\":6}");
			}
		});
	}

	@Test
	void recordsAreJsonByDefaultsWhereThereIsNoMapper() {
		PayloadHandlers.handler("orders").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("{\"articleNumber\":\"A1\",\"amount\":3}"))
					.isEqualTo("{\"articleNumber\":\"A1\",\"totalPrice\":6}");
			}
		});
	}

	@Test
	void mappersOfOtherFormatsAreNotAsked() {
		PayloadHandlers.handler("orders")
			.withBean("plain", ObjectMapper.class, ObjectMapper::new)
			.withBean("cbor", ObjectMapper.class, () -> new ObjectMapper(new Cbor()))
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context)) {
					assertThat(peer.ask("{\"articleNumber\":\"A1\",\"amount\":3}")).startsWith("{\"articleNumber\"");
				}
			});
	}

	@Test
	void severalMappersAreNoneUnlessNobodyAsks() {
		ApplicationContextRunner several = PayloadHandlers.runner
			.withBean("one", JsonMapper.class, JsonPayloadTests::snakeCase)
			.withBean("other", JsonMapper.class, JsonPayloadTests::snakeCase);
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
		PayloadHandlers.handler("totals").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
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
		PayloadHandlers.handler(handler).run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask(sent)).isEqualTo(reply);
			}
		});
	}

	@Test
	void whatIsNoJsonClosesTheSession() {
		PayloadHandlers.handler("orders").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
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
		PayloadHandlers.handler("upper").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("\"a \\\"word\\\"\"")).isEqualTo("\"A \\\"WORD\\\"\"");
			}
		});
	}

	@Test
	void explicitJsonDoesNotApplyToBytes() {
		PayloadHandlers.handler("texts").withPropertyValues("socket.servers.it.payload=json").run((context) -> {
			try (TestPeer peer = PayloadHandlers.peer(context)) {
				assertThat(peer.ask("\"text\"")).isEqualTo("text");
				assertThat(peer.ask("\"buffer\"")).isEqualTo("buffer");
			}
		});
	}

	@Test
	void explicitJsonOverrulesConverters() {
		PayloadHandlers.converters
			.withPropertyValues("socket.servers.it.handler=warmer", "socket.servers.it.payload=json",
					"socket.servers.other.port=0", "socket.servers.other.handler=warmer",
					"socket.servers.other.framing=line")
			.run((context) -> {
				try (TestPeer peer = PayloadHandlers.peer(context);
						TestPeer other = TestPeer.connect(context, "other")) {
					assertThat(peer.ask("{\"degrees\":20}")).isEqualTo("{\"degrees\":21}");
					assertThat(other.ask("20C")).isEqualTo("21C");
				}
			});
	}

	private static JsonMapper snakeCase() {
		return JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
			.enable(SerializationFeature.INDENT_OUTPUT)
			.build();
	}

	private static Framing framing(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).get("it").spec().framing();
	}

	static class Cbor extends JsonFactory {

		private static final long serialVersionUID = 1L;

		@Override
		public String getFormatName() {
			return "CBOR";
		}

	}

}
