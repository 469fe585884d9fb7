package dev.socketserver.redis;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.node.DirectoryEngine;
import dev.socketserver.cluster.node.DirectoryMember;
import dev.socketserver.cluster.node.ThisNode;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.cluster.spi.LocalSession;
import dev.socketserver.fixtures.Patience;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A node with sessions that are no sockets, on a real Redis.
 */
final class TestNode implements LocalNode, ClusterClock, AutoCloseable {

	static final String SERVER = "chat";

	/** How long a request may take. */
	static final Duration TIMEOUT = Duration.ofSeconds(2);

	final DirectoryMember member;

	final NodeId id;

	final RedisClusterEngine engine;

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "test-node");
		thread.setDaemon(true);
		return thread;
	});

	private final AtomicInteger count = new AtomicInteger();

	final Set<Session> sessions = ConcurrentHashMap.newKeySet();

	/** Is notified of what peers see. */
	Consumer<String> events = (event) -> {
	};

	TestNode(int port, String name, Duration lease) {
		this(factory(port), name, lease, TIMEOUT);
	}

	TestNode(int port, String name, Duration lease, String secret) {
		this(factory(port), name, lease, secret);
	}

	/** Returns connections to a Redis of this machine. */
	static LettuceConnectionFactory factory(int port) {
		return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
	}

	TestNode(LettuceConnectionFactory factory, String name, Duration lease, String secret) {
		this(factory, name, lease, secret, (engine) -> engine);
	}

	/** Creates a node whose requests may take another time. */
	TestNode(int port, String name, Duration lease, Duration timeout) {
		this(factory(port), name, lease, timeout);
	}

	/**
	 * Creates a node on connections like others, whose requests may take another time.
	 */
	TestNode(LettuceConnectionFactory factory, String name, Duration lease, Duration timeout) {
		this(factory, name, lease, timeout, null, (engine) -> engine);
	}

	/** Creates a node that has its engine by way of another. */
	TestNode(LettuceConnectionFactory factory, String name, Duration lease, String secret,
			UnaryOperator<DirectoryEngine> way) {
		this(factory, name, lease, TIMEOUT, secret, way);
	}

	/** Creates such a node, whose requests may take another time. */
	TestNode(LettuceConnectionFactory factory, String name, Duration lease, Duration timeout, String secret,
			UnaryOperator<DirectoryEngine> way) {
		this.id = new NodeId(name, UUID.randomUUID().toString());
		this.engine = new RedisClusterEngine(factory, "test", timeout);
		DirectoryEngine used = way.apply(this.engine);
		this.member = new DirectoryMember(new ThisNode(this.id, new ClusterSettings(name, lease, timeout, true, secret),
				this, new ClusterListener() {
				}), used.directory(), used.bus(), this);
	}

	/** Returns the name of this life of the node. */
	String name() {
		return this.id.name() + ":" + this.id.incarnation();
	}

	TestNode start() {
		try {
			Patience.await(this.member.start());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		return this;
	}

	Session open() {
		Session session = new Session(SERVER + "-" + this.count.incrementAndGet());
		this.sessions.add(session);
		return session;
	}

	/** Sends to the session that has an identity, and waits for the outcome. */
	Delivery send(String id, String text) {
		return this.member.send("device", id, (server) -> text.getBytes())
			.orTimeout(Patience.seconds(), TimeUnit.SECONDS)
			.join();
	}

	Delivery send(String id) {
		return send(id, "x");
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public void execute(Runnable task) {
		if (!this.executor.isShutdown()) {
			this.executor.execute(task);
		}
	}

	@Override
	public void schedule(Runnable task, long delay) {
		if (!this.executor.isShutdown()) {
			this.executor.schedule(task, delay, TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public Executor callbacks() {
		return this.executor;
	}

	@Override
	public int count() {
		return this.sessions.size();
	}

	@Override
	public int broadcast(String server, String group, byte[] payload) {
		return this.sessions.size();
	}

	@Override
	public CompletableFuture<byte[]> operate(String operation, byte[] body) {
		return CompletableFuture.completedFuture(body);
	}

	/** Ends without a word, as if killed. */
	void kill() {
		this.executor.shutdownNow();
		this.engine.close();
	}

	@Override
	public void close() {
		if (!this.executor.isShutdown()) {
			try {
				Patience.await(this.member.leave());
			}
			catch (Exception ex) {
				// Redis is gone.
			}
			kill();
		}
	}

	/** A session. */
	final class Session implements LocalSession {

		final String id;

		final Map<Identity, Long> bound = new ConcurrentHashMap<>();

		final Queue<String> received = new ConcurrentLinkedQueue<>();

		volatile boolean open = true;

		/** What is sent to it is written once this completes. */
		volatile CompletableFuture<?> writes = CompletableFuture.completedFuture(null);

		final CompletableFuture<String> replaced = new CompletableFuture<>();

		/** When it asked for its identity. */
		private volatile long began;

		Session(String id) {
			this.id = id;
		}

		TestNode node() {
			return TestNode.this;
		}

		boolean bind(String id, BindPolicy policy) {
			return bindLater(id, policy).join();
		}

		CompletableFuture<Boolean> bindLater(String id, BindPolicy policy) {
			this.began = System.nanoTime();
			return TestNode.this.member.bind(this, new Identity(SERVER, "device", id), policy);
		}

		boolean isBound(String id) {
			return this.bound.containsKey(new Identity(SERVER, "device", id));
		}

		long token(String id) {
			return this.bound.getOrDefault(new Identity(SERVER, "device", id), 0L);
		}

		void end() {
			this.open = false;
			TestNode.this.events.accept("over " + this + " " + System.nanoTime());
			TestNode.this.sessions.remove(this);
			this.bound.keySet().forEach((identity) -> TestNode.this.member.release(this.id, identity));
		}

		@Override
		public String toString() {
			return this.id + "@" + node().name();
		}

		@Override
		public boolean closing() {
			return !this.open;
		}

		@Override
		public boolean settled() {
			return !this.open;
		}

		@Override
		public String id() {
			return this.id;
		}

		@Override
		public boolean granted(Identity identity, BindPolicy policy, long token) {
			if (!this.open) {
				return false;
			}
			if (policy == BindPolicy.REPLACE) {
				for (Session other : TestNode.this.sessions) {
					if (other != this && other.bound.containsKey(identity)) {
						other.replaced(identity, this.id);
					}
				}
			}
			this.bound.put(identity, token);
			if (token != 0) {
				TestNode.this.events.accept("granted " + identity.id() + " " + this + " " + token + " " + this.began
						+ " " + System.nanoTime());
			}
			return true;
		}

		@Override
		public void replaced(Identity identity, String by) {
			this.bound.remove(identity);
			end();
			this.replaced.complete(by);
		}

		@Override
		public void released(Identity identity) {
			this.bound.remove(identity);
		}

		@Override
		public CompletableFuture<Delivery> send(byte[] payload) {
			if (!this.open) {
				return CompletableFuture.completedFuture(Delivery.GONE);
			}
			this.received.add(new String(payload));
			TestNode.this.events.accept("received " + this + " " + new String(payload));
			return this.writes.thenApply((done) -> Delivery.WRITTEN);
		}

		@Override
		public CompletableFuture<byte[]> ask(byte[] payload, Duration timeout) {
			return CompletableFuture.completedFuture(payload);
		}

		@Override
		public boolean close() {
			boolean was = this.open;
			end();
			return was;
		}

	}

}
