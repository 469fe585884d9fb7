package dev.socketserver.engine.connect;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import dev.socketserver.CloseReason;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.engine.addresses.ClientAddress;
import dev.socketserver.engine.addresses.ClientAddresses;
import org.jspecify.annotations.Nullable;

/**
 * When a client that is to be connected, and is not, makes its next attempt: at once,
 * when it has waited, or when handlers of lost connections have returned. Guarded by the
 * monitor of {@link ClientConnections}.
 */
final class Reconnection {

	/**
	 * So many lost connections may have handlers that have still to be notified of their
	 * end. Each keeps what it has received, and its session, for as long as the first of
	 * these handlers does not return.
	 */
	static final int MOST_UNENDED = 20;

	private final ClientContext client;

	/** Goes on when a wait is over. */
	private final IntConsumer waited;

	private final ClientAddresses addresses;

	/**
	 * The connections whose handlers have still to be notified of the end: several where
	 * one does not return.
	 */
	private final Set<ClientConnection> unended = new HashSet<>();

	/** Those of them that are not lost. */
	private final Set<ClientConnection> open = new HashSet<>();

	/** Completes when the handler of the last connection has been notified of its end. */
	private CompletableFuture<?> lastEnded = CompletableFuture.completedFuture(null);

	/** Whether there are too many of these, until half of them have returned. */
	private boolean heldUp;

	/** Whether the next attempt begins at once, when there may be one. */
	private boolean hurry;

	/**
	 * When the next attempt may be made after a loss, also where others have succeeded
	 * since: a server may end each of several connections at once.
	 */
	private long notBeforeNanos;

	private @Nullable Future<?> wait;

	/** The number of the wait that has begun last. */
	private int waits;

	/**
	 * Creates what knows when a client connects.
	 * @param client the client
	 * @param waited called with the number of a wait, and without the monitor, when that
	 * is over
	 */
	Reconnection(ClientContext client, IntConsumer waited) {
		this.client = client;
		this.waited = waited;
		this.addresses = new ClientAddresses(client.spec(), () -> ThreadLocalRandom.current().nextDouble());
		this.notBeforeNanos = now();
	}

	private long now() {
		return this.client.engine().clock().getAsLong();
	}

	/**
	 * Other settings are in force: the wait that is under way ends, and another may
	 * begin, which is no longer.
	 * @param waits whether waits are others
	 */
	void reconfigure(boolean waits) {
		long now = now();
		this.client.counters().addresses(this.addresses.reconfigure(this.client.spec(), now));
		long other = now + this.addresses.delay(now);
		this.notBeforeNanos = (waits && other - this.notBeforeNanos < 0) ? other : this.notBeforeNanos;
		cancelWait();
	}

	/** The client has started: the first attempt is made at once. */
	void started() {
		this.addresses.started();
		this.heldUp = false;
		this.hurry = true;
		this.notBeforeNanos = now();
	}

	/**
	 * An operator wants the client to be connected: the next wait is the shortest again.
	 * @param now whether the next attempt begins at once
	 */
	void wanted(boolean now) {
		this.addresses.wanted();
		cancelWait();
		this.hurry = now;
		this.notBeforeNanos = now();
	}

	/**
	 * An operator does not want the client to be connected, or somebody stops it.
	 * @return whether it was waiting
	 */
	boolean unwanted() {
		this.hurry = false;
		return cancelWait();
	}

	/** Returns whether there was a wait. */
	boolean cancelWait() {
		Future<?> waiting = this.wait;
		this.wait = null;
		return waiting != null && waiting.cancel(false);
	}

	/** Whether it waits. */
	boolean isWaiting() {
		return this.wait != null;
	}

	/**
	 * A wait is over.
	 * @param number its number
	 * @return {@code false} if somebody has ended it before
	 */
	boolean waited(int number) {
		if (this.wait == null || number != this.waits) {
			return false;
		}
		this.wait = null;
		this.hurry = true;
		return true;
	}

