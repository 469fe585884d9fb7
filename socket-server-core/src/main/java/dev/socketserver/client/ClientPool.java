package dev.socketserver.client;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client, and when they take what it sends.
 *
 * @param ready when a connection takes what is sent; default {@link Ready#CONNECTED}
 * @param readyTimeout how long that may take from the time at which the connection is
 * made, at least a millisecond and at most a year; default 10 s. A connection that is not
 * ready by then is closed, and counts as a failed attempt
 * @param size how many connections are held, from 1, the default, to 64
 * @param key gives a payload, as it was passed to {@code send} or {@code ask}, its key:
 * payloads of one key leave on one connection, in order; {@code null}, the default, if
 * each leaves on any. It is called on the thread of the sender; with {@code null} for a
 * payload, that leaves on any connection
 * @param maxAge how old a connection may be, plus or minus a tenth, before another takes
 * its place; {@code null}, the default, for any age; at least 100 ms and at most a year
 */
public record ClientPool(Ready ready, Duration readyTimeout, int size, @Nullable Function<Object, @Nullable Object> key,
		@Nullable Duration maxAge) {

	/** The most connections of a client. */
	public static final int MOST = 64;

	private static final Duration MIN = Duration.ofMillis(100);

	private static final Duration MAX = Duration.ofDays(365);

	/** The defaults: one connection, which is ready at once. */
	public static final ClientPool DEFAULTS = new ClientPool(Ready.CONNECTED, Duration.ofSeconds(10), 1, null, null);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientPool {
		Objects.requireNonNull(ready, "ready");
		InvalidSpecException.checkTime("readyTimeout", readyTimeout);
		InvalidSpecException.check(size >= 1 && size <= MOST, "pool.size", size, "must be between 1 and " + MOST);
		InvalidSpecException.check(maxAge == null || (maxAge.compareTo(MIN) >= 0 && maxAge.compareTo(MAX) <= 0),
				"pool.maxAge", maxAge, "must be between 100 ms and a year");
	}

	/**
	 * Checks that connections of a client can become ready.
	 * @param pool what is said of them, if anything is
	 * @param session how the connections are served
	 * @param byHand whether the application itself handles them
	 * @throws InvalidSpecException if they never would
	 */
	static void check(@Nullable ClientPool pool, SessionSpec session, boolean byHand) {
		Ready ready = (pool != null) ? pool.ready() : Ready.CONNECTED;
		if (ready == Ready.HEARTBEAT) {
			InvalidSpecException.check(session.heartbeat() != null && session.heartbeat().reply() != null, "ready",
					ready, "needs heartbeat.reply, by which the answer to the first heartbeat is known");
			return;
		}
		ServerHandler handler = session.handler();
		InvalidSpecException.check(ready == Ready.CONNECTED || !byHand, "ready", ready,
				"needs a handler, and the client has none that could say when a connection is ready");
		InvalidSpecException.check(ready != Ready.OPENED || handler instanceof ServerHandler.Messages, "ready", ready,
				"has no effect: the handler reads the connection itself");
	}

	/**
	 * Returns a copy with another {@link #ready()}.
	 * @param ready the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ClientPool ready(Ready ready) {
		return new ClientPool(ready, this.readyTimeout, this.size, this.key, this.maxAge);
	}

	/**
	 * Returns a copy with another {@link #readyTimeout()}.
	 * @param readyTimeout the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ClientPool readyTimeout(Duration readyTimeout) {
		return new ClientPool(this.ready, readyTimeout, this.size, this.key, this.maxAge);
	}

	/**
	 * Returns a copy with another {@link #size()}.
	 * @param size the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ClientPool size(int size) {
		return new ClientPool(this.ready, this.readyTimeout, size, this.key, this.maxAge);
	}

	/**
	 * Returns a copy with another {@link #key()}.
	 * @param key the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ClientPool key(@Nullable Function<Object, @Nullable Object> key) {
		return new ClientPool(this.ready, this.readyTimeout, this.size, key, this.maxAge);
	}

	/**
	 * Returns a copy with another {@link #maxAge()}.
	 * @param maxAge the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ClientPool maxAge(@Nullable Duration maxAge) {
		return new ClientPool(this.ready, this.readyTimeout, this.size, this.key, maxAge);
	}

}
