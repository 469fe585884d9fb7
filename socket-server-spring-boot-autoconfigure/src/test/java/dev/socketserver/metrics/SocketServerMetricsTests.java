package dev.socketserver.metrics;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InboundOverflow;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
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
 * Tests for {@link SocketServerMetrics}.
 */
class SocketServerMetricsTests {

	/** What Prometheus makes of the names. */
	private static final ServerHandler HANDLER = ServerHandler.function("echo",
			PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line);

	/** What only a server of several listeners exports. */
	static final String[] OF_LISTENERS = { "socket_server_listener_accepted_total", "socket_server_listener_sessions" };

	static final String[] EXPORTED = { "socket_memory_limit_bytes", "socket_memory_used_bytes", "socket_server_bans",
			"socket_server_datagrams_dropped_total", "socket_server_drain_remaining",
			"socket_server_frames_dropped_total", "socket_server_handler_seconds_count",
			"socket_server_handler_seconds_sum", "socket_server_handler_stuck_total",
			"socket_server_inbound_discarded_total", "socket_server_inbound_dropped_total",
			"socket_server_inbound_pending_frames", "socket_server_listeners_replaced_total",
			"socket_server_logins_total", "socket_server_messages_handled_total",
			"socket_server_messages_received_total", "socket_server_messages_sent_total",
			"socket_server_messages_unmapped_total", "socket_server_outbound_dropped_total",
			"socket_server_outbound_failed_total", "socket_server_outbound_pending_bytes",
			"socket_server_outbound_refused_total", "socket_server_rate_exceeded_total",
			"socket_server_received_bytes_total", "socket_server_received_discarded_bytes_total",
			"socket_server_replies_dropped_total", "socket_server_requests_seconds_count",
			"socket_server_requests_seconds_sum", "socket_server_sent_bytes_total",
			"socket_server_sessions_abandoned_total", "socket_server_sessions_accepted_total",
			"socket_server_sessions_active", "socket_server_sessions_rejected_total",
			"socket_server_sessions_seconds_count", "socket_server_sessions_seconds_sum",
			"socket_server_sessions_stuck", "socket_server_sessions_unauthenticated",
			"socket_server_tls_handshake_seconds_count", "socket_server_tls_handshake_seconds_sum" };

	private final SocketServerMetrics metrics = new SocketServerMetrics();

	@AutoClose
	private final RunningServers running = new RunningServers(this.metrics);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void metersAreTheDocumentedOnes() {
		RunningServers.started(this.running.servers(),
				ServerSpec.builder("several")
					.handler(HANDLER)
					.listener("a", (listener) -> listener.port(0))
					.listener("b", (listener) -> listener.port(0))
					.build());
		this.metrics.bindTo(this.registry);
		new SocketMemoryMetrics(this.running.servers()).bindTo(this.registry);

		assertThat(Described.registered(this.registry))
			.isEqualTo(Described.documented(Side.SERVER, SocketMeters.MEMORY_USED, SocketMeters.MEMORY_LIMIT));
	}

	@Test
	void eachMeterReportsItsOwnFigure() {
		SocketServer server = mock();
		ServerStatistics numbered = Described.numbered(ServerStatistics.class);
		given(server.name()).willReturn("meter");
		given(server.spec()).willReturn(ServerSpec.builder("meter").handler(HANDLER).build());
		given(server.statistics()).willReturn(numbered);
		// What waits is summed up over the sessions, of which there are none.
		given(server.sessions()).willAnswer((call) -> Stream.empty());
		this.metrics.bindTo(this.registry);
		this.metrics.registered(server);

		assertThat(Described.reported(this.registry, ServerStatistics.class)).containsExactlyInAnyOrder(
				"socket.server.datagrams.dropped DATAGRAMS_DROPPED", "socket.server.frames.dropped FRAMES_DROPPED",
				"socket.server.handler HANDLER_CALLS", "socket.server.handler HANDLER_CALLS nanos",
				"socket.server.handler.stuck STUCK_CALLS", "socket.server.inbound.discarded INBOUND_DISCARDED",
				"socket.server.inbound.dropped INBOUND_DROPPED", "socket.server.listeners.replaced LISTENERS_REPLACED",
				"socket.server.messages.handled MESSAGES_HANDLED", "socket.server.messages.received MESSAGES_RECEIVED",
				"socket.server.logins LOGINS", "socket.server.rate.exceeded RATE_EXCEEDED",
				"socket.server.messages.sent MESSAGES_SENT", "socket.server.messages.unmapped MESSAGES_UNMAPPED",
				"socket.server.outbound.dropped OUTBOUND_DROPPED", "socket.server.outbound.failed OUTBOUND_FAILED",
				"socket.server.outbound.refused OUTBOUND_REFUSED", "socket.server.received BYTES_RECEIVED",
				"socket.server.received.discarded BYTES_DISCARDED", "socket.server.replies.dropped REPLIES_DROPPED",
				"socket.server.requests REQUESTS nanos", "socket.server.requests REQUESTS",
				"socket.server.sent BYTES_SENT", "socket.server.sessions CLOSED", "socket.server.sessions CLOSED nanos",
				"socket.server.sessions.abandoned ABANDONED", "socket.server.sessions.accepted ACCEPTED",
				"socket.server.sessions.active active", "socket.server.sessions.rejected REJECTED",
				"socket.server.sessions.stuck stuckSessions", "socket.server.tls.handshake HANDSHAKES nanos",
				"socket.server.tls.handshake HANDSHAKES");
	}