	/** Returns what follows now that there is no connection; begins to wait for it. */
	Step step() {
		long now = now();
		long delay = this.hurry ? 0 : Math.max(this.addresses.delay(now), this.notBeforeNanos - now);
		if (delay > 0) {
			int number = ++this.waits;
			this.wait = this.client.engine()
				.timer()
				.schedule(() -> this.client.executor().execute(() -> this.waited.accept(number)), delay,
						TimeUnit.NANOSECONDS);
			return Step.WAIT;
		}
		if (lost() < MOST_UNENDED) {
			this.hurry = false;
			return Step.CONNECT;
		}
		Step step = this.heldUp ? Step.WAIT : Step.HOLD_UP;
		this.heldUp = true;
		return step;
	}

	/** Returns the address of an attempt that begins now. */
	ClientAddress address() {
		return this.addresses.next(now());
	}

	List<AddressStatus> statuses() {
		return this.addresses.statuses(now());
	}

	/** The addresses, for what is decided beside the next attempt. */
	ClientAddresses addresses() {
		return this.addresses;
	}

	/** A connection has been made. */
	void connected(ClientConnection connection) {
		this.unended.add(connection);
		this.open.add(connection);
		this.hurry = false;
		this.addresses.connected(connection.address(), connection, now());
	}

	/** A connection is lost. */
	void disconnected(ClientConnection connection, CloseReason reason) {
		long now = now();
		this.open.remove(connection);
		this.addresses.lost(connection.address(), connection, reason, connection.nextAddress(), now);
		if (reason != CloseReason.ROTATED) {
			// Another address may be due although one is waited for.
			cancelWait();
			this.notBeforeNanos = now + this.addresses.delay(now);
		}
	}

	/** Returns whether it is the first attempt to fail since the last connection. */
	boolean failed(ClientConnection attempt, Throwable cause) {
		return this.addresses.failed(attempt.address(), attempt.nextAddress(), cause, now());
	}

	/** A connection is not ready, and is closed. */
	void notReady(ClientConnection connection, Throwable cause) {
		this.addresses.notReady(connection.address(), connection, connection.nextAddress(), cause, now());
	}

	/** An attempt was given up. */
	void cancelled(ClientConnection attempt) {
		this.addresses.cancelled(attempt.address());
	}

	/**
	 * The handler of a connection has been notified of the end.
	 * @return whether that was what the next attempt has waited for
	 */
	boolean ended(ClientConnection connection) {
		this.unended.remove(connection);
		this.open.remove(connection);
		boolean goesOn = this.heldUp && lost() <= MOST_UNENDED / 2;
		if (goesOn) {
			this.heldUp = false;
		}
		return goesOn;
	}

	/** Returns how many connections are lost and have handlers that do not know yet. */
	private int lost() {
		return this.unended.size() - this.open.size();
	}

	/** What connects now follows a connection, also after attempts that have failed. */
	void follows(ClientConnection last) {
		this.lastEnded = last.ended();
	}

	/** Completes when the handler of the connection before may be followed by another. */
	CompletableFuture<?> lastEnded() {
		return this.lastEnded;
	}

	/** Returns the connections that have not ended, and forgets them. */
	List<ClientConnection> takeUnended() {
		this.lastEnded = CompletableFuture.completedFuture(null);
		List<ClientConnection> left = List.copyOf(this.unended);
		this.unended.clear();
		this.open.clear();
		return left;
	}

	/** Completes when the handlers of all connections have been notified of the end. */
	CompletableFuture<?> allEnded() {
		return CompletableFuture
			.allOf(this.unended.stream().map(ClientConnection::ended).toArray(CompletableFuture[]::new));
	}

	/** What follows when a connection is wanted. */
	enum Step {

		/** The next attempt is to be made. */
		CONNECT,

		/** It is later. */
		WAIT,

		/**
		 * It begins when handlers have returned, which has not been said before.
		 */
		HOLD_UP

	}

}
