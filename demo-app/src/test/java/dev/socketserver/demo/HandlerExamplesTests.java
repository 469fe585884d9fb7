package dev.socketserver.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The handlers that the documentation shows and that are not part of the demo; without
 * the demo's configuration.
 */
@Tag("virtual-threads")
@SocketServerTest(classes = HandlerExamplesTests.Handlers.class,
		properties = { "spring.config.name=none", "socket.servers.orders.port=0", "socket.servers.orders.args=EUR",
				"socket.servers.parrot.port=0", "socket.servers.thermometer.port=0",
				"socket.servers.thermometer.framing=line", "socket.servers.store.port=0",
				"socket.servers.store.framing.type=line", "socket.servers.store.framing.switchable=true" })
class HandlerExamplesTests {

	@SocketConnection("orders")
	private SocketTestClient orders;

	@SocketConnection("parrot")
	private SocketTestClient parrot;

	@SocketConnection("thermometer")
	private SocketTestClient thermometer;

	@SocketConnection("store")
	private SocketTestClient store;

	@Test
	void ordersAreTakenAndRefused() {
		this.orders.expect("Prices are in EUR");
		assertThat(this.orders.ask("{\"article\":\"tea\",\"amount\":2}"))
			.isEqualTo("{\"article\":\"tea\",\"price\":6}");
		assertThat(this.orders.ask("{\"article\":\"tea\",\"amount\":-2}")).isEqualTo("tea refused: amount is -2");
		assertThat(this.orders.ask("two teas, please")).isEqualTo("that is not an order");
		assertThat(this.orders.ask("{\"article\":\"tea\",\"amount\":1}"))
			.isEqualTo("{\"article\":\"tea\",\"price\":3}");
	}

	@Test
	void theParrotSaysGoodbye() {
		this.parrot.send("hello").expect("hello").endOutput();
		this.parrot.expect("goodbye").expectClosed();
	}

	@Test
	void theThermometerReadsWhatItsConverterReads() {
		assertThat(this.thermometer.ask("20 C")).isEqualTo("21 C");
		this.thermometer.send("hot").expectClosed();
	}

	@Test
	void theStoreReadsAsManyBytesAsALineHasAnnounced() {
		this.store.sendRaw("5\na\nb\nc3\nxyz").expectBytes("send 5\nstored 5\nsend 3\nstored 3\n");
	}

	record Order(String article, int amount) {

	}

	record Receipt(String article, int price) {

	}

	@SocketHandler("orders")
	static class Orders {

		@OnOpen
		String greet(List<String> args) {
			return "Prices are in " + args.get(0);
		}

		@OnMessage
		Receipt place(Order order, SocketSession session) {
			if (order.amount() < 1) {
				throw new IllegalArgumentException("amount is " + order.amount());
			}
			session.attributes().put("last", order.article());
			return new Receipt(order.article(), 3 * order.amount());
		}

		@OnError
		String refuse(IllegalArgumentException failure, Order order) {
			return order.article() + " refused: " + failure.getMessage();
		}

		@OnError
		String unreadable(IOException failure) {
			return "that is not an order";
		}

		@OnClose
		void closed(SocketSession session, CloseStatus status) {
			session.attributes().clear();
		}

		@SessionDetails
		Map<String, ?> details(SocketSession session) {
			return Map.of("lastOrder", session.attributes().getOrDefault("last", "none"));
		}

	}

	record Temperature(int degrees) {

	}

	static class TemperatureConverter implements PayloadConverter<Temperature> {

		@Override
		public Class<Temperature> type() {
			return Temperature.class;
		}

		@Override
		public Temperature read(byte[] source, int offset, int length) {
			String text = new String(source, offset, length, StandardCharsets.US_ASCII);
			return new Temperature(Integer.parseInt(text.replace(" C", "")));
		}

		@Override
		public byte[] write(Temperature payload) {
			return (payload.degrees() + " C").getBytes(StandardCharsets.US_ASCII);
		}

	}

	@SocketHandler("store")
	static class Store {

		@OnMessage
		String store(String text, SocketSession session) {
			if (session.attributes().remove("announced") != null) {
				session.framing(Framing.line());
				return "stored " + text.length();
			}
			session.attributes().put("announced", true);
			session.framing(new Announced(Integer.parseInt(text)));
			return "send " + text;
		}

	}

	/** So many bytes are read, and lines are written. */
	record Announced(int size) implements Framing {

		@Override
		public String type() {
			return "announced";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return Framing.fixed(this.size).decoder(maxFrameBytes);
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			Framing.line().encode(payload, out);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Orders.class, Store.class, TemperatureConverter.class })
	static class Handlers {

		@Bean
		@SocketHandler("parrot")
		ConversationHandler<String, String> parrot() {
			return (conversation) -> {
				for (String line = conversation.receive(); line != null; line = conversation.receive()) {
					conversation.send(line);
				}
				conversation.send("goodbye");
			};
		}

		@Bean
		@SocketHandler("thermometer")
		UnaryOperator<Temperature> warmer() {
			return (temperature) -> new Temperature(temperature.degrees() + 1);
		}

	}

}
