package dev.socketserver.autoconfigure.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests what Prometheus gets when it scrapes an application over HTTP.
 */
@SpringBootTest(classes = PrometheusScrapeTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=prometheus",
				"management.metrics.distribution.percentiles.socket.server.handler=0.5,0.99" })
@AutoConfigureRestTestClient
@AutoConfigureMetrics
class PrometheusScrapeTests {

	/** A sample: name, labels, value. */
	private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:]\\w*)(?:\\{(.*)})? (\\S+)");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

	@Autowired
	private RestTestClient client;

	@Autowired
	private NettySocketServers servers;

	@AfterEach
	void removeServer() {
		this.servers.remove("upper");
	}

	@Test
	void samplesSayWhatHappened() throws Exception {
		SocketServer server = RunningServers.started(this.servers, RunningServers.upperSpec("upper").build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
		}
		await().until(() -> server.statistics().closed().size() == 1);

		Map<Sample, Double> samples = scrape();

		assertThat(samples).containsEntry(Sample.of("socket_server_sessions_accepted_total"), 1.0)
			.containsEntry(Sample.of("socket_server_sessions_active"), 0.0)
			.containsEntry(Sample.of("socket_server_sessions_rejected_total", "reason", "LIMIT_SESSIONS"), 0.0)
			.containsEntry(Sample.of("socket_server_sessions_seconds_count", "reason", "PEER_CLOSED"), 1.0)
			.containsEntry(Sample.of("socket_server_received_bytes_total"), 6.0)
			.containsEntry(Sample.of("socket_server_sent_bytes_total"), 6.0)
			.containsEntry(Sample.of("socket_server_messages_received_total"), 1.0)
			.containsEntry(Sample.of("socket_server_messages_sent_total"), 1.0)
			.containsEntry(Sample.of("socket_server_handler_seconds_count", "outcome", "SUCCESS"), 1.0)
			.containsEntry(Sample.of("socket_server_handler_seconds_count", "outcome", "ERROR"), 0.0)
			.containsEntry(Sample.of("socket_server_outbound_pending_bytes"), 0.0)
			.containsEntry(Sample.of("socket_server_inbound_pending_frames"), 0.0);
		assertThat(samples.get(Sample.of("socket_server_handler_seconds_sum", "outcome", "SUCCESS"))).isPositive();
	}

	@Test
	void aTimerHasPercentilesAndAMaximumIfAskedFor() throws Exception {
		SocketServer server = RunningServers.started(this.servers, RunningServers.upperSpec("upper").build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			for (int i = 1; i <= 10; i++) {
				assertThat(peer.ask("hello")).isEqualTo("HELLO");
			}
		}
		await().until(() -> server.statistics().closed().size() == 1);

		Map<Sample, Double> samples = scrape();

		assertThat(samples).containsEntry(Sample.of("socket_server_handler_seconds_count", "outcome", "SUCCESS"), 10.0)
			.containsEntry(Sample.of("socket_server_handler_seconds_max", "outcome", "ERROR"), 0.0)
			.doesNotContainKey(Sample.of("socket_server_sessions_seconds_max", "reason", "PEER_CLOSED"));
		double max = samples.get(Sample.of("socket_server_handler_seconds_max", "outcome", "SUCCESS"));
		double sum = samples.get(Sample.of("socket_server_handler_seconds_sum", "outcome", "SUCCESS"));
		assertThat(max).isPositive().isLessThanOrEqualTo(sum);
		for (String quantile : new String[] { "0.5", "0.99" }) {
			// Percentiles are as exact as the buckets that they are counted in.
			assertThat(
					samples.get(Sample.of("socket_server_handler_seconds", "outcome", "SUCCESS", "quantile", quantile)))
				.isPositive()
				.isLessThan(max * 1.1);
		}
	}

	@Test
	void aServerThatIsRemovedIsGone() {
		RunningServers.started(this.servers, RunningServers.upperSpec("upper").build());
		assertThat(scrape()).isNotEmpty();

		this.servers.remove("upper");
		await().untilAsserted(() -> assertThat(scrape()).isEmpty());
	}

	private Map<Sample, Double> scrape() {
		String text = this.client.get()
			.uri("/actuator/prometheus")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		assertThat(text).isNotNull();
		return text.lines().filter((line) -> line.startsWith("socket_server_")).map((line) -> {
			Matcher sample = SAMPLE.matcher(line);
			assertThat(sample.matches()).as(line).isTrue();
			return sample;
		})
			.collect(Collectors.toMap((sample) -> new Sample(sample.group(1), labels(sample.group(2))),
					(sample) -> Double.valueOf(sample.group(3))));
	}

	private static Map<String, String> labels(String text) {
		Map<String, String> labels = new TreeMap<>();
		Matcher label = LABEL.matcher(text);
		while (label.find()) {
			labels.put(label.group(1), label.group(2));
		}
		return labels;
	}

	private record Sample(String name, Map<String, String> labels) {

		static Sample of(String name, String... labels) {
			Map<String, String> all = new TreeMap<>(Map.of("server", "upper"));
			for (int i = 0; i < labels.length; i += 2) {
				all.put(labels[i], labels[i + 1]);
			}
			return new Sample(name, all);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = "dev.socketserver.autoconfigure.SocketServerAutoConfiguration")
	static class Application {

		@Bean
		NettySocketServers servers(ObjectProvider<SocketServerListener> listeners) {
			return new NettySocketServers(listeners.orderedStream().toList());
		}

	}

}
