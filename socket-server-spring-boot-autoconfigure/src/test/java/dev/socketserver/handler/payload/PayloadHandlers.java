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
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.peer.Closings;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;

/**
 * Handlers of payloads of many types.
 */
final class PayloadHandlers {

	private PayloadHandlers() {
	}

	static final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.it.port=0");

	static final ApplicationContextRunner converters = runner.withUserConfiguration(Converters.class);

	static ApplicationContextRunner handler(String bean) {
		return runner.withPropertyValues("socket.servers.it.handler=" + bean);
	}

	static TestPeer peer(AssertableApplicationContext context) throws Exception {
		return TestPeer.connect(context.getBean(SocketServers.class).get("it").localAddress());
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
		PayloadConverter<Temperature> temperatures() {
			return new Texts<>(Temperature.class, (text) -> new Temperature(Integer.parseInt(text.replace("C", ""))),
					(temperature) -> temperature.degrees() + "C");
		}

		@Bean
		@Order(0)
		PayloadConverter<StringBuffer> unrelated() {
			return new Texts<>(StringBuffer.class, (text) -> {
				throw new IllegalStateException("Nobody reads this");
			}, (payload) -> {
				throw new IllegalStateException("Nobody writes this");
			});
		}

	}

	/** Payloads that are texts for their peers. */
	private record Texts<T>(Class<T> type, Function<String, T> reader,
			Function<T, String> writer) implements PayloadConverter<T> {

		@Override
		public T read(byte[] source, int offset, int length) {
			return this.reader.apply(new String(source, offset, length, StandardCharsets.UTF_8));
		}

		@Override
		public byte[] write(T payload) {
			return this.writer.apply(payload).getBytes(StandardCharsets.UTF_8);
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

}
