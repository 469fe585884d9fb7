package dev.socketserver.engine.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.socketserver.RequestTimeoutException;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.ReplyReading;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests of a client, and ends their wait: no two that wait have the same
 * key, and none waits longer than its timeout. Those with a key are found here, whether
 * or not they have been sent; the others are in {@link ClientOutbox} and then in
 * {@link PendingRequests} only. Safe for use by several threads.
 */
public final class ClientRequests {

	private final String client;

	private final ClientOutbox outbox;

	/** Gives what requests share that are made now. */
	private final Supplier<RequestContext> context;

	private final Map<Object, Request> byKey = new ConcurrentHashMap<>();

	/**
	 * Creates the object for a client, without requests.
	 * @param client the client's name
	 * @param outbox sends the requests
	 * @param context gives what requests share that are made now
	 */
	public ClientRequests(String client, ClientOutbox outbox, Supplier<RequestContext> context) {
		this.client = client;
		this.outbox = outbox;
		this.context = context;
	}

	/**
	 * Returns the key of a request.
	 * @param payload the request, as the application has given it
	 * @return the key, or {@code null} if replies arrive in order
	 * @throws IllegalArgumentException if the correlator returns none for it, or an array
	 */
	public @Nullable Object key(Object payload) {
		return this.context.get().key("client '" + this.client + "'", payload);
	}

	/**
	 * Sends a request, and waits for its reply.
	 * @param payload the request
	 * @param key its key, or {@code null}
	 * @param reading reads the reply; {@code null} if it is to be what the handler takes
	 * @param timeout how long to wait at most, from now on
	 * @param poolKey the key by which its connection is chosen, or {@code null}
	 * @param mayWait whether the calling thread may wait for room
	 * @return a future for the reply
	 * @throws IllegalArgumentException if another request with the same key still waits
	 */
	public CompletableFuture<Object> send(byte[] payload, @Nullable Object key, @Nullable ReplyReading reading,
			Duration timeout, @Nullable Object poolKey, boolean mayWait) {
		RequestContext shared = this.context.get();
		Request ask = shared.request(key, reading);
		add(ask);
		try {
			long millis = Request.millis(timeout);
			ask.expireAfter(millis, shared.timer(), () -> expire(ask, millis));
			this.outbox.ask(payload, poolKey, mayWait, ask);
		}
		catch (RuntimeException | Error ex) {
			ask.failed(ex);
			throw ex;
		}
		return ask.reply();
	}

	/** Reserves the key of a request until it has its reply, or none will arrive. */
	void add(Request ask) {
		Object key = ask.key();
		if (key == null) {
			return;
		}
		if (this.byKey.putIfAbsent(key, ask) != null) {
			throw new IllegalArgumentException(
					"Client '" + this.client + "' already waits for the reply to another request with the same key");
		}
		// Twice: whoever sees the reply may use the same key at once, so the key must be
		// free before the future completes. A callback of the future would be too late
		// for that, since those that were added last run first.
		ask.release(() -> this.byKey.remove(key, ask));
		ask.whenOver(() -> this.byKey.remove(key, ask));
	}

	private void expire(Request ask, long millis) {
		String late = "No reply to client '" + this.client + "' within " + millis + " ms";
		if (this.outbox.expire(ask)) {
			ask.failed(
					new RequestNotSentException(
							"The request to client '" + this.client + "' was not sent within " + millis + " ms: "
									+ (!this.outbox.isAttached() ? "no connection was ready for it"
											: this.context.get().requests().oneAtATime()
													? "another request was under way"
													: "there was no room on the connection")));
		}
		else if (ask.sentOn() == null) {
			ask.failed(new RequestTimeoutException(
					late + ": it may have been sent on a connection that has ended, and the server may have it"));
		}
		else {
			ask.failed(new RequestTimeoutException(late));
		}
	}

}
