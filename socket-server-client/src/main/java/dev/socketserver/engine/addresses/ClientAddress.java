package dev.socketserver.engine.addresses;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

import dev.socketserver.CloseReason;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.spec.connect.Reconnect;
import org.jspecify.annotations.Nullable;

/**
 * One address of a client: whether it is available, and when it may be tried.
 *
 * <pre>
 *              ┌─a failure─┐                            ┌─a failure─┐
 *              │           ▼                            │           ▼
 *   connected ─┴▶ AVAILABLE ──so many failures──▶ UNAVAILABLE: tried when it is due
 *                     ▲                                 │
 *                     └─────────an attempt succeeds─────┘
 * </pre>
 *
 * Guarded as {@link ClientAddresses} are, except for what is final.
 */
public final class ClientAddress {

	private final ServerAddress server;

	/** The index of one that is not in the list any more. */
	private static final int GONE = Integer.MAX_VALUE;

	/** How many are before it in the list. Any thread may ask. */
	private volatile int index;

	private int mostFailures;

	/** A connection that has lasted longer was stable. */
	private long stableNanos;

	/** Whether the client has no other: it never connects again at once. */
	private boolean alone;

	/**
	 * Whether there is no other address: while a connection to it serves, no attempt
	 * tries it again.
	 */
	private boolean only;

	/** With which of the addresses of its name an attempt begins. */
	private int number;

	/** The waits between attempts. */
	private Backoff backoff;

	/** The waits while it is unavailable, where these are others. */
	private @Nullable Backoff retry;

	/** The connections to it, and when they were made. */
	private final Map<ClientAddresses.Link, Long> open = new HashMap<>();

	/** When the last of them was made. */
	private long connectedNanos;

	private boolean available = true;

	/** Failures in a row. */
	private int failures;

	/** Connections in a row that did not last, without those that this side has ended. */
	private int endedSoon;

	private @Nullable Throwable failure;

	/** How many attempts are under way. */
	private int attempting;

	/** Whether there is a time before which it is not to be tried. */
	private boolean waits;

	private long dueNanos;

	/**
	 * Whether it waits because a connection was lost: meanwhile others take its place.
	 */
	private boolean left;

	ClientAddress(ServerAddress server, int index, ClientSpec spec, boolean alone, DoubleSupplier random) {
		this.server = server;
		this.backoff = new Backoff(spec.reconnect(), random);
		this.retry = retry(spec, random);
		take(index, spec, alone);
	}

	private static @Nullable Backoff retry(ClientSpec spec, DoubleSupplier random) {
		Reconnect retries = spec.failOver().retry(spec.reconnect());
		return retries.equals(spec.reconnect()) ? null : new Backoff(retries, random);
	}

	private void take(int place, ClientSpec spec, boolean isAlone) {
		this.index = place;
		this.mostFailures = spec.failOver().failures();
		this.stableNanos = spec.failOver().retry(spec.reconnect()).maxPeriod().toNanos();
		this.alone = isAlone;
		this.only = spec.addresses().size() == 1;
	}

	/** Other settings are in force. Who waits uses the shorter wait. */
	void reconfigure(int place, ClientSpec spec, boolean isAlone, DoubleSupplier random, long nanos) {
		Reconnect retries = ((this.retry != null) ? this.retry : this.backoff).reconnect();
		boolean otherwise = !spec.reconnect().equals(this.backoff.reconnect())
				|| !spec.failOver().retry(spec.reconnect()).equals(retries);
		take(place, spec, isAlone);
		if (this.failures > 0 && !isOpen()) {
			this.available = this.failures < this.mostFailures;
		}
		if (otherwise) {
			this.backoff = new Backoff(spec.reconnect(), random);
			this.retry = retry(spec, random);
			long due = nanos + nextWait();
			this.dueNanos = (due - this.dueNanos < 0) ? due : this.dueNanos;
		}
	}

	/** Returns how long to wait now. Each call makes the next wait longer. */
	private long nextWait() {
		return (this.available || this.retry == null) ? this.backoff.next() : this.retry.next();
	}

	/** It is not in the list any more. */
	void gone() {
		this.index = GONE;
	}

	/**
	 * Returns whether it is not in the list any more. Any thread.
	 * @return {@code true} if so
	 */
	public boolean isGone() {
		return this.index == GONE;
	}

	/**
	 * Returns where it is. Any thread.
	 * @return the address, as configured
	 */
	public ServerAddress server() {
		return this.server;
	}

	/**
	 * Returns with which of the addresses of its name an attempt begins.
	 * @return the number of the address, among those of the name
	 */
	public int number() {
		return this.number;
	}

	/**
	 * Returns how many are before it in the list.
	 * @return the index
	 */
	public int index() {
		return this.index;
	}

	/**
	 * Returns whether it is behind another in the list.
	 * @param other the other
	 * @return {@code true} if so
	 */
	public boolean isBehind(ClientAddress other) {
		return this.index > other.index();
	}

	boolean isAvailable() {
		return this.available;
	}

	/** Whether an attempt is under way. */
	boolean isAttempting() {
		return this.attempting > 0;
	}

	/** Returns how long it is not to be tried yet. */
	long delay(long nanos) {
		return this.waits ? Math.max(0, this.dueNanos - nanos) : 0;
	}

	/** Whether others take its place now, although it is available. */
	boolean isLeft(long nanos) {
		return this.left && delay(nanos) > 0;
	}

	/**
	 * Returns how many connections to it did not last, one after the other.
	 * @return the count, without those that this side has ended
	 */
	public int endedSoon() {
		return this.endedSoon;
	}

	/** Whether there is a connection to it. */
	boolean isOpen() {
		return !this.open.isEmpty();
	}

