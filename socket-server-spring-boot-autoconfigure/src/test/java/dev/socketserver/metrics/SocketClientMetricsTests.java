package dev.socketserver.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.payload.PayloadConverter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SocketClientMetrics}.
 */
class SocketClientMetricsTests {

	/** What Prometheus makes of the names. */
	static final String[] EXPORTED = { "socket_client_attempts_cancelled_total",
			"socket_client_attempts_connected_total", "socket_client_attempts_failed_total",
			"socket_client_attempts_total", "socket_client_connections", "socket_client_datagrams_dropped_total",
			"socket_client_handler_seconds_count", "socket_client_handler_seconds_sum",
			"socket_client_handler_stuck_total", "socket_client_inbound_dropped_total",
			"socket_client_inbound_pending_frames", "socket_client_messages_received_total",
			"socket_client_messages_sent_total", "socket_client_messages_unmapped_total",
			"socket_client_outbound_accepted_total", "socket_client_outbound_delivered_total",
			"socket_client_outbound_dropped_total", "socket_client_outbound_pending_bytes",
			"socket_client_outbound_refused_total", "socket_client_outbound_repeated_total",
			"socket_client_outbound_undelivered_total", "socket_client_received_bytes_total",
			"socket_client_replies_dropped_total", "socket_client_replies_pending",
			"socket_client_requests_seconds_count", "socket_client_requests_seconds_sum",
			"socket_client_rotations_total", "socket_client_sent_bytes_total", "socket_client_sessions_active",
			"socket_client_sessions_seconds_count", "socket_client_sessions_seconds_sum",
			"socket_client_sessions_stuck", "socket_client_tls_handshake_seconds_count",
			"socket_client_tls_handshake_seconds_sum" };

	private final SocketClientMetrics metrics = new SocketClientMetrics();

	@AutoClose
	private final RunningClients running = new RunningClients(this.metrics);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void metersAreTheDocumentedOnes() {
		this.running.clients().register(RunningClients.spec("meter", 1).build());
		this.metrics.bindTo(this.registry);

		assertThat(Described.registered(this.registry)).isEqualTo(Described.documented(Side.CLIENT));
	}

