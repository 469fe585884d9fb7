package dev.socketserver.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.Show;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that metrics, endpoint, events and the closing log line of a server say the same,
 * and that it is what its peers have counted.
 */
class CounterViewsTests {

	private final SocketServerMetrics metrics = new SocketServerMetrics();

	private final Events events = new Events();

	/** One, so that a session has ended altogether before the next connection. */
	private static final int EVENT_LOOPS = 1;

	private final RunningServers running = new RunningServers(EVENT_LOOPS, this.metrics, this.events);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@RegisterExtension
	private final LogLines lines = new LogLines(SocketServer.class);

	/** What the peers have seen. */
	private final Seen seen = new Seen();

	@BeforeEach
	void listen() {
		this.metrics.bindTo(this.registry);
	}

	@AfterEach
	void stop() {
		this.running.close();
	}

	@Test
	void allViewsSayWhatThePeersCounted() throws Exception {
		SocketServer server = RunningServers.started(this.running.servers(),
				ServerSpec.builder("test")
					.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), CounterViewsTests::echo))
					.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
					.limits((l) -> l.sessions(2).frame(100))
					.build());
		for (int round = 0; round < 3; round++) {
			ordinary(server);
			refused(server);
			ended(server, "wrong\n", CloseReason.HANDLER_ERROR, 1);
			ended(server, "x".repeat(200), CloseReason.FRAME_TOO_LARGE, 0);
		}
		await().until(() -> server.statistics().active() == 0);
		server.stop();

		assertThat(new Seen(meters())).as("metrics").isEqualTo(this.seen);
		assertThat(new Seen(endpoint())).as("endpoint").isEqualTo(this.seen);
		assertThat(new Seen(logLine())).as("log line").isEqualTo(this.seen);
		// Nobody publishes bytes and frames one by one.
		assertThat(this.events.opened.size()).as("events").isEqualTo((int) this.seen.opened());
		assertThat(this.events.closed()).as("events").isEqualTo(this.seen.closed);
		assertThat(this.events.rejected()).as("events").isEqualTo(this.seen.rejected);
	}

	private static String echo(String line) {
		if (line.equals("wrong")) {
			throw new IllegalArgumentException("as it was asked to");
		}
		return line;
	}

	private void ordinary(SocketServer server) throws IOException {
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			this.seen.accepted++;
			for (int i = 0; i < 5; i++) {
				String line = "line " + i;
				this.seen.sent(line.length() + 1, 1);
				this.seen.received(peer.ask(line).length() + 1, 1);
			}
		}
		ended(server, CloseReason.PEER_CLOSED, 1);
	}

	private void refused(SocketServer server) throws IOException {
		try (TestPeer one = TestPeer.connect(server.localAddress());
				TestPeer two = TestPeer.connect(server.localAddress())) {
			for (TestPeer peer : new TestPeer[] { one, two }) {
				this.seen.accepted++;
				this.seen.sent(2, 1);
				this.seen.received(peer.ask("x").length() + 1, 1);
			}
			this.seen.accepted++;
			this.seen.rejected.merge(RejectReason.LIMIT_SESSIONS, 1L, Long::sum);
			try (TestPeer third = TestPeer.connect(server.localAddress())) {
				assertThat(third.read()).isNull();
			}
			catch (SocketException | UncheckedIOException ex) {
				assertThat(ex).as("a reset").isNotNull();
			}
		}
		ended(server, CloseReason.PEER_CLOSED, 2);
	}

	private void ended(SocketServer server, String text, CloseReason reason, int frames) throws IOException {
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			this.seen.accepted++;
			this.seen.sent(text.length(), frames);
			peer.send(text);
			assertThat(peer.read()).isNull();
		}
		ended(server, reason, 1);
	}

	private void ended(SocketServer server, CloseReason reason, long sessions) {
		this.seen.closed.merge(reason, sessions, Long::sum);
		await().atMost(Patience.limit()).until(() -> server.statistics().closed(), this.seen.closed::equals);
	}

	private Map<String, Double> meters() {
		Map<String, Double> values = new HashMap<>();
		// Of names, the first part is the same for all.
		for (Meter meter : this.registry.getMeters()) {
			String reason = meter.getId().getTag("reason");
			String key = meter.getId().getName() + ((reason != null) ? " " + reason : "");
			values.put(key.substring("socket.server.".length()), meter.measure().iterator().next().getValue());
		}
		Map<String, Double> uniform = new HashMap<>();
		uniform.put("accepted", values.get("sessions.accepted"));
		uniform.put("bytesIn", values.get("received"));
		uniform.put("bytesOut", values.get("sent"));
		uniform.put("framesIn", values.get("messages.received"));
		uniform.put("framesOut", values.get("messages.sent"));
		for (RejectReason reason : RejectReason.values()) {
			uniform.put("rejected " + reason, values.get("sessions.rejected " + reason));
		}
		for (CloseReason reason : CloseReason.values()) {
			uniform.put("closed " + reason, values.get("sessions " + reason));
		}
		return uniform;
	}

	private Map<String, Double> endpoint() {
		JsonNode json = JsonMapper.shared()
			.valueToTree(
					new SocketServersEndpoint(this.running.servers(), List.of(), Show.ALWAYS).socketServer("test"));
		Map<String, Double> uniform = new HashMap<>();
		uniform.put("accepted", json.at("/sessions/accepted").asDouble());
		uniform.put("bytesIn", json.at("/bytes/received").asDouble());
		uniform.put("bytesOut", json.at("/bytes/sent").asDouble());
		uniform.put("framesIn", json.at("/messages/received").asDouble());
		uniform.put("framesOut", json.at("/messages/sent").asDouble());
		for (CloseReason reason : CloseReason.values()) {
			uniform.put("closed " + reason, json.at("/sessions/closed/" + reason).asDouble(0));
		}
		// Its JSON has the sum of rejections.
		uniform.put("rejected " + RejectReason.LIMIT_SESSIONS, json.at("/sessions/rejected").asDouble());
		return uniform;
	}

	private Map<String, Double> logLine() {
		String line = this.lines.events()
			.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((message) -> message.startsWith("'test' has stopped"))
			.findFirst()
			.orElseThrow();
		Map<String, Double> uniform = new HashMap<>();
		find(line, "(\\d+) accepted", uniform, "accepted");
		find(line, "received (\\d+) bytes?", uniform, "bytesIn");
		find(line, "sent (\\d+) bytes?", uniform, "bytesOut");
		find(line, "received \\d+ bytes? in (\\d+) messages", uniform, "framesIn");
		find(line, "sent \\d+ bytes? in (\\d+) messages", uniform, "framesOut");
		for (RejectReason reason : RejectReason.values()) {
			find(line, " rejected \\{[^}]*" + reason + "=(\\d+)", uniform, "rejected " + reason);
		}
		for (CloseReason reason : CloseReason.values()) {
			find(line, " closed \\{[^}]*" + reason + "=(\\d+)", uniform, "closed " + reason);
		}
		return uniform;
	}

	private static void find(String line, String pattern, Map<String, Double> values, String key) {
		Matcher matcher = Pattern.compile(pattern).matcher(line);
		values.put(key, matcher.find() ? Double.parseDouble(matcher.group(1)) : 0);
	}

	/** Figures of a server, wherever they come from. */
	private static final class Seen {

		private long accepted;

		private long bytesIn;

		private long bytesOut;

		private long framesIn;

		private long framesOut;

		private final Map<RejectReason, Long> rejected = new EnumMap<>(RejectReason.class);

		private final Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);

		Seen() {
		}

		Seen(Map<String, Double> values) {
			this.accepted = values.get("accepted").longValue();
			this.bytesIn = values.get("bytesIn").longValue();
			this.bytesOut = values.get("bytesOut").longValue();
			this.framesIn = values.get("framesIn").longValue();
			this.framesOut = values.get("framesOut").longValue();
			for (RejectReason reason : RejectReason.values()) {
				put(this.rejected, reason, values.get("rejected " + reason));
			}
			for (CloseReason reason : CloseReason.values()) {
				put(this.closed, reason, values.get("closed " + reason));
			}
		}

		private static <K> void put(Map<K, Long> counts, K key, Double value) {
			if (value != null && value != 0) {
				counts.put(key, value.longValue());
			}
		}

		void sent(int bytes, int frames) {
			this.bytesIn += bytes;
			this.framesIn += frames;
		}

		void received(int bytes, int frames) {
			this.bytesOut += bytes;
			this.framesOut += frames;
		}

		long opened() {
			return this.closed.values().stream().mapToLong(Long::longValue).sum();
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Seen && toString().equals(other.toString());
		}

		@Override
		public int hashCode() {
			return toString().hashCode();
		}

		@Override
		public String toString() {
			return "accepted " + this.accepted + ", bytes " + this.bytesIn + " " + this.bytesOut + ", frames "
					+ this.framesIn + " " + this.framesOut + ", rejected " + this.rejected + ", closed " + this.closed;
		}

	}

	private static final class Events implements SocketServerListener {

		private final Queue<SocketSession> opened = new ConcurrentLinkedQueue<>();

		private final Queue<CloseReason> ended = new ConcurrentLinkedQueue<>();

		private final Queue<RejectReason> refused = new ConcurrentLinkedQueue<>();

		@Override
		public void opened(SocketSession session) {
			this.opened.add(session);
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			this.ended.add(status.reason());
		}

		@Override
		public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
			this.refused.add(reason);
		}

		Map<CloseReason, Long> closed() {
			Map<CloseReason, Long> counts = new EnumMap<>(CloseReason.class);
			this.ended.forEach((reason) -> counts.merge(reason, 1L, Long::sum));
			return counts;
		}

		Map<RejectReason, Long> rejected() {
			Map<RejectReason, Long> counts = new EnumMap<>(RejectReason.class);
			this.refused.forEach((reason) -> counts.merge(reason, 1L, Long::sum));
			return counts;
		}

	}

}