	/** Returns how long the oldest of its connections has lasted. */
	long lasted(long nanos) {
		return this.open.values().stream().mapToLong((since) -> nanos - since).max().orElse(0);
	}

	/** Returns how much waits on its connections. */
	long waiting() {
		return this.open.keySet().stream().mapToLong(ClientAddresses.Link::waiting).sum();
	}

	/** The client is started. */
	void started() {
		this.number = 0;
		resetWaits();
		this.available = true;
		this.failures = 0;
		this.endedSoon = 0;
		this.failure = null;
		this.attempting = 0;
		this.waits = false;
		this.open.clear();
	}

	/** An operator wants the client to connect: the waits are the shortest again. */
	void wanted() {
		resetWaits();
		this.waits = false;
	}

	private void resetWaits() {
		this.backoff.reset();
		resetRetry();
	}

	private void resetRetry() {
		if (this.retry != null) {
			this.retry.reset();
		}
	}

	/** An attempt begins. */
	void attempting() {
		this.attempting++;
		this.waits = false;
	}

	/** An attempt is over. The client may have been started anew since it began. */
	void attempted() {
		this.attempting = Math.max(0, this.attempting - 1);
	}

	/** An attempt has led to a connection. */
	void connected(ClientAddresses.Link link, long nanos) {
		attempted();
		this.connectedNanos = nanos;
		this.available = true;
		this.failure = null;
		this.waits = false;
		this.open.put(link, nanos);
	}

	/**
	 * An attempt has failed.
	 * @param number that of the address of its name behind those that were tried
	 */
	void failed(int number, Throwable cause, long nanos) {
		attempted();
		this.number = number;
		failed(cause, nanos);
	}

	private void failed(Throwable cause, long nanos) {
		boolean before = this.available;
		this.failures++;
		this.failure = cause;
		this.available = this.failures < this.mostFailures;
		// What fails together with others is no reason to wait twice as long.
		if (delay(nanos) == 0 || before != this.available) {
			waitUntil(nanos + nextWait());
		}
	}

	private void waitUntil(long dueNanos) {
		this.waits = true;
		this.left = false;
		this.dueNanos = dueNanos;
	}

	/**
	 * A connection is lost, or closed. One that was stable has the next attempt begin as
	 * the first; one that its server or the network has ended soon after it began has it
	 * try another address of its name.
	 * @param number that of the address of its name behind that of the connection
	 */
	void lost(ClientAddresses.Link link, CloseReason reason, int number, long nanos) {
		Long since = this.open.remove(link);
		if (since == null || reason == CloseReason.ROTATED) {
			return;
		}
		long lasted = nanos - since;
		boolean ownWish = isOurOwn(reason);
		if (this.backoff.connectionEnded(nanos - this.connectedNanos)) {
			this.number = 0;
		}
		else if (!ownWish) {
			this.number = number;
		}
		if (link.hasReceived() || lasted > this.stableNanos) {
			this.failures = 0;
			resetRetry();
			if (!this.alone) {
				this.backoff.reset();
			}
			endedSoon(link, 0);
		}
		else if (ownWish) {
			endedSoon(link, 0);
		}
		else {
			endedSoon(link, this.endedSoon + 1);
			failed(new IOException("lost after %d ms, before a message was received: %s"
				.formatted(TimeUnit.NANOSECONDS.toMillis(lasted), reason)), nanos);
		}
		if (delay(nanos) == 0) {
			waitUntil((this.alone ? nanos : since) + this.backoff.next());
		}
		this.left = !ownWish;
	}

	/**
	 * Whether this side has ended a connection, so that it says nothing about the server.
	 */
	private static boolean isOurOwn(CloseReason reason) {
		// Without a default, so that no new one is forgotten.
		return switch (reason) {
			case HANDLER_CLOSED, HANDLER_ERROR, ACCESS_DENIED, REQUESTS_DONE, ROTATED, SESSION_TIMEOUT, OVERFLOW,
					NOT_STORED, MEMORY, REPLACED, OPERATOR_CLOSED, SERVER_STOPPED, EXECUTOR_REJECTED ->
				true;
			case PEER_CLOSED, PEER_RESET, FRAME_TOO_LARGE, PROTOCOL_ERROR, DECODE_ERROR, FIRST_FRAME_TIMEOUT,
					FRAME_TIMEOUT, IDLE_TIMEOUT, WRITE_TIMEOUT, HEARTBEAT_TIMEOUT, SLOW_CONSUMER, TLS_FAILED,
					LOGIN_FAILED, LOGIN_TIMEOUT, RATE_EXCEEDED, IO_ERROR ->
				false;
		};
	}

	/** One that was not used says nothing. */
	private void endedSoon(ClientAddresses.Link link, int count) {
		if (link.isUsed()) {
			this.endedSoon = count;
		}
	}

	/** A connection is not ready in time, or is not to be used. */
	void notReady(ClientAddresses.Link link, int number, Throwable cause, long nanos) {
		if (this.open.remove(link) != null) {
			this.number = number;
			failed(cause, nanos);
		}
	}

	AddressStatus status(long nanos) {
		long now = nanos;
		boolean proven = this.open.entrySet()
			.stream()
			.anyMatch((each) -> each.getKey().hasReceived() || now - each.getValue() > this.stableNanos);
		String text = (this.failure != null) ? text(this.failure) : null;
		boolean shown = this.available || (this.only && isOpen());
		return new AddressStatus(this.server.host(), this.server.port(), shown, this.open.size(),
				proven ? 0 : this.failures, text, shown ? null : Instant.now().plusNanos(delay(nanos)));
	}

	/** The cause may be a class of the application. */
	private static String text(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.getClass().getName();
	}

}
