package dev.socketserver.redis;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketserver.fixtures.Interleavings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What several threads ask of a link while connections are made, lost and given up, and
 * while it closes: no connection stays open behind it, and each command is answered.
 */
class RedisLinkInterleavingTests {

	private static final ClientResources RESOURCES = DefaultClientResources.create();

	/** One for all models: to make one takes milliseconds. */
	private static final Client CLIENT = new Client();

	@AfterAll
	static void shutDown() throws Exception {
		RESOURCES.shutdown().await();
	}

	@Test
	void noConnectionIsLeftBehindALinkThatCloses() {
		Interleavings.stressed(Model.class);
	}

	/** A link whose connections are made when the test says so. */
	public static class Model {

		private final Queue<Connection> made = new ConcurrentLinkedQueue<>();

		private volatile boolean failing;

		/** What the thread that makes connections is to do. */
		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		private final Queue<CompletableFuture<?>> results = new ConcurrentLinkedQueue<>();

		private final RedisLink link = new RedisLink(CLIENT, this.tasks::add, Duration.ofHours(1), List.of());

		@Operation
		public void command() {
			this.results.add(this.link.command((opened) -> CompletableFuture.completedFuture("answer")));
		}

		@Operation
		public void prepare() {
			this.link.prepare();
		}

		@Operation
		public void giveUp() {
			this.link.dropPrepared();
		}

		@Operation
		public void lose() {
			for (Connection connection : this.made) {
				connection.open = false;
			}
		}

		@Operation
		public void failOrNot() {
			this.failing = !this.failing;
		}

		@Operation
		public void connect() {
			Runnable task = this.tasks.poll();
			if (task != null) {
				CLIENT.connecting.set(this);
				task.run();
			}
		}

		@Operation
		public void close() {
			this.link.close();
		}

		@Validate
		public void nothingIsLeft() {
			close();
			while (!this.tasks.isEmpty()) {
				connect();
			}
			for (Connection connection : this.made) {
				check(!connection.open, "A connection is open behind the link");
			}
			for (CompletableFuture<?> result : this.results) {
				check(result.isDone(), "A command waits for ever");
			}
		}

		private static void check(boolean right, String message) {
			if (!right) {
				throw new IllegalStateException(message);
			}
		}

	}

	private static final class Client extends RedisClient {

		/** Whose link connects in this thread. */
		private final ThreadLocal<Model> connecting = new ThreadLocal<>();

		Client() {
			super(RESOURCES, RedisURI.create("redis://127.0.0.1"));
		}

		@Override
		@SuppressWarnings("unchecked")
		public <K, V> StatefulRedisConnection<K, V> connect(RedisCodec<K, V> codec) {
			Model model = this.connecting.get();
			if (model.failing) {
				throw new IllegalStateException("not now");
			}
			Connection connection = new Connection();
			model.made.add(connection);
			return (StatefulRedisConnection<K, V>) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { StatefulRedisConnection.class },
					(proxy, method, arguments) -> connection.call(method.getName()));
		}

	}

	private static final class Connection {

		private volatile boolean open = true;

		@Nullable Object call(String method) {
			switch (method) {
				case "isOpen":
					return this.open;
				case "closeAsync":
					this.open = false;
					return CompletableFuture.completedFuture(null);
				case "async":
					return null;
				default:
					throw new UnsupportedOperationException(method);
			}
		}

	}

}
