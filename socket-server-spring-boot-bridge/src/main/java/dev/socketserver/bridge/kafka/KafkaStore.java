package dev.socketserver.bridge.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageHeaders;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.bridge.NotStoredException;
import dev.socketserver.bridge.Stored;
import dev.socketserver.bridge.session.BridgeStore;
import dev.socketserver.bridge.session.Turn;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Stores messages as records of a topic. One thread gives them to the producer, in their
 * order, since that may block while the brokers are away. A message is stored when all
 * replicas that are in sync have it.
 */
public final class KafkaStore implements BridgeStore, AutoCloseable {

	private static final int CLOSE_SECONDS = 5;

	private final String topic;

	private final DefaultKafkaProducerFactory<String, byte[]> producers;

	private final KafkaTemplate<String, byte[]> template;

	private final ExecutorService sender;

	/**
	 * Creates a store.
	 * @param topic the topic
	 * @param configuration what the application says about its producers
	 * @param timeout after which the bridge gives an attempt up
	 * @throws RuntimeException if a producer cannot be made of it
	 */
	public KafkaStore(String topic, Map<String, Object> configuration, Duration timeout) {
		this.topic = topic;
		this.producers = new DefaultKafkaProducerFactory<>(adapted(configuration, timeout), new StringSerializer(),
				new ByteArraySerializer());
		this.producers.setPhysicalCloseTimeout(CLOSE_SECONDS);
		this.template = new KafkaTemplate<>(this.producers);
		// What is wrong with the configuration is found now.
		this.producers.createProducer().close();
		this.sender = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task, "socket-bridge-kafka-" + topic);
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Has an attempt end about when the bridge gives it up, unless the application says
	 * when: later it would only make a second record.
	 */
	private static Map<String, Object> adapted(Map<String, Object> configuration, Duration timeout) {
		Map<String, Object> adapted = new HashMap<>(configuration);
		adapted.put(ProducerConfig.ACKS_CONFIG, "all");
		adapted.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
		int millis = (int) Math.min(Integer.MAX_VALUE / 2, timeout.toMillis());
		if (!configuration.containsKey(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
				&& !configuration.containsKey(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
				&& !configuration.containsKey(ProducerConfig.LINGER_MS_CONFIG)) {
			adapted.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, millis / 2));
			adapted.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.max(10, millis));
			adapted.put(ProducerConfig.LINGER_MS_CONFIG, 0);
		}
		adapted.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
		return adapted;
	}

	@Override
	public boolean keepsOrder() {
		return true;
	}

	@Override
	public CompletionStage<?> store(InboundMessage message, Turn turn) {
		CompletableFuture<Stored> result = new CompletableFuture<>();
		this.sender.execute(() -> send(message, turn, result));
		return result;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the result has what becomes of it
	private void send(InboundMessage message, Turn turn, CompletableFuture<Stored> result) {
		if (turn.isOver()) {
			result.completeExceptionally(new NotStoredException("A message before it was not stored", null));
			return;
		}
		ProducerRecord<String, byte[]> record = new ProducerRecord<>(this.topic, message.key(), message.payload());
		MessageHeaders.of(message)
			.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
		try {
			this.template.send(record).whenComplete((sent, failure) -> {
				if (failure == null) {
					RecordMetadata stored = sent.getRecordMetadata();
					result.complete(new Stored(message.id(), false, stored.toString()));
				}
				else {
					failed(failure, turn, result);
				}
			});
		}
		catch (Throwable ex) {
			failed(ex, turn, result);
		}
	}

	private static void failed(Throwable failure, Turn turn, CompletableFuture<Stored> result) {
		for (@Nullable
		Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException) {
				result.completeExceptionally(new MessageRejectedException("The message is too large for Kafka", cause));
				return;
			}
		}
		turn.end();
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		result.completeExceptionally(cause);
	}

	@Override
	public void close() {
		this.sender.shutdownNow();
		this.producers.destroy();
	}

}
