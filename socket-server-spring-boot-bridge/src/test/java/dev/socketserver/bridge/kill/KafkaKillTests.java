package dev.socketserver.bridge.kill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import kafka.server.KafkaBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * As {@link KillTests}, with Kafka in place of the database: the broker that leads the
 * partition ends, another one takes over, and the first one comes back.
 */
@Tag("long")
@Timeout(value = 240, unit = TimeUnit.MINUTES)
class KafkaKillTests {

	private static final int BROKERS = 3;

	private static final String TOPIC = "in";

	@RegisterExtension
	private final Opened opened = new Opened();

	private final int port = Ports.free();

	/** Starts brokers with one controller, which nobody kills. */
	private KafkaClusterTestKit open() throws Exception {
		TestKitNodes nodes = new TestKitNodes.Builder().setNumControllerNodes(1).setNumBrokerNodes(BROKERS).build();
		KafkaClusterTestKit cluster = this.opened
			.add(new KafkaClusterTestKit.Builder(nodes).setConfigProp("min.insync.replicas", "2").build());
		cluster.format();
		cluster.startup();
		cluster.waitForReadyBrokers();
		try (Admin admin = Admin.create(cluster.clientProperties())) {
			admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) BROKERS))).all().get(1, TimeUnit.MINUTES);
		}
		return cluster;
	}

	private KafkaConsumer<String, String> consumer(KafkaClusterTestKit cluster) {
		return this.opened.add(new KafkaConsumer<>(Map.of("bootstrap.servers", cluster.bootstrapServers()),
				new StringDeserializer(), new StringDeserializer()));
	}

	@Test
	void noAcknowledgmentIsWithoutItsRecordHoweverOftenTheLeaderChanges() throws Exception {
		KafkaClusterTestKit cluster = open();
		KafkaConsumer<String, String> consumer = consumer(cluster);
		KilledApplication application = this.opened
			.add(new KilledApplication(this.port, "--socket.servers.in.bridge.to=kafka:" + TOPIC,
					"--spring.kafka.bootstrap-servers=" + cluster.bootstrapServers(),
					"--spring.kafka.producer.properties.delivery.timeout.ms=10000",
					"--spring.kafka.producer.properties.request.timeout.ms=5000"));
		KillRun run = new KillRun(this.port,
				List.of(() -> changeLeader(cluster, consumer), application::kill, application::hang));
		run.run(Rounds.of("bridge.kills", 5, 200), Rounds.of("bridge.peers", 8, 64));
		application.close();
		assertThat(run.check(stored(consumer))).as("of %s", run).isEmpty();
		System.out.println(run);
	}

	private static void changeLeader(KafkaClusterTestKit cluster, KafkaConsumer<String, String> consumer) {
		int leader = consumer.partitionsFor(TOPIC).get(0).leader().id();
		KafkaBroker broker = Objects.requireNonNull(cluster.brokers().get(leader));
		broker.shutdown();
		broker.awaitShutdown();
		broker.startup();
	}

	/** Returns the values of all records, in their order. */
	private static List<String> stored(KafkaConsumer<String, String> consumer) {
		List<String> stored = new ArrayList<>();
		TopicPartition partition = new TopicPartition(TOPIC, 0);
		consumer.assign(List.of(partition));
		consumer.seekToBeginning(List.of(partition));
		long end = consumer.endOffsets(List.of(partition)).get(partition);
		while (consumer.position(partition) < end) {
			consumer.poll(Duration.ofMillis(100)).forEach((each) -> stored.add(each.value()));
		}
		return stored;
	}

}
