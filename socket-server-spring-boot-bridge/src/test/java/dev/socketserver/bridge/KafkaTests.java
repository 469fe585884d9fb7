package dev.socketserver.bridge;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** Bridges to Kafka, with a broker in this JVM. */
@Tag("long")
class KafkaTests {

	private static @Nullable EmbeddedKafkaKraftBroker broker;

	private static @Nullable ConfigurableApplicationContext context;

	@RegisterExtension
	private final Opened opened = new Opened();

	@BeforeAll
	static void start() {
		EmbeddedKafkaKraftBroker started = new EmbeddedKafkaKraftBroker(1, 2, "meters", "order", "away");
		started.brokerProperty("message.max.bytes", "20000");
		started.afterPropertiesSet();
		broker = started;
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.config.location=classpath:/kafka.yml",
					"--spring.kafka.bootstrap-servers=" + started.getBrokersAsString());
	}

	@AfterAll
	static void stop() {
		if (context != null) {
			context.close();
		}
		if (broker != null) {
			broker.destroy();
		}
	}

	private TestPeer connect(String server) throws Exception {
		return this.opened.add(TestPeer.connect(Objects.requireNonNull(context), server));
	}

	/** Returns all records of a topic. */
	private List<ConsumerRecord<String, String>> records(String topic) {
		Map<String, Object> configuration = Map.of("bootstrap.servers",
				Objects.requireNonNull(broker).getBrokersAsString());
		List<ConsumerRecord<String, String>> records = new ArrayList<>();
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(configuration, new StringDeserializer(),
				new StringDeserializer())) {
			List<TopicPartition> partitions = consumer.partitionsFor(topic)
				.stream()
				.map((info) -> new TopicPartition(topic, info.partition()))
				.toList();
			consumer.assign(partitions);
			consumer.seekToBeginning(partitions);
			Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
			while (partitions.stream().anyMatch((partition) -> consumer.position(partition) < ends.get(partition))) {
				consumer.poll(Duration.ofMillis(100)).forEach(records::add);
			}
		}
		return records;
	}

	@Test
	void aMessageIsARecordWithHeaders() throws Exception {
		TestPeer peer = connect("meters");
		String reply = peer.ask("4711 grüße");
		assertThat(reply).matches("Stored\\[id=4711, duplicate=false, position=meters-[01]@0]");
		ConsumerRecord<String, String> record = records("meters").get(0);
		assertThat(record.value()).isEqualTo("4711 grüße");
		assertThat(record.key()).isEqualTo("4711");
		Map<String, String> headers = new LinkedHashMap<>();
		for (Header header : record.headers()) {
			headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
		}
		String session = Objects.requireNonNull(context)
			.getBean(SocketServers.class)
			.get("meters")
			.sessions()
			.filter((each) -> each.remoteAddress().getPort() == peer.port())
			.findFirst()
			.orElseThrow()
			.id();
		assertThat(headers).containsEntry("socket_server", "meters")
			.containsEntry("socket_session", session)
			.containsEntry("socket_id", "4711")
			.containsEntry("socket_remote", "127.0.0.1:" + peer.port())
			.containsKey("socket_received")
			.doesNotContainKeys("socket_identity", "socket_principal");
	}

	@Test
	void messagesOfASessionKeepTheirOrder() throws Exception {
		List<String> all = IntStream.range(0, 2_000).mapToObj(String::valueOf).toList();
		TestPeer peer = connect("order");
		peer.send(String.join("\n", all) + "\n");
		for (String line : all) {
			assertThat(peer.line()).isEqualTo("ok " + line);
		}
		assertThat(records("order")).extracting(ConsumerRecord::value).isEqualTo(all);
	}

	@Test
	void aRecordThatIsTooLargeIsRejectedAndHoldsNobodyBack() throws Exception {
		TestPeer peer = connect("meters");
		peer.send("1 a\n2 " + "x".repeat(30_000) + "\n3 c\n");
		assertThat(peer.line()).contains("id=1,");
		assertThat(peer.line()).isEqualTo("rejected: The message is too large for Kafka");
		assertThat(peer.line()).contains("id=3,");
	}

	@Test
	void aBrokerThatComesBackGetsWhatHasWaited() throws Exception {
		TestPeer peer = connect("away");
		assertThat(peer.ask("0")).isEqualTo("ok 0");
		var server = Objects.requireNonNull(broker).getCluster().brokers().values().iterator().next();
		server.shutdown();
		server.awaitShutdown();
		List<String> all = IntStream.range(1, 40).mapToObj(String::valueOf).toList();
		peer.send(String.join("\n", all) + "\n");
		server.startup();
		for (String line : all) {
			assertThat(peer.line()).isEqualTo("ok " + line);
		}
		List<String> stored = records("away").stream().map(ConsumerRecord::value).toList();
		assertThat(new ArrayList<>(new LinkedHashSet<>(stored))).startsWith("0")
			.endsWith("39")
			.hasSize(40)
			.isEqualTo(IntStream.range(0, 40).mapToObj(String::valueOf).toList());
	}

	@Configuration(proxyBeanMethods = false)
	@Import(TestHandlers.class)
	@EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
	static class Application {

	}

}
