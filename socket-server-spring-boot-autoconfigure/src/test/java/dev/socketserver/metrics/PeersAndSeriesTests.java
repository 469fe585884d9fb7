package dev.socketserver.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.socketserver.SocketServer;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.Patience;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that the number of time series does not depend on who connects: 100,000 peers of
 * different addresses with {@code -Psoak}, and some of them otherwise.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback interface has one address")
class PeersAndSeriesTests {

	private static final int PEERS = Boolean.getBoolean("socketserver.soak") ? 100_000 : 1_500;

	private final SocketServerMetrics metrics = new SocketServerMetrics();

	@AutoClose
	private final RunningServers running = new RunningServers(this.metrics);

	@Test
	void manyPeersMakeNoSeries() throws IOException {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.metrics.bindTo(registry);
		SocketServer server = this.running.upper("upper");
		long before = series(registry);

		Set<String> addresses = new HashSet<>();
		for (int i = 0; i < PEERS; i++) {
			addresses.add(visit(server, i));
		}
		await().until(() -> server.statistics().active() == 0 && server.statistics().opened() == PEERS);

		assertThat(addresses).hasSize(PEERS);
		assertThat(series(registry)).isEqualTo(before);
		assertThat(names(registry)).noneMatch((name) -> name.contains("127.") || name.contains("upper-"));
	}

	/** Comes from an address of its own, and says where from. */
	private static String visit(SocketServer server, int number) throws IOException {
		// Without IPv6, the JDK refuses to bind an address of 127.* that ends with 255.
		InetAddress own = InetAddress.getByAddress(
				new byte[] { 127, (byte) (1 + number / 50_000), (byte) (number / 250 % 200), (byte) (number % 250) });
		try (Socket socket = new Socket()) {
			socket.bind(new InetSocketAddress(own, 0));
			socket.setSoTimeout(Patience.millis());
			socket.connect(server.localAddress());
			socket.getOutputStream().write("x\n".getBytes());
			assertThat(socket.getInputStream().readNBytes(2)).asString().isEqualTo("X\n");
		}
		return own.getHostAddress();
	}

	private static long series(PrometheusMeterRegistry registry) {
		return names(registry).size();
	}

	/** The names of the series, with their labels and without their values. */
	private static List<String> names(PrometheusMeterRegistry registry) {
		return registry.scrape()
			.lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.substring(0, line.lastIndexOf(' ')))
			.toList();
	}

}
