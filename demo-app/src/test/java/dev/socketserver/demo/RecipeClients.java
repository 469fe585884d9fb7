package dev.socketserver.demo;

import java.time.Duration;
import java.util.Collections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.netty.NettySocketClients;
import dev.socketserver.netty.NettySocketServers;

/**
 * Clients that place one order after the other, and connect again when their connection
 * has ended.
 */
final class RecipeClients implements SocketClientListener, AutoCloseable {

	static final Duration BACK_OFF = Duration.ofMillis(500);

	/** Longer than all of a restart: an order without a reply is one that was lost. */
	private static final Duration LONG = Duration.ofMinutes(5);

	private static final long PAUSE_MILLIS = 250;

	private final NettySocketServers resources = new NettySocketServers(List.of());

	private final NettySocketClients clients = new NettySocketClients(this.resources, () -> List.of(this));

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Map<String, Long> lostAt = new ConcurrentHashMap<>();

	private final List<Long> gaps = Collections.synchronizedList(new ArrayList<>());

	private final AtomicInteger connected = new AtomicInteger();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicLong replies = new AtomicLong();

	private final AtomicLong others = new AtomicLong();

	private volatile boolean stopped;

	RecipeClients(int count, int port) {
		for (int number = 0; number < count; number++) {
			SocketClient client = this.clients.register(ClientSpec.builder("client" + number)
				.port(port)
				.reconnect(new ClientSpec.Reconnect(BACK_OFF, BACK_OFF, 0))
				.build());
			client.start();
			int first = number;
			this.waiting.incrementAndGet();
			this.timer.schedule(() -> ask(client, first + "-", 0), number % PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	/** Repeats an order that has no reply. */
	private void ask(SocketClient client, String order, int number) {
		client.ask(order + number, LONG).handle((reply, failure) -> {
			boolean done = failure == null && reply.equals("done " + order + number);
			(done ? this.replies : this.others).incrementAndGet();
			if (done && this.stopped) {
				return this.waiting.decrementAndGet();
			}
			return this.timer.schedule(() -> ask(client, order, done ? number + 1 : number), PAUSE_MILLIS,
					TimeUnit.MILLISECONDS);
		});
	}

	@Override
	public void connected(SocketClient client, SocketSession session) {
		this.connected.incrementAndGet();
		Long lost = this.lostAt.remove(client.name());
		if (lost != null) {
			this.gaps.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lost));
		}
	}

	@Override
	public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
		this.connected.decrementAndGet();
		this.lostAt.put(client.name(), System.nanoTime());
	}

	int connected() {
		return this.connected.get();
	}

	/** Places no further orders. */
	void stop() {
		this.stopped = true;
	}

	/** How many orders still wait for their replies. */
	int waiting() {
		return this.waiting.get();
	}

	long replies() {
		return this.replies.get();
	}

	/** Replies of others, and orders without one. */
	long others() {
		return this.others.get();
	}

	/** How long clients had no connection, in milliseconds, the shortest first. */
	List<Long> gaps() {
		synchronized (this.gaps) {
			return this.gaps.stream().sorted().toList();
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.clients.close();
		this.resources.close();
	}

}
