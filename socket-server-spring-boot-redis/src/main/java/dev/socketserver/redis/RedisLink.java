package dev.socketserver.redis;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;

import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.engine.log.NanoTime;
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
 * A connection on which commands are given, made when it is needed. It is never repaired
 * but replaced: Lettuce would repeat commands that were under way. Commands keep their
 * order, also those that are given while it is made. Any thread. As long as a command is
 * under way, only the thread that gave it gives the next: what the thread of the
 * connection gives would overtake what another has given.
 * <p>
 * At most {@value #WINDOW} commands are under way. What arrives faster than Redis and
 * this machine can answer waits here, where it can still be withdrawn: a command whose
 * caller has given up is not given, so that an overload does not spend itself on what is
 * not awaited.
 */
final class RedisLink {

	static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

	private static final int WINDOW = 256;

	private final AbstractRedisClient client;

	/** Makes connections, which takes time. */
	private final Executor connector;

	private final Duration timeout;

	private final List<RedisScript> scripts;

	private final LongSupplier nanoTime;

	/** Is given first: it ends what has begun. */
	private final Queue<Waiting<?>> messages = new ConcurrentLinkedQueue<>();

	private final Queue<Waiting<?>> commands = new ConcurrentLinkedQueue<>();

	/** Who raises it from 0 gives what waits, alone, so that the order is kept. */
	private final AtomicInteger giving = new AtomicInteger();

	/** Guarded by this. */
	private @Nullable Opened opened;

	/** What was there when that was asked for. */
	private volatile @Nullable Opened prepared;

	/** Guarded by this. */
	private boolean connecting;

	/** Guarded by this. */
	private long count;

	/** Guarded by this. */
	private boolean closed;

	/**
	 * Creates a link, without a connection.
	 * @param scripts what Redis has to know before a command is given
	 */
	RedisLink(AbstractRedisClient client, Executor connector, Duration timeout, List<RedisScript> scripts) {
		this(client, connector, timeout, scripts, NanoTime.SYSTEM);
	}

	/**
	 * Creates a link, without a connection.
	 * @param scripts what Redis has to know before a command is given
	 * @param nanoTime says for how long Redis has answered nothing
	 */
	RedisLink(AbstractRedisClient client, Executor connector, Duration timeout, List<RedisScript> scripts,
			LongSupplier nanoTime) {
		this.timeout = timeout;
		this.client = client;
		this.connector = connector;
		this.scripts = scripts;
		this.nanoTime = nanoTime;
	}

	/**
	 * Gives a command.
	 * @param command gives it on a connection
	 * @return its result; completing it withdraws the command if it is not under way
	 */
	<T> CompletableFuture<T> command(Function<Opened, CompletionStage<T>> command) {
		return add(this.commands, command);
	}

	/**
	 * Gives a command in front of others that wait: those would only bring more of its
	 * kind.
	 * @param command gives it on a connection
	 * @return its result; completing it withdraws the command if it is not under way
	 */
	<T> CompletableFuture<T> message(Function<Opened, CompletionStage<T>> command) {
		return add(this.messages, command);
	}

	private <T> CompletableFuture<T> add(Queue<Waiting<?>> queue, Function<Opened, CompletionStage<T>> command) {
		Waiting<T> added = new Waiting<>(command, new CompletableFuture<>());
		queue.add(added);
		giveWaiting();
		return added.result;
	}

	/** Has a connection made, if there is none, before it is needed. */
	void prepare() {
		this.prepared = usable();
	}

	/**
	 * Gives up the connection that was there when the link was prepared last. One that
	 * was made since is not known to be bad: what was late has waited for it.
	 */
	void dropPrepared() {
		Opened link = this.prepared;
		if (link != null) {
			drop(link);
		}
	}

	private boolean isWaiting() {
		return !this.messages.isEmpty() || !this.commands.isEmpty();
	}

	private @Nullable Waiting<?> next() {
		Waiting<?> message = this.messages.poll();
		return (message != null) ? message : this.commands.poll();
	}

	private void giveWaiting() {
		if (this.giving.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			giveSome();
			seen = this.giving.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private void giveSome() {
		while (isWaiting()) {
			Opened link = usable();
			if (link == null || !link.takes()) {
				return;
			}
			Waiting<?> next = next();
			if (next != null && !next.result.isDone()) {
				give(next, link);
			}
		}
	}

	/** Returns the connection; or has one made, and returns {@code null}. */
	private @Nullable Opened usable() {
		Opened dead;
		synchronized (this) {
			Opened link = this.opened;
			if (link != null && link.connection.isOpen() && !link.isStalled(this.timeout.toNanos())) {
				return link;
			}
			dead = link;
			this.opened = null;
			if (!this.closed && !this.connecting) {
				this.connecting = true;
				this.connector.execute(this::open);
			}
		}
		if (dead != null) {
			end(dead);
		}
		if (isClosed()) {
			failWaiting(new IllegalStateException("The connection to Redis is closed"));
		}
		return null;
	}

	private <T> void give(Waiting<T> one, Opened link) {
		link.began();
		CompletionStage<T> stage;
		try {
			stage = one.command.apply(link);
		}
		catch (RuntimeException ex) {
			link.answered();
			one.result.completeExceptionally(ex);
			return;
		}
		stage.whenComplete((value, failure) -> {
			link.answered();
			if (failure != null) {
				failed(link, failure);
				one.result.completeExceptionally(failure);
			}
			else {
				one.result.complete(value);
			}
			if (isWaiting()) {
				giveWaiting();
			}
		});
	}

	private void failed(Opened link, Throwable failure) {
		// A Redis that has lost its scripts is given them again on a new connection.
		if (failure instanceof RedisNoScriptException || failure.getCause() instanceof RedisNoScriptException) {
			drop(link);
		}
	}

	private void open() {
		Opened link = null;
		Throwable failure = null;
		try {
			link = connect();
			load(link.commands());
		}
		catch (Throwable ex) {
			failure = (ex.getCause() != null) ? ex.getCause() : ex;
			if (link != null) {
				end(link);
			}
		}
		synchronized (this) {
			this.connecting = false;
			this.opened = (failure == null && !this.closed) ? link : null;
		}
		if (failure != null) {
			failWaiting(failure);
		}
		else if (link != null && isClosed()) {
			end(link);
		}
		giveWaiting();
	}

	/** Gives the scripts together: with a slow Redis each round trip counts. */
	private void load(RedisClusterAsyncCommands<String, byte[]> commands) {
		await(this.timeout,
				this.scripts.stream()
					.map((script) -> commands.scriptLoad(script.text()))
					.toArray(RedisFuture<?>[]::new));
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	private void failWaiting(Throwable failure) {
		for (Waiting<?> next; (next = next()) != null;) {
			next.result.completeExceptionally(failure);
		}
	}

	/**
	 * Waits for the answers to commands.
	 * @throws RuntimeException if one fails, or does not arrive in time
	 */
	static void await(Duration timeout, RedisFuture<?>... answers) {
		if (!LettuceFutures.awaitAll(timeout, answers)) {
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
			return new Opened(number, connection, connection.async(), this.nanoTime);
		}
		StatefulRedisConnection<String, byte[]> connection = ((RedisClient) this.client).connect(CODEC);
		return new Opened(number, connection, connection.async(), this.nanoTime);
	}

	boolean isCluster() {
		return this.client instanceof RedisClusterClient;
	}

	/** Gives up the connection; what is under way fails. */
	private void drop() {
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
		end(link);
	}

	private static void end(Opened link) {
		end(link.connection);
	}

	/** Closes a connection, unless that has been done. */
	static void end(StatefulConnection<?, ?> connection) {
		if (connection.isOpen()) {
			CompletableFuture<?> unused = connection.closeAsync();
		}
	}

	/** Gives up the connection for good. One that is being made is closed later. */
	void close() {
		synchronized (this) {
			this.closed = true;
		}
		drop();
		giveWaiting();
	}

	/** A connection. */
	static final class Opened {

		private final long number;

		private final StatefulConnection<String, byte[]> connection;

		private final RedisClusterAsyncCommands<String, byte[]> commands;

		private final LongSupplier nanoTime;

		private final AtomicInteger underWay = new AtomicInteger();

		/** Who gave the last command; of those who give. */
		private @Nullable Thread giver;

		/** When it last answered, or had nothing to answer. */
		private volatile long since;

		/** Of a silence that may last longer. Guarded by the link. */
		private long longerSince;

		/** How long it may. Guarded by the link. */
		private long until;

		Opened(long number, StatefulConnection<String, byte[]> connection,
				RedisClusterAsyncCommands<String, byte[]> commands, LongSupplier nanoTime) {
			this.number = number;
			this.connection = connection;
			this.commands = commands;
			this.nanoTime = nanoTime;
		}

		/** Counts the connections of a link. */
		long number() {
			return this.number;
		}

		RedisClusterAsyncCommands<String, byte[]> commands() {
			return this.commands;
		}

		/** Whether this thread may give the next command now; else an answer arrives. */
		private boolean takes() {
			int count = this.underWay.get();
			return count == 0 || (count < WINDOW && this.giver == Thread.currentThread());
		}

		private void began() {
			this.giver = Thread.currentThread();
			if (this.underWay.get() == 0) {
				this.since = this.nanoTime.getAsLong();
			}
			this.underWay.incrementAndGet();
		}

		private void answered() {
			this.since = this.nanoTime.getAsLong();
			this.underWay.decrementAndGet();
		}

		/**
		 * Whether Redis has answered nothing for too long. Who asks that late may be the
		 * first thread that runs behind a stop of the process, and the answers not read
		 * yet: the silence may then last as much longer, once.
		 */
		private boolean isStalled(long timeout) {
			if (this.underWay.get() == 0) {
				return false;
			}
			long silence = this.since;
			long now = this.nanoTime.getAsLong();
			long due = silence + timeout;
			if (now - due <= 0) {
				return false;
			}
			if (this.longerSince != silence) {
				this.longerSince = silence;
				this.until = now + ClusterClock.longer(due, now, timeout);
			}
			return now - this.until >= 0;
		}

	}

	/**
	 * A command that is not given yet.
	 *
	 * @param command gives it
	 * @param result its result
	 * @param <T> the type of the result
	 */
	private record Waiting<T>(Function<Opened, CompletionStage<T>> command, CompletableFuture<T> result) {

	}

}