	@Test
	void countsRealTraffic() throws Exception {
		this.metrics.bindTo(this.registry);
		SocketServer server = this.running.upper("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			assertThat(peer.ask("you")).isEqualTo("YOU");
			await()
				.until(() -> value("socket.server.messages.sent") == 2 && value("socket.server.inbound.pending") == 0);

			assertThat(value("socket.server.sessions.active")).isOne();
			assertThat(value("socket.server.sessions.accepted")).isOne();
			assertThat(value("socket.server.received")).isEqualTo(10);
			assertThat(value("socket.server.sent")).isEqualTo(10);
			assertThat(value("socket.server.messages.received")).isEqualTo(2);
			assertThat(value("socket.server.outbound.pending")).isZero();
			assertThat(lifetimes(CloseReason.PEER_CLOSED).count()).isZero();
		}
		await().until(() -> lifetimes(CloseReason.PEER_CLOSED).count() == 1);
		assertThat(lifetimes(CloseReason.PEER_CLOSED).totalTime(TimeUnit.NANOSECONDS)).isPositive()
			.isLessThan(TimeUnit.MINUTES.toNanos(1));
		assertThat(lifetimes(CloseReason.HANDLER_ERROR).count()).isZero();
		assertThat(value("socket.server.sessions.active")).isZero();
	}

