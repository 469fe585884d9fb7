package dev.socketserver.actuate.history;

import java.util.List;
import java.util.Map;

import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.actuate.history.HistoryDescriptor.ConfiguredDescriptor;
import dev.socketserver.actuate.history.HistoryDescriptor.FiguresDescriptor;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.SocketClient;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one server or client. Not safe for use by several threads.
 */
final class Remembered {

	static final List<String> OF_SERVERS = List.of("sessions", "messagesIn", "messagesOut", "bytesIn", "bytesOut",
			"accepted", "rejected", "handlerMicros");

	static final List<String> OF_CLIENTS = List.of("waiting", "messagesIn", "messagesOut", "bytesIn", "bytesOut",
			"attempts", "failed", "handlerMicros");

	/** Samples from one minute to the next. */
	private static final int SAMPLES_A_MINUTE = 60_000 / SocketHistory.INTERVAL_MILLIS;

	private final Ring ring;

	private final LastMinutes refused = new LastMinutes(Counter.REJECTED);

	private final LastMinutes closed = new LastMinutes(Counter.CLOSED);

	private int samples;

	Remembered(List<String> figures) {
		this.ring = new Ring(figures);
	}

	void sample(ServerStatistics statistics) {
		CounterSource source = CounterSource.of(statistics);
		add(source, statistics.active(), statistics, source.sum(Counter.ACCEPTED), sum(source, Counter.REJECTED));
	}

	void sample(ClientStatistics statistics) {
		CounterSource source = CounterSource.of(statistics);
		add(source, statistics.pending(), statistics, source.sum(Counter.ATTEMPTS),
				sum(source, Counter.CONNECT_FAILED));
	}

	private void add(CounterSource source, long gauge, SessionStatistics statistics, long tried, long failed) {
		this.ring.add(gauge, statistics.messagesReceived(), statistics.messagesSent(), statistics.bytesReceived(),
				statistics.bytesSent(), tried, failed, handlerMicros(source));
		if (this.samples++ % SAMPLES_A_MINUTE == 0) {
			this.refused.next(source);
			this.closed.next(source);
		}
	}

	private static long sum(CounterSource source, Counter counter) {
		return counter.labels().stream().mapToLong((label) -> source.sum(counter, label)).sum();
	}

	private static long handlerMicros(CounterSource source) {
		Counter calls = Counter.HANDLER_CALLS;
		return calls.labels().stream().mapToLong((outcome) -> source.nanos(calls, outcome)).sum() / 1000;
	}

	FiguresDescriptor describe(SocketServer server, int points, Map<String, Long> alarms) {
		return describe(server.name(), server.statistics(), points, alarms, ConfiguredDescriptor.of(server));
	}

	FiguresDescriptor describe(SocketClient client, int points) {
		return describe(client.name(), client.statistics(), points, Map.of(), null);
	}

	private FiguresDescriptor describe(String name, SessionStatistics statistics, int points, Map<String, Long> alarms,
			@Nullable ConfiguredDescriptor configured) {
		CounterSource source = CounterSource.of(statistics);
		return new FiguresDescriptor(name, this.ring.last(points), statistics.stuckSessions(),
				this.refused.growth(source), this.closed.growth(source), alarms, configured);
	}

}
