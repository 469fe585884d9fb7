package dev.socketserver.bridge.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.bridge.kafka.KafkaStore;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.util.StringUtils;

/**
 * Makes the stores of topics, one for each timeout, with the application's settings of
 * producers. Loaded only where a server stores messages there.
 */
final class KafkaStores implements AutoCloseable {

	private static final Set<String> ALL = Set.of("all", "-1");

	private final BeanFactory beans;

	private final Map<Attempts, KafkaStore> stores = new LinkedHashMap<>();

	KafkaStores(BeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Returns the store of a topic.
	 * @param server a server that stores messages there
	 * @param topic the topic
	 * @param timeout after which an attempt is given up
	 * @throws InvalidSocketPropertyException if the settings would lose messages
	 */
	KafkaStore store(BlockServer server, String topic, Duration timeout) {
		if (topic.isBlank()) {
			throw server.invalid("bridge.to", "it names no topic", "Write kafka: and the name of a topic");
		}
		return this.stores.computeIfAbsent(new Attempts(topic, timeout), (attempts) -> create(server, topic, timeout));
	}

	private KafkaStore create(BlockServer server, String topic, Duration timeout) {
		ProducerFactory<?, ?> factory = this.beans.getBeanProvider(ProducerFactory.class).getIfUnique();
		if (factory == null) {
			throw server.invalid("bridge.to", "there is no ProducerFactory bean, or none of several is primary",
					"Add spring-boot-starter-kafka, and set spring.kafka.bootstrap-servers");
		}
		Map<String, Object> configuration = factory.getConfigurationProperties();
		Object acks = configuration.getOrDefault(ProducerConfig.ACKS_CONFIG, "all");
		if (!ALL.contains(acks.toString())) {
			throw new InvalidSocketPropertyException("spring.kafka.producer.acks", acks,
					"a record that one broker has may be lost with that broker", "Set it to all, or remove it");
		}
		Object idempotence = configuration.getOrDefault(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
		if (!Boolean.parseBoolean(idempotence.toString())) {
			throw new InvalidSocketPropertyException("spring.kafka.producer.properties.enable.idempotence", idempotence,
					"records may be repeated and change their order", "Set it to true, or remove it");
		}
		try {
			return new KafkaStore(topic, configuration, timeout);
		}
		catch (KafkaException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw server.invalid("bridge.to",
					"no producer can be made of spring.kafka: " + withoutStop(cause.getMessage()),
					"Correct the properties spring.kafka.producer");
		}
	}

	private static String withoutStop(@Nullable String sentence) {
		return StringUtils.trimTrailingCharacter(String.valueOf(sentence), '.');
	}

	@Override
	public void close() {
		this.stores.values().forEach(KafkaStore::close);
	}

	/** Where attempts store messages, and when they are given up. */
	private record Attempts(String topic, Duration timeout) {

	}

}
