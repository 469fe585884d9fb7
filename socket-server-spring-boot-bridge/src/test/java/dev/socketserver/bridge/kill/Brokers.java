package dev.socketserver.bridge.kill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.Opened;
import kafka.server.KafkaBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/**
 * Three brokers with a topic of one partition, and one controller, which nobody kills.
 */
final class Brokers {

	static final String TOPIC = "in";

	private static final int BROKERS = 3;

	private final KafkaClusterTestKit cluster;

	private final KafkaConsumer<String, String> consumer;

	/**
	 * Starts them.
	 * @param opened ends them
	 */
	Brokers(Opened opened) throws Exception {
		TestKitNodes nodes = new TestKitNodes.Builder().setNumControllerNodes(1).setNumBrokerNodes(BROKERS).build();
		this.cluster = opened
			.add(new KafkaClusterTestKit.Builder(nodes).setConfigProp("min.insync.replicas", "2").build());
		this.cluster.format();
		this.cluster.startup();
		this.cluster.waitForReadyBrokers();
		try (Admin admin = Admin.create(this.cluster.clientProperties())) {
			admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) BROKERS))).all().get(1, TimeUnit.MINUTES);
		}
		this.consumer = opened.add(new KafkaConsumer<>(Map.of("bootstrap.servers", addresses()),
				new StringDeserializer(), new StringDeserializer()));
	}

	String addresses() {
		return this.cluster.bootstrapServers();
	}

	/**
	 * Ends the broker that leads the partition, so that another one takes over, and has
	 * it come back.
	 */
	void changeLeader() {
		int leader = this.consumer.partitionsFor(TOPIC).get(0).leader().id();
		KafkaBroker broker = Objects.requireNonNull(this.cluster.brokers().get(leader));
		broker.shutdown();
		broker.awaitShutdown();
		broker.startup();
	}

	/** Returns the values of all records, in their order. */
	List<String> stored() {
		List<String> stored = new ArrayList<>();
		TopicPartition partition = new TopicPartition(TOPIC, 0);
		this.consumer.assign(List.of(partition));
		this.consumer.seekToBeginning(List.of(partition));
		long end = this.consumer.endOffsets(List.of(partition)).get(partition);
		while (this.consumer.position(partition) < end) {
			this.consumer.poll(Duration.ofMillis(100)).forEach((each) -> stored.add(each.value()));
		}
		return stored;
	}

}
