package dev.socketserver.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;

/**
 * Clients that place one order after the other, and connect again when their connection
 * has ended.
 */
final class RecipeClients implements SocketClientListener, AutoCloseable {

	static final Duration BACK_OFF = Duration.ofMillis(500);

	/** Longer than all of a restart: an order without a reply is one that was lost. */
	private static final Duration LONG = Duration.ofMinutes(5);

	/** How many may be about to connect for the first time. */
	private static final int AT_ONCE = 100;

	/** Clients of other crowds have other names, or they would replace each other. */
	private static final AtomicInteger crowds = new AtomicInteger();

	private final NettySocketServers resources = new NettySocketServers(List.of());

	private final NettySocketClients clients = new NettySocketClients(this.resources, () -> List.of(this));

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final long pauseMillis;

	private final Map<String, Long> lost = new ConcurrentHashMap<>();

	private final Map<String, Long> begun = new ConcurrentHashMap<>();

	private final List<RecipeGap> gaps = Collections.synchronizedList(new ArrayList<>());

	private final AtomicInteger connected = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger hidden = new AtomicInteger();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicLong replies = new AtomicLong();

	private final AtomicLong others = new AtomicLong();

	private volatile boolean stopped;

	/**
	 * Connects clients.
	 * @param count how many
	 * @param port where to
	 * @param pause how long each waits before its next order
	 */
	RecipeClients(int count, int port, Duration pause) {
		this.pauseMillis = pause.toMillis();
		String crowd = "crowd" + crowds.incrementAndGet();
		for (int number = 0; number < count; number++) {
			String name = crowd + "-client" + number;
			SocketClient client = this.clients.register(ClientSpec.builder(name).port(() -> {
				this.begun.put(name, RecipeApplication.micros());
				return port;
			}).reconnect(new Reconnect(BACK_OFF, BACK_OFF, 0)).build());
			client.start();
			int first = number;
			this.waiting.incrementAndGet();
			this.timer.schedule(() -> ask(client, first + "-", 0), number % this.pauseMillis, TimeUnit.MILLISECONDS);
			if (number % AT_ONCE == 0) {
				Awaitility.await().atMost(LONG).until(() -> first - this.connected.get() < AT_ONCE);
			}
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
			return this.timer.schedule(() -> ask(client, order, done ? number + 1 : number), this.pauseMillis,
					TimeUnit.MILLISECONDS);
		});
	}

	@Override
	public void connected(SocketClient client, SocketSession session) {
		long now = RecipeApplication.micros();
		this.connected.incrementAndGet();
		client.ask(RecipeApplication.HELLO + client.name(), LONG).whenComplete((reply, failure) -> {
			if (failure != null) {
				this.refused.incrementAndGet();
				return;
			}
			long replied = RecipeApplication.micros();
			String[] words = reply.toString().split(" ");
			if (!words[3].equals(String.valueOf(session.localAddress()))) {
				this.hidden.incrementAndGet();
			}
			Long since = this.lost.remove(client.name());
			if (since != null) {
				this.gaps.add(new RecipeGap(since, this.begun.get(client.name()), now, Long.parseLong(words[0]),
						Long.parseLong(words[1]), Long.parseLong(words[2]), replied));
			}
		});
	}

	@Override
	public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
		this.connected.decrementAndGet();
		this.lost.putIfAbsent(client.name(), RecipeApplication.micros());
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

	/** How many connections ended before the first reply. */
	int refused() {
		return this.refused.get();
	}

	/** How many connections nodes have taken for those of somebody else. */
	int hidden() {
		return this.hidden.get();
	}

	/** How long clients had no server. */
	List<RecipeGap> gaps() {
		synchronized (this.gaps) {
			return List.copyOf(this.gaps);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.clients.close();
		this.resources.close();
	}

}
