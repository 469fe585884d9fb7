package dev.socketserver.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import org.jspecify.annotations.Nullable;

/**
 * The connection on which commands are given: one at a time, made when it is needed. It
 * is never repaired but replaced: Lettuce would repeat commands that were under way.
 * Commands keep their order, also those that come while it is made. Any thread.
 */
final class RedisLink {

	static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

	private final AbstractRedisClient client;

	/** Makes connections, which takes time. */
	private final Executor connector;

	private final Duration timeout;

	/** Guarded by this. */
	private @Nullable Opened opened;

	/** What waits for the connection that is being made; guarded by this. */
	private @Nullable List<Waiting> waiting;

	private long count;

	private boolean closed;

	RedisLink(AbstractRedisClient client, Executor connector, Duration timeout) {
		this.timeout = timeout;
		this.client = client;
		this.connector = connector;
	}

	/** Gives a command. */
	<T> CompletableFuture<T> command(Function<Opened, CompletionStage<T>> command) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Opened link;
		synchronized (this) {
			link = this.opened;
			if (link != null && !link.connection.isOpen()) {
				this.opened = null;
				link = null;
			}
			if (link == null) {
				if (this.closed) {
					result.completeExceptionally(new IllegalStateException("The connection to Redis is closed"));
					return result;
				}
				if (this.waiting == null) {
					this.waiting = new ArrayList<>();
					this.connector.execute(this::open);
				}
				this.waiting.add(new Waiting((now) -> give(command, now, result), result));
				return result;
			}
		}
		give(command, link, result);
		return result;
	}

	private <T> void give(Function<Opened, CompletionStage<T>> command, Opened link, CompletableFuture<T> result) {
		CompletionStage<T> stage;
		try {
			stage = command.apply(link);
		}
		catch (RuntimeException ex) {
			failed(link, ex);
			result.completeExceptionally(ex);
			return;
		}
		stage.whenComplete((value, failure) -> {
			if (failure != null) {
				failed(link, failure);
				result.completeExceptionally(failure);
			}
			else {
				result.complete(value);
			}
		});
	}

	private void failed(Opened link, Throwable failure) {
		// A Redis that has lost its scripts is given them again on a new connection.
		if (failure instanceof RedisNoScriptException) {
			drop(link);
		}
	}

	private void open() {
		Opened link = null;
		Throwable failure = null;
		try {
			link = connect();
			for (RedisScript script : RedisScript.values()) {
				await(link.commands().scriptLoad(script.text()), this.timeout);
			}
		}
		catch (Throwable ex) {
			failure = (ex.getCause() != null) ? ex.getCause() : ex;
			if (link != null) {
				end(link.connection);
			}
			link = null;
		}
		// Those that come meanwhile wait behind the others.
		for (;;) {
			List<Waiting> all;
			synchronized (this) {
				all = this.waiting;
				if (all == null || all.isEmpty()) {
					this.waiting = null;
					this.opened = link;
					if (this.closed && link != null) {
						end(link.connection);
					}
					return;
				}
				this.waiting = new ArrayList<>();
			}
			for (Waiting one : all) {
				if (link != null) {
					one.give.accept(link);
				}
				else {
					one.result.completeExceptionally((failure != null) ? failure : new IllegalStateException());
				}
			}
		}
	}

	/**
	 * Waits for the answer to a command.
	 * @throws RuntimeException if it fails, or does not come in time
	 */
	static void await(RedisFuture<?> answer, Duration timeout) {
		if (!LettuceFutures.awaitAll(timeout, answer)) {
			throw new RedisCommandTimeoutException("Redis has not answered in " + timeout.toMillis() + " ms");
		}
	}

	private Opened connect() {
		long number;
		synchronized (this) {
			number = ++this.count;
		}
		if (this.client instanceof RedisClusterClient cluster) {
			StatefulRedisClusterConnection<String, byte[]> connection = cluster.connect(CODEC);
			return new Opened(number, connection, connection.async());
		}
		StatefulRedisConnection<String, byte[]> connection = ((RedisClient) this.client).connect(CODEC);
		return new Opened(number, connection, connection.async());
	}

	boolean isCluster() {
		return this.client instanceof RedisClusterClient;
	}

	/** Gives up the connection; what is under way fails. */
	void drop() {
		Opened link;
		synchronized (this) {
			link = this.opened;
		}
		if (link != null) {
			drop(link);
		}
	}

	private void drop(Opened link) {
		synchronized (this) {
			if (this.opened == link) {
				this.opened = null;
			}
		}
		end(link.connection);
	}

	static void end(StatefulConnection<?, ?> connection) {
		if (connection.isOpen()) {
			connection.closeAsync();
		}
	}

	void close() {
		synchronized (this) {
			this.closed = true;
		}
		drop();
	}

	/**
	 * A connection.
	 *
	 * @param number counts them
	 * @param connection the connection
	 * @param commands its commands
	 */
	record Opened(long number, StatefulConnection<String, byte[]> connection,
			RedisClusterAsyncCommands<String, byte[]> commands) {

	}

	/**
	 * A command that waits for a connection.
	 *
	 * @param give gives it
	 * @param result its result
	 */
	private record Waiting(Consumer<Opened> give, CompletableFuture<?> result) {

	}

}
