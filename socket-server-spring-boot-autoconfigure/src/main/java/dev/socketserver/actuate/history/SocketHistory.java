package dev.socketserver.actuate.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.history.HistoryDescriptor.FiguresDescriptor;
import dev.socketserver.actuate.history.HistoryDescriptor.UsedDescriptor;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketServerAlarmEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Remembers what servers and clients were like in the last fifteen minutes: a point every
 * five seconds, and their alarms. Of each it keeps at most 16 KB. The thread
 * {@code socket-history} takes the points while the application runs, from the first
 * server or client on; they are numbers that are read from memory. All methods may be
 * called from any thread.
 */
public final class SocketHistory implements SmartLifecycle, SocketServerListener, SocketClientListener {

	static final int INTERVAL_MILLIS = 5_000;

	private static final String TIME = "time";

	private static final long ALARM_MILLIS = TimeUnit.MINUTES.toMillis(15);

	private final SocketServers servers;

	private final @Nullable SocketClients clients;

	private final LongSupplier clock;

	private final Ring times = new Ring(List.of(TIME));

	private final Map<String, Remembered> ofServers = new HashMap<>();

	private final Map<String, Remembered> ofClients = new HashMap<>();

	private final Map<String, Map<Alarm.Kind, Long>> alarms = new HashMap<>();

	private boolean running;

	private @Nullable ScheduledExecutorService thread;

	/**
	 * Creates a history of nothing yet.
	 * @param servers the servers
	 * @param clients the clients, or {@code null} if there are none
	 */
	public SocketHistory(SocketServers servers, @Nullable SocketClients clients) {
		this(servers, clients, System::currentTimeMillis);
	}

	SocketHistory(SocketServers servers, @Nullable SocketClients clients, LongSupplier clock) {
		this.servers = servers;
		this.clients = clients;
		this.clock = clock;
	}

	@Override
	public synchronized void start() {
		this.running = true;
		if (this.servers.iterator().hasNext() || clients().iterator().hasNext()) {
			begin();
		}
	}

	@Override
	public synchronized void registered(SocketServer server) {
		begin();
	}

	@Override
	public void started(SocketServer server) {
		acceptsAnew(server);
	}

	@Override
	public void stopped(SocketServer server) {
		acceptsAnew(server);
	}

	@Override
	public synchronized void registered(SocketClient client) {
		begin();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // it does not throw
	private void begin() {
		if (this.running && this.thread == null) {
			ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread created = new Thread(task, "socket-history");
				created.setDaemon(true);
				return created;
			});
			thread.scheduleAtFixedRate(this::sample, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
			this.thread = thread;
		}
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		if (this.thread != null) {
			this.thread.shutdownNow();
			this.thread = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/** Takes a point of each server and client. */
	synchronized void sample() {
		this.times.add(this.clock.getAsLong());
		Set<String> present = new HashSet<>();
		for (SocketServer server : this.servers) {
			present.add(server.name());
			this.ofServers.computeIfAbsent(server.name(), (name) -> new Remembered(Remembered.OF_SERVERS))
				.sample(server.statistics());
		}
		this.ofServers.keySet().retainAll(present);
		this.alarms.keySet().retainAll(present);
		present.clear();
		for (SocketClient client : clients()) {
			present.add(client.name());
			this.ofClients.computeIfAbsent(client.name(), (name) -> new Remembered(Remembered.OF_CLIENTS))
				.sample(client.statistics());
		}
		this.ofClients.keySet().retainAll(present);
	}

	private Iterable<SocketClient> clients() {
		return (this.clients != null) ? this.clients : Collections.emptyList();
	}

	/**
	 * A server needs attention.
	 * @param event what has happened
	 */
	@EventListener
	public synchronized void alarm(SocketServerAlarmEvent event) {
		if (event.kind() == Alarm.Kind.ACCEPT_RESUMED) {
			acceptsAnew(event.server());
		}
		else {
			this.alarms.computeIfAbsent(event.server().name(), (name) -> new EnumMap<>(Alarm.Kind.class))
				.put(event.kind(), this.clock.getAsLong());
		}
	}

	/** The trouble was that of a listener that may be gone. */
	private synchronized void acceptsAnew(SocketServer server) {
		Map<Alarm.Kind, Long> of = this.alarms.get(server.name());
		if (of != null) {
			of.remove(Alarm.Kind.ACCEPT_FAILED);
		}
	}

	/**
	 * Describes what there was.
	 * @param since the time after which points are wanted, in milliseconds since 1970;
	 * {@code null} for all that there are
	 * @return the points
	 */
	public synchronized HistoryDescriptor describe(@Nullable Long since) {
		long now = this.clock.getAsLong();
		List<Long> times = LongStream.of(Objects.requireNonNull(this.times.last(Ring.POINTS).get(TIME)))
			.filter((time) -> since == null || time > since)
			.boxed()
			.toList();
		List<FiguresDescriptor> ofServers = new ArrayList<>();
		for (SocketServer server : this.servers) {
			Remembered remembered = this.ofServers.get(server.name());
			if (remembered != null) {
				ofServers.add(remembered.describe(server, times.size(), alarms(server, now)));
			}
		}
		List<FiguresDescriptor> ofClients = new ArrayList<>();
		for (SocketClient client : clients()) {
			Remembered remembered = this.ofClients.get(client.name());
			if (remembered != null) {
				ofClients.add(remembered.describe(client, times.size()));
			}
		}
		UsedDescriptor memory = new UsedDescriptor(this.servers.memoryUsed(), this.servers.memoryLimit());
		return new HistoryDescriptor(now, INTERVAL_MILLIS, times, memory, ProcessFiles.used(), ofServers, ofClients);
	}

	private Map<String, Long> alarms(SocketServer server, long now) {
		Map<String, Long> recent = new LinkedHashMap<>();
		this.alarms.getOrDefault(server.name(), Map.of()).forEach((kind, at) -> {
			if (now - at < ALARM_MILLIS) {
				recent.put(kind.name(), at);
			}
		});
		return recent;
	}

}