	@Test
	void countsWhatWaitsForTheHandler() throws Exception {
		this.metrics.bindTo(this.registry);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = RunningServers.started(this.running.servers(), RunningServers.slowSpec("slow", release));
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			peer.send("one\ntwo\nthree\n");

			await().until(() -> value("socket.server.inbound.pending") > 1);
			release.countDown();
			assertThat(peer.read()).isEqualTo("one");
		}
	}

	@Test
	void countsHandlersThatAreStuck() throws Exception {
		this.metrics.bindTo(this.registry);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = RunningServers.started(this.running.servers(),
				RunningServers.slow("slow", release).timeouts((t) -> t.handler(Duration.ofMillis(10))).build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			peer.send("x\n");

			// On a busy machine the opening of the session may have been another.
			await().until(() -> value("socket.server.handler.stuck") > 0);
			release.countDown();
			assertThat(peer.read()).isEqualTo("x");
		}
	}

	@Test
	void timesCallsOfHandlersByOutcome() throws Exception {
		this.metrics.bindTo(this.registry);
		SocketServer server = RunningServers.started(this.running.servers(), ServerSpec.builder("upper")
			.handler(ServerHandler.function("failing", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> {
				if (line.equals("wrong")) {
					throw new IllegalArgumentException("as it was asked to");
				}
				return line;
			}))
			.build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.send("one\ntwo\nwrong\n").read()).isEqualTo("one");
			assertThat(peer.read()).isEqualTo("two");
			assertThat(peer.read()).isNull();
		}

		// Of several calls at once, those that have failed are counted first.
		await().until(() -> calls("ERROR").count() == 1 && calls("SUCCESS").count() == 2);
		assertThat(calls("SUCCESS").totalTime(TimeUnit.NANOSECONDS)).isPositive();
		assertThat(calls("ERROR").totalTime(TimeUnit.NANOSECONDS)).isPositive().isLessThan(60e9);
		assertThat(value("socket.server.messages.handled")).isEqualTo(3);
	}

	private FunctionTimer calls(String outcome) {
		return this.registry.get("socket.server.handler").tag("outcome", outcome).functionTimer();
	}

	@Test
	void countsWhatIsDroppedAndRefused() throws Exception {
		this.metrics.bindTo(this.registry);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = RunningServers.started(this.running.servers(),
				RunningServers.slow("slow", release)
					.inbound((i) -> i.capacity(1).overflow(InboundOverflow.DROP_NEWEST))
					.outbound((o) -> o.capacity(1).bytes(1))
					.build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			peer.send("x\n".repeat(100));
			await().until(() -> value("socket.server.inbound.dropped") > 0);
			SocketSession session = server.sessions().findFirst().orElseThrow();
			byte[] much = new byte[64 * 1024 * 1024];
			session.send(much);
			session.send(much);
			assertThat(value("socket.server.outbound.refused")).isOne();
			assertThat(value("socket.server.outbound.pending")).isGreaterThanOrEqualTo(much.length);
			release.countDown();
			session.abort();
		}

		await().until(() -> value("socket.server.sessions.active") == 0);
		assertThat(value("socket.server.outbound.failed")).isPositive();
		assertThat(value("socket.server.messages.received")).isEqualTo(value("socket.server.messages.handled")
				+ value("socket.server.inbound.dropped") + value("socket.server.inbound.discarded"));
	}

	@Test
	void countsRejectedConnectionsByReason() throws Exception {
		this.metrics.bindTo(this.registry);
		SocketServer server = RunningServers.started(this.running.servers(),
				RunningServers.upperSpec("upper").limits((l) -> l.sessions(1)).build());
		try (TestPeer first = TestPeer.connect(server.localAddress())) {
			assertThat(first.ask("x")).isEqualTo("X");
			TestPeer second = TestPeer.connect(server.localAddress());
			await().until(() -> server.statistics().rejected().containsKey(RejectReason.LIMIT_SESSIONS));
			second.close();
		}

		assertThat(this.registry.get("socket.server.sessions.rejected")
			.tags("server", "upper", "reason", "LIMIT_SESSIONS")
			.functionCounter()
			.count()).isOne();
	}

	@Test
	void hasTheMetersOfEveryServerInEveryRegistry() {
		this.running.upper("early");
		this.metrics.bindTo(this.registry);
		MeterRegistry other = new SimpleMeterRegistry();
		this.metrics.bindTo(other);
		this.metrics.bindTo(other);
		this.running.servers().register(RunningServers.upperSpec("late").build());

		assertThat(Described.tags(this.registry, "server")).containsExactly("early", "late");
		assertThat(Described.tags(other, "server")).containsExactly("early", "late");
	}

	@Test
	void aRemovedServerLosesItsMeters() {
		this.metrics.bindTo(this.registry);
		MeterRegistry other = new SimpleMeterRegistry();
		this.metrics.bindTo(other);
		this.running.upper("one");
		this.running.servers().register(RunningServers.upperSpec("two").build());
		this.running.upper("three");

		this.running.servers().remove("one");
		this.running.servers().remove("two");

		assertThat(Described.tags(this.registry, "server")).containsExactly("three");
		assertThat(Described.tags(other, "server")).containsExactly("three");
	}

	@Test
	void aServerThatGoesLateDoesNotTakeTheMetersOfItsSuccessor() {
		this.metrics.bindTo(this.registry);
		SocketServer former = this.running.servers().register(RunningServers.upperSpec("upper").build());
		RunningServers elsewhere = new RunningServers(this.metrics);
		SocketServer successor = elsewhere.upper("upper");

		this.metrics.removed(former);

		assertThat(Described.tags(this.registry, "server")).containsExactly("upper");
		this.metrics.removed(successor);
		assertThat(this.registry.getMeters()).isEmpty();
		elsewhere.close();
	}

	private SocketMemoryMetrics boundMemory(RunningServers running) {
		SocketMemoryMetrics memory = new SocketMemoryMetrics(running.servers());
		memory.bindTo(this.registry);
		return memory;
	}

	@Test
	void nothingStaysInARegistryThatOutlivesThem() {
		this.metrics.bindTo(this.registry);
		SocketMemoryMetrics memory = boundMemory(this.running);
		this.running.upper("upper");

		this.metrics.close();
		memory.close();

		assertThat(this.registry.getMeters()).isEmpty();
		this.running.upper("late");
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void twoApplicationsWithOneRegistryDoNotTakeEachOthersMeters() {
		this.metrics.bindTo(this.registry);
		SocketMemoryMetrics memory = boundMemory(this.running);
		this.running.upper("upper");
		List<Meter> meters = this.registry.getMeters();
		SocketServerMetrics othersMetrics = new SocketServerMetrics();
		try (RunningServers others = new RunningServers(othersMetrics)) {
			othersMetrics.bindTo(this.registry);
			SocketMemoryMetrics othersMemory = boundMemory(others);
			others.upper("upper");
			others.upper("other");

			assertThat(this.registry.get("socket.server.sessions.active").tag("server", "other").gauge()).isNotNull();
			othersMetrics.close();
			othersMemory.close();
		}

		assertThat(this.registry.getMeters()).containsExactlyInAnyOrderElementsOf(meters);
	}

	@Test
	void metersOutliveAStop() throws Exception {
		this.metrics.bindTo(this.registry);
		SocketServer server = this.running.upper("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");
		}
		server.stop();
		server.start();

		assertThat(value("socket.server.sessions.accepted")).isOne();
	}

	@Test
	void prometheusKnowsThemByTheseNames() {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.running.upper("upper");
		this.metrics.bindTo(prometheus);
		new SocketMemoryMetrics(this.running.servers()).bindTo(prometheus);

		assertThat(Described.exported(prometheus)).containsExactly(EXPORTED);
		assertThat(prometheus.scrape()).contains("server=\"upper\"").doesNotContain("127.0.0.1");
	}

	private double value(String name) {
		return Described.value(this.registry, name);
	}

	private FunctionTimer lifetimes(CloseReason reason) {
		return this.registry.get("socket.server.sessions").tag("reason", reason.name()).functionTimer();
	}

}
