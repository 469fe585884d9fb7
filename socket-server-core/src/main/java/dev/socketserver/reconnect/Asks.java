package dev.socketserver.reconnect;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.client.Correlator;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a client whose replies are waited for, whether or not they have been
 * sent: no two have the same key, and none waits longer than it may. Safe for use by
 * several threads.
 */
public final class Asks {

	/** A longer time to wait for a reply is taken for this one. */
	private static final Duration LONGEST_WAIT = Duration.ofDays(365 * 100);

	private final String client;

	private final @Nullable Correlator correlator;

	private final ClientOutbox outbox;

	private final Executor background;

	private final ScheduledExecutorService timer;

	private final Map<Object, Ask> byKey = new ConcurrentHashMap<>();

	/**
	 * Creates the requests of a client, of which there are none yet.
	 * @param client the client's name
	 * @param correlator tells which reply is a request's own; {@code null} if replies
	 * come in order
	 * @param outbox sends them
	 * @param background runs what is hung on replies
	 * @param timer ends the wait for replies that do not come
	 */
	public Asks(String client, @Nullable Correlator correlator, ClientOutbox outbox, Executor background,
			ScheduledExecutorService timer) {
		this.client = client;
		this.correlator = correlator;
		this.outbox = outbox;
		this.background = background;
		this.timer = timer;
	}

	/**
	 * Returns the key of a request.
	 * @param payload the request, as the application has given it
	 * @return the key, or {@code null} if replies come in order
	 * @throws IllegalArgumentException if the correlator has none that can be one
	 */
	public @Nullable Object key(Object payload) {
		if (this.correlator == null) {
			return null;
		}
		Object key = PendingAsks.key(this.correlator, payload);
		if (key == null) {
			throw new IllegalArgumentException(
					"The correlator of client '" + this.client + "' has no key for the request");
		}
		if (key.getClass().isArray()) {
			throw new IllegalArgumentException("The correlator of client '" + this.client + "' makes arrays of type "
					+ key.getClass().getTypeName()
					+ " as keys, of which no two are equal: make it text, a number or a ByteBuffer of them");
		}
		return key;
	}

	/**
	 * Sends a request, and waits for its reply.
	 * @param payload the request
	 * @param key its key, or {@code null}
	 * @param timeout how long to wait at most, from now on
	 * @return the reply, or why there is none
	 * @throws IllegalArgumentException if another request that waits has the key
	 */
	public CompletableFuture<Object> send(byte[] payload, @Nullable Object key, Duration timeout) {
		Ask ask = new Ask(key, this.background);
		add(ask);
		try {
			endWait(ask, millis(timeout));
			this.outbox.ask(payload, ask);
		}
		catch (RuntimeException | Error ex) {
			ask.failed(ex);
			throw ex;
		}
		return ask.reply();
	}

	/** Takes the key of a request, until there is a reply, or none any more. */
	void add(Ask ask) {
		Object key = ask.key();
		if (key == null) {
			return;
		}
		if (this.byKey.putIfAbsent(key, ask) != null) {
			throw new IllegalArgumentException(
					"Client '" + this.client + "' waits for the reply to another request of the same key");
		}
		// Whoever sees the reply may ask with the same key at once, and what is hung on a
		// future last is told first: that it is completed would be too late.
		ask.release(() -> this.byKey.remove(key, ask));
		CompletableFuture<?> unused = ask.reply().whenComplete((reply, failure) -> this.byKey.remove(key, ask));
	}

	private void endWait(Ask ask, long millis) {
		Future<?> end = this.timer.schedule(() -> ask.failed(new TimeoutException(late(ask, millis))), millis,
				TimeUnit.MILLISECONDS);
		CompletableFuture<?> unused = ask.reply().whenComplete((reply, failure) -> end.cancel(false));
	}

	private String late(Ask ask, long millis) {
		String late = "No reply to client '" + this.client + "' within " + millis + " ms";
		return (ask.sentOn() != null) ? late : late + ": the request still waits for a connection, or for room on it";
	}

	private static long millis(Duration timeout) {
		if (timeout.isNegative()) {
			return 0;
		}
		return (timeout.compareTo(LONGEST_WAIT) < 0) ? timeout.toMillis() : LONGEST_WAIT.toMillis();
	}

}