	@Test
	void eachMeterReportsItsOwnFigure() {
		SocketClient client = mock();
		ClientStatistics numbered = Described.numbered(ClientStatistics.class);
		given(client.name()).willReturn("meter");
		given(client.spec()).willReturn(ClientSpec.builder("meter")
			.port(1)
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line))
			.build());
		given(client.session()).willReturn(Optional.empty());
		given(client.statistics()).willReturn(numbered);
		this.metrics.bindTo(this.registry);
		this.metrics.registered(client);

		assertThat(Described.reported(this.registry, ClientStatistics.class)).containsExactlyInAnyOrder(
				"socket.client.attempts attempts", "socket.client.attempts.cancelled CANCELLED",
				"socket.client.attempts.connected CONNECTED", "socket.client.attempts.failed CONNECT_FAILED",
				"socket.client.datagrams.dropped DATAGRAMS_DROPPED", "socket.client.handler HANDLER_CALLS",
				"socket.client.handler HANDLER_CALLS nanos", "socket.client.handler.stuck STUCK_CALLS",
				"socket.client.inbound.dropped INBOUND_DROPPED", "socket.client.messages.received MESSAGES_RECEIVED",
				"socket.client.messages.sent MESSAGES_SENT", "socket.client.messages.unmapped MESSAGES_UNMAPPED",
				"socket.client.outbound.accepted CLIENT_ACCEPTED", "socket.client.outbound.delivered CLIENT_DELIVERED",
				"socket.client.outbound.dropped CLIENT_DROPPED", "socket.client.outbound.pending pendingBytes",
				"socket.client.outbound.refused OUTBOUND_REFUSED", "socket.client.outbound.repeated CLIENT_REPEATED",
				"socket.client.outbound.undelivered CLIENT_UNDELIVERED", "socket.client.received BYTES_RECEIVED",
				"socket.client.replies.dropped REPLIES_DROPPED", "socket.client.replies.pending pendingReplies",
				"socket.client.requests REQUESTS nanos", "socket.client.requests REQUESTS",
				"socket.client.rotations ROTATIONS", "socket.client.sent BYTES_SENT", "socket.client.sessions CLOSED",
				"socket.client.sessions CLOSED nanos", "socket.client.sessions.stuck stuckSessions",
				"socket.client.tls.handshake HANDSHAKES nanos", "socket.client.tls.handshake HANDSHAKES");
	}

	@Test
	void countsConnectionsThatAreReplaced() {
		this.metrics.bindTo(this.registry);
		SocketClient client = this.running.connected("meter");
		assertThat(client.rotate()).succeedsWithin(Patience.limit());
		assertThat(this.registry.get("socket.client.rotations").tag("reason", "OPERATOR").functionCounter().count())
			.isOne();
		assertThat(this.registry.get("socket.client.connections").tag("state", "READY").gauge().value()).isOne();
	}

	@Test
	void countsRealTraffic() {
		this.metrics.bindTo(this.registry);
		SocketClient client = this.running.connected("meter");
		assertThat(client.ask("hello", Patience.limit()).join()).isEqualTo("HELLO");
		assertThat(client.ask("you", Patience.limit()).join()).isEqualTo("YOU");
		await().until(() -> value("socket.client.outbound.delivered") == 2);

		assertThat(attempts(AttemptOutcome.SUCCESS)).isOne();
		assertThat(attempts(AttemptOutcome.values())).isOne();
		assertThat(value("socket.client.attempts.connected")).isOne();
		assertThat(value("socket.client.sessions.active")).isOne();
		assertThat(this.registry.get("socket.client.connections").tag("state", "READY").gauge().value()).isOne();
		assertThat(this.registry.get("socket.client.connections").tag("state", "DRAINING").gauge().value()).isZero();
		assertThat(value("socket.client.received")).isEqualTo(10);
		assertThat(value("socket.client.sent")).isEqualTo(10);
		assertThat(value("socket.client.messages.received")).isEqualTo(2);
		assertThat(value("socket.client.messages.sent")).isEqualTo(2);
		assertThat(value("socket.client.outbound.accepted")).isEqualTo(2);
		assertThat(value("socket.client.outbound.pending")).isZero();
		assertThat(value("socket.client.replies.pending")).isZero();

		await().until(() -> requests(RequestOutcome.SUCCESS).count() == 2);
		assertThat(requests(RequestOutcome.SUCCESS).totalTime(TimeUnit.NANOSECONDS)).isPositive()
			.isLessThan(TimeUnit.MINUTES.toNanos(1));

		client.stop().join();

		assertThat(value("socket.client.sessions.active")).isZero();
		await().until(() -> ended().mapToDouble(FunctionTimer::count).sum() == 1);
		assertThat(ended().mapToDouble((timer) -> timer.totalTime(TimeUnit.NANOSECONDS)).sum()).isPositive()
			.isLessThan(TimeUnit.MINUTES.toNanos(1));
	}

	@Test
	void countsWhatBecameOfRequests() {
		this.metrics.bindTo(this.registry);
		try (RunningServers servers = new RunningServers()) {
			SocketServer silent = servers.stream("silent",
					(in, out, session) -> in.transferTo(OutputStream.nullOutputStream()));
			int port = silent.localAddress().getPort();
			SocketClient client = this.running.clients().register(RunningClients.spec("meter", port).build());
			assertThat(client.ask("before it starts", Patience.limit())).failsWithin(Patience.limit());
			client.start();
			await().until(() -> client.state() == ClientState.CONNECTED);

			// Again, if its time was over before it could leave.
			while (requests(RequestOutcome.TIMEOUT).count() == 0) {
				assertThat(client.ask("nobody replies", Duration.ofMillis(50))).failsWithin(Patience.limit());
			}
			double unsent = requests(RequestOutcome.NOT_SENT).count();
			CompletableFuture<Object> cancelled = client.ask("nobody waits", Patience.limit());
			cancelled.cancel(false);
			client.ask("nobody waits either", Patience.limit()).complete("made up");
			silent.stop();
			await().until(() -> client.state() != ClientState.CONNECTED);
			assertThat(client.ask("nowhere to send it", Duration.ofMillis(50))).failsWithin(Patience.limit());

			// Futures are counted after those who wait for them.
			await().until(() -> requests(RequestOutcome.NOT_SENT).count() == unsent + 1);
			assertThat(requests(RequestOutcome.FAILURE).count()).isOne();
			assertThat(requests(RequestOutcome.TIMEOUT).count()).isOne();
			assertThat(requests(RequestOutcome.TIMEOUT).totalTime(TimeUnit.MILLISECONDS)).isGreaterThan(49);
			assertThat(requests(RequestOutcome.CANCELLED).count()).isEqualTo(2);
			assertThat(requests(RequestOutcome.SUCCESS).count()).isZero();
		}
	}

	private FunctionTimer requests(RequestOutcome outcome) {
		return this.registry.get("socket.client.requests").tag("outcome", outcome.name()).functionTimer();
	}

	@Test
	void countsWhatWaitsForTheHandler() {
		this.metrics.bindTo(this.registry);
		try (RunningServers servers = new RunningServers()) {
			SocketServer server = servers.upper("server");
			int port = server.localAddress().getPort();
			RunningClients.connected(this.running.clients(),
					RunningClients.spec("meter", port).inbound((i) -> i.capacity(1)).build());
			// Nobody receives it, nor what comes after it.
			await().until(() -> server.broadcast("one") == 1);
			server.broadcast("two");
			server.broadcast("three");

			await().until(() -> value("socket.client.inbound.pending") > 0);
		}
	}

	@Test
	void countsWhatHappensWhileItCannotConnect() throws IOException {
		this.metrics.bindTo(this.registry);
		try (DeafPort port = new DeafPort()) {
			SocketClient client = RunningClients.started(this.running.clients(),
					RunningClients.spec("meter", port.number()).build());
			client.send("waits");
			await().until(() -> failed(ConnectFailure.REFUSED) > 1);

			assertThat(failed(ConnectFailure.TIMEOUT)).isZero();
			assertThat(value("socket.client.sessions.active")).isZero();
			assertThat(value("socket.client.outbound.pending")).isEqualTo(5);

			client.stop().join();

			assertThat(value("socket.client.outbound.pending")).isZero();
			assertThat(value("socket.client.outbound.undelivered")).isOne();
			assertThat(attempts(AttemptOutcome.values())).isEqualTo(attempts(AttemptOutcome.REFUSED))
				.isEqualTo(failed(ConnectFailure.REFUSED));
			assertThat(this.registry.get("socket.client.attempts")
				.tag("address", "127.0.0.1:" + port.number())
				.functionCounters()).hasSize(AttemptOutcome.values().length);
		}
	}

	@Test
	void hasTheMetersOfEveryClientInEveryRegistryUntilItIsRemoved() {
		this.running.clients().register(RunningClients.spec("early", 1).build());
		this.metrics.bindTo(this.registry);
		MeterRegistry other = new SimpleMeterRegistry();
		this.metrics.bindTo(other);
		this.running.connected("late");
		assertThat(Described.tags(this.registry, "client")).containsExactly("early", "late");
		assertThat(Described.tags(other, "client")).containsExactly("early", "late");

		this.running.clients().remove("late");
		this.running.clients().remove("early");

		// A removal is reported after the end of the last connection.
		await().untilAsserted(() -> assertThat(this.registry.getMeters()).isEmpty());
		await().untilAsserted(() -> assertThat(other.getMeters()).isEmpty());
	}

	/** A thousand clients would have tens of thousands compared with each of them. */
	@Test
	void doesNotCompareTheMetersThatAreThereAlready() {
		AtomicInteger compared = new AtomicInteger();
		MeterRegistry others = new SimpleMeterRegistry() {

			@Override
			protected Counter newCounter(Meter.Id id) {
				return new CumulativeCounter(id) {

					@Override
					public int hashCode() {
						compared.incrementAndGet();
						return super.hashCode();
					}

					@Override
					public boolean equals(Object other) {
						compared.incrementAndGet();
						return super.equals(other);
					}

				};
			}

		};
		others.counter("other");
		this.metrics.bindTo(others);
		// The registry itself may have looked at it.
		compared.set(0);

		this.running.clients().register(RunningClients.spec("meter", 1).build());

		assertThat(others.find("socket.client.attempts").meter()).isNotNull();
		assertThat(compared).hasValue(0);
	}

	@Test
	void prometheusKnowsThemByTheseNames() {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.running.connected("meter");
		this.metrics.bindTo(prometheus);

		assertThat(Described.exported(prometheus)).containsExactly(EXPORTED);
		assertThat(prometheus.scrape()).contains("client=\"meter\"");
	}

	private double value(String name) {
		return Described.value(this.registry, name);
	}

	private double attempts(AttemptOutcome... outcomes) {
		return Stream.of(outcomes)
			.flatMap((outcome) -> this.registry.get("socket.client.attempts")
				.tags("client", "meter", "outcome", outcome.name())
				.functionCounters()
				.stream())
			.mapToDouble(FunctionCounter::count)
			.sum();
	}

	private double failed(ConnectFailure reason) {
		return this.registry.get("socket.client.attempts.failed")
			.tags("client", "meter", "reason", reason.name())
			.functionCounter()
			.count();
	}

	private Stream<FunctionTimer> ended() {
		return this.registry.get("socket.client.sessions").functionTimers().stream();
	}

}
